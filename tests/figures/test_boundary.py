"""What the map of the boundary shows: levels, sides, bands, points and keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.figures import boundary, theme
from playground.figures.boundary import BoundaryOptions, banded, class_levels, sharpened
from playground.figures.keys import fitting, key_row, plain
from playground.figures.points import subset
from tests.figures.looks import look


@given(count=st.integers(3, 60), seed=st.integers(0, 99), discrete=st.booleans())
def test_no_place_takes_another_classs_colour(count, seed, discrete):
    shares = np.random.default_rng(seed).dirichlet(np.ones(count) * 0.2, (7, 7)).transpose(2, 0, 1)
    classes = shares.argmax(axis=0)
    arrays = {"classes": classes, "probabilities": shares, "confidence": shares.max(axis=0)}
    z = class_levels(arrays, discrete)
    np.testing.assert_array_equal(z, np.round(z))
    assert z.min() >= 0
    assert z.max() <= 255
    np.testing.assert_array_equal(z // theme.region_levels(count), classes)


def test_the_surer_the_more_colour():
    shares = np.array([[[0.4, 0.7, 1.0]], [[0.3, 0.2, 0.0]], [[0.3, 0.1, 0.0]]])
    arrays = {"classes": np.zeros((1, 3), int), "probabilities": shares, "confidence": np.array([[0.1, 0.55, 1.0]])}
    z = class_levels(arrays, discrete=False)[0]
    assert z[0] < z[1] < z[2] == theme.region_levels(3) - 1


def test_discrete_classes_are_solid_but_for_their_border():
    x = np.linspace(-1, 1, 21)[None].repeat(5, axis=0) + 0.02
    shares = np.stack([0.4 - 0.2 * x, 0.4 + 0.2 * x, np.full_like(x, 0.2)])
    classes = shares.argmax(axis=0)
    z = class_levels({"classes": classes, "probabilities": shares, "confidence": shares.max(axis=0)}, discrete=True)
    solid = z % theme.region_levels(3) == theme.region_levels(3) - 1
    assert (~solid).sum() == 5 * 2  # one place on either side, in every row
    np.testing.assert_array_equal(z // theme.region_levels(3), classes)


def test_sharpened_keeps_sides_and_shades_only_the_border():
    x, y = np.meshgrid(np.linspace(-1, 1, 50), np.linspace(-1, 1, 50))
    value = (0.1 * (x**2 + y**2 - 0.5)).astype(np.float32)
    sharp = sharpened(value)
    np.testing.assert_array_equal(np.sign(sharp), np.sign(value))
    shaded = np.abs(sharp) < 1
    assert 0 < shaded.mean() < 0.1
    assert np.abs(value[shaded]).max() < 0.01


def test_sharpened_by_sides_is_the_same_for_two():
    x, y = np.meshgrid(np.linspace(-1, 1, 30), np.linspace(-1, 1, 30))
    value = x + 0.3 * y + 0.01
    sides = (value > 0).astype(int)
    np.testing.assert_allclose(sharpened(np.abs(value), sides), np.abs(sharpened(value)), atol=1e-6)


def test_bands_are_few_and_near():
    value = np.linspace(-1.3, 1.3, 500)[None]
    bands = banded(value, 1.2)
    assert len(np.unique(bands)) <= 2 * boundary.BANDS + 3
    assert np.abs(bands - value).max() <= 1.2 / boundary.BANDS / 2 + 1e-9


def test_points_carry_their_truth_and_are_few():
    view, arrays, moment = look("circle", resolution=8)
    train, test = view.base(arrays, moment)["data"][1:3]
    np.testing.assert_array_equal(train["marker"]["color"], moment.dataset.y_train)
    assert train["text"][0] == moment.dataset.classes[moment.dataset.y_train[0]]
    assert train["marker"]["line"]["color"] == theme.POINT_EDGE
    assert test["marker"]["line"]["color"] == theme.TEST_EDGE
    assert len(subset(20_000)) == theme.MOST_POINTS
    np.testing.assert_array_equal(subset(20_000), subset(20_000))
    assert len(np.unique(subset(20_000))) == theme.MOST_POINTS
    assert subset(3).tolist() == [0, 1, 2]


def test_axes_are_square_and_fixed():
    view, arrays, moment = look("circle", resolution=8)
    layout = view.base(arrays, moment)["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"
    assert layout["xaxis"]["range"] == list(moment.dataset.plane.domain[0])
    heat = view.base(arrays, moment)["data"][0]
    edges = heat["x0"] - heat["dx"] / 2, heat["x0"] + 7.5 * heat["dx"]
    assert edges == pytest.approx(moment.dataset.plane.domain[0], abs=1e-5)


def test_a_stranger_cannot_format_our_texts():
    assert plain("<b>%{x}</b> & so") == "&lt;b&gt;% {x}&lt;/b&gt; &amp; so"
    assert "<a" not in key_row([("●", "#000000", "<a href='x'>y</a>")])["text"]


def test_keys_fit_in_their_row():
    many = [("●", "#000000", f"a class with a long name {k}") for k in range(20)]
    kept = fitting(many)
    assert 0 < len(kept) < 20
    assert kept[-1][2].endswith("…")
    assert sum(len(text) + 3 for *_, text in kept) < 70
    few = [("●", "#000000", "setosa"), ("●", "#000000", "virginica")]
    assert fitting(few) == few


def test_options_have_words_for_a_form():
    for name, info in BoundaryOptions.model_fields.items():
        assert info.title, name
        assert info.description, name
