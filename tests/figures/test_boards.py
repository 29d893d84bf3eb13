"""Boards say what is on their tiles: as many as counted, in the size said, in colours that mean what they say."""

import math
from base64 import b64decode

import numpy as np
import orjson
import pytest

from playground import lenses
from playground.figures import view_of
from playground.runs.wire import encode
from playground.training import Trainer
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import DIGITS, STACK

SHAPES = {"kind": "shapes", "samples": 100}
SMALL = [
    {"kind": "conv2d", "channels": 2, "kernel": 5, "stride": 4},
    {"kind": "conv2d", "channels": 20, "kernel": 1},
    {"kind": "conv2d", "channels": 3, "kernel": 3},
]


@pytest.fixture(scope="module")
def runs():
    """A run on grey digits and one on coloured shapes, both a few steps old."""
    made = [Trainer(experiment_of(*pair), device="cpu", engine="torch") for pair in ((DIGITS, STACK), (SHAPES, SMALL))]
    for run in made:
        run.advance(steps=2)
    return made


def board(run, name, **options):
    """(base, rows of a frame laid over those of the base) as the browser has them, and the frame."""
    view = view_of(name, run.dataset, options)
    arrays = getattr(lenses, view.lens)(run, **view.lens_options)
    base, frame = (orjson.loads(encode(part)) for part in (view.base(arrays, run), view.frame(arrays, run)))
    under = base.get("rows", [])
    rows = [{**(under[k] if k < len(under) else {}), **row} for k, row in enumerate(frame["rows"])]
    return base, rows, frame


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("filters", {}),
        ("filters", {"what": "change"}),
        ("filters", {"layer": 1, "shown": 64}),
        ("patches", {"path": [0], "unit": 1}),
        ("feature_maps", {}),
        ("feature_maps", {"shown": 1}),
        ("samples", {"shown": 7}),
        ("samples", {"label_of": 2, "part": "train"}),
        ("samples", {"wrong": True}),
        ("mistakes", {}),
        ("mistakes", {"mark": {"actual": 1, "predicted": 1}}),
        ("why", {}),
        ("why", {"over": False}),
        ("fool", {}),
        ("fool", {"epsilon": 0.0, "towards": 1}),
        ("dream", {"steps": 2}),
        ("dream", {"steps": 2, "path": [0], "shown": 3}),
    ],
)
def test_every_row_holds_what_it_says(runs, name, options):
    for run in runs:
        base, rows, _ = board(run, name, **options)
        assert base["about"]
        assert rows
        for row in rows:
            tiles = row["tiles"]
            parts = [row["parts"]] if row.get("parts", 1) > 1 else []
            size = [] if row["kind"] == "vector" else row["size"]
            shape = [row["count"], *parts, *size, *([3] if row["kind"] == "colour" else [])]
            assert len(b64decode(tiles["bdata"])) == math.prod(shape)
            for each in ("captions", "names", "picks", "tones"):
                assert len(row.get(each, [None] * row["count"])) == row["count"]
            if row["kind"] in ("signed", "vector"):
                np.testing.assert_array_equal(tiles["lo"], -np.array(tiles["hi"]))  # white is zero


def test_colours_of_a_filter_stand_for_its_weights(runs):
    for run, kind in zip(runs, ("signed", "colour"), strict=True):
        _, rows, _ = board(run, "filters")
        weights = lenses.filters(run)["weights"][0]
        assert rows[0]["kind"] == kind
        raw = np.frombuffer(b64decode(rows[0]["tiles"]["bdata"]), np.uint8).astype(float)
        largest = np.abs(weights).max(axis=(1, 2, 3))
        if kind == "signed":
            found = (raw.reshape(weights[:, 0].shape) / 255 * 2 - 1) * largest[:, None, None]
            np.testing.assert_allclose(found, weights[:, 0], atol=largest.max() / 200)
        else:
            found = (raw.reshape(len(weights), 5, 5, 3) / 255 * 2 - 1) * largest[:, None, None, None]
            np.testing.assert_allclose(found.transpose(0, 3, 1, 2), weights, atol=largest.max() / 100)


def test_weights_that_are_no_numbers_are_white(runs):
    run = Trainer(experiment_of(DIGITS, STACK), device="cpu", engine="torch")
    run.module.at((0,)).weight.data[1] = float("nan")
    _, rows, _ = board(run, "filters")
    raw = np.frombuffer(b64decode(rows[0]["tiles"]["bdata"]), np.uint8).reshape(4, 9)
    assert set(raw[1]) <= {127, 128}
    board(run, "feature_maps")


def test_the_way_of_an_image_ends_in_its_classes(runs):
    _, rows, frame = board(runs[0], "feature_maps")
    assert rows[0]["title"] == "Image" and rows[-1]["names"] == [str(k) for k in range(10)]
    assert rows[1]["sub"] == "4 × 8 × 8" and rows[1]["press"]
    assert "Taken for" in frame["note"] and "it is" in frame["note"]
    assert [tone for tone in rows[-1]["tones"] if tone] in (["good"], ["bad"])


@pytest.mark.parametrize("path", [(0,), (3,), (4,), (6,)])
def test_how_a_map_is_made_is_told_in_full(runs, path):
    view = view_of("map_detail", runs[0].dataset, {"path": path, "unit": 1})
    arrays = lenses.map_detail(runs[0], **view.lens_options)
    base, frame = (orjson.loads(encode(part)) for part in (view.base(arrays, runs[0]), view.frame(arrays, runs[0])))
    assert len(b64decode(frame["output"]["bdata"])) == math.prod(base["size"])
    if base["how"] == "sum":
        assert sum(frame["adds"]) + frame["rest"] + frame["bias"] == pytest.approx(frame["value"], abs=1e-5)
    if base["how"] == "add":
        assert sum(frame["source"]) == pytest.approx(frame["value"], abs=1e-6)


def test_accuracy_by_class_is_the_share_of_a_row_on_the_diagonal(runs):
    view = view_of("class_accuracy", runs[0].dataset)
    counts = lenses.confusion(runs[0])["counts"]
    frame = view.frame({"counts": counts}, runs[0])
    np.testing.assert_allclose(frame["traces"]["0"]["y"], np.diag(counts) / counts.sum(1), atol=1e-6)
    assert frame["layout"]["shapes"][0]["y0"] == pytest.approx(np.trace(counts) / counts.sum())
