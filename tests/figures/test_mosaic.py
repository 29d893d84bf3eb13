"""Frames of many cells: numbers survive the squeeze, and pictures have the boundary's own colours."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data import load
from playground.experiment.presets import PRESETS
from playground.figures import boundary, mosaic, theme

FLOATS = st.floats(-1e3, 1e6, width=32) | st.sampled_from([np.nan, np.inf, 0.0])


def unsqueezed(packed: dict, log: bool) -> np.ndarray:
    share = (packed["v"].astype(np.float64) - 1) / 65_534
    low, high = packed["low"], packed["high"]
    values = low * (high / low) ** share if log else low + (high - low) * share
    return np.where(packed["v"] == 0, np.nan, values)


@given(st.lists(FLOATS, min_size=1, max_size=30), st.booleans())
@settings(max_examples=15)
def test_numbers_survive_the_squeeze(given, log):
    values = np.array(given)
    packed = mosaic.squeezed(values, log=log)
    found = unsqueezed(packed, log)
    assert packed["v"].dtype == np.uint16 and (np.isnan(found) == ~np.isfinite(values)).all()
    known = np.isfinite(values)
    if log:
        above = known & (values > 0)
        np.testing.assert_allclose(found[above], values[above], rtol=2e-3)
        assert (found[known & (values <= 0)] == packed["low"]).all()
    elif known.any():
        np.testing.assert_allclose(found[known], values[known], atol=np.ptp(values[known]) / 60_000 + 1e-9)


def test_maps_have_the_colours_of_the_boundary():
    two = load(PRESETS["spiral"].experiment.data)
    value = np.linspace(-1, 1, 9, dtype=np.float32).reshape(1, 3, 3)
    assert mosaic.levels(value, np.zeros((1, 3, 3), np.uint8), two)[0, [0, 1, 2], [0, 1, 2]].tolist() == [0, 128, 255]
    many = load(PRESETS["iris"].experiment.data)
    classes = np.arange(9, dtype=np.uint8).reshape(1, 3, 3) % 3
    sure = np.full((1, 3, 3), 0.5, np.float32)
    shares = np.moveaxis(np.eye(3, dtype=np.float32)[classes[0]], -1, 0)
    own = boundary.class_levels({"probabilities": shares, "classes": classes[0], "confidence": sure[0]}, False)
    assert (mosaic.levels(sure, classes, many)[0] == own).all()
    assert mosaic.ground([many])[0]["top"] == 3 * theme.region_levels(3) - 1


def test_points_lie_where_they_are_and_are_fewer_where_there_are_many_data_sets():
    data = load(PRESETS["spiral"].experiment.data)
    one = mosaic.ground([data])[0]
    low, high = data.plane.domain[0]
    inside = np.clip((data.train_points[:, 0] - low) / (high - low), 0, 1)
    assert len(one["x"]) == min(mosaic.MOST_POINTS, len(inside)) and one["kind"] == "map"
    assert np.isin(np.rint(one["x"]), np.rint(inside * 255)).all()
    many = mosaic.ground([data] * 256)
    assert sum(len(ground["x"]) for ground in many) <= 256 * 20


def test_a_fitted_curve_is_a_row_of_heights():
    data = load(PRESETS["curve"].experiment.data)
    low, high = data.y_train.min(), data.y_train.max()
    value = np.broadcast_to(np.array([low, (low + high) / 2, high], np.float32), (1, 3, 3))
    heights = mosaic.levels(value, np.zeros((1, 3, 3), np.uint8), data)[0, 0]
    assert 0 < heights[0] < heights[1] < heights[2] < 255 and mosaic.ground([data])[0]["kind"] == "fit"
