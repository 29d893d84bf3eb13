"""The figure of sharpness: lines with gaps where there is no logarithm, the limit, and what is said of it."""

import numpy as np
import pytest

from playground.figures import sharpness


def arrays_of(share, limit=20.0, **more):
    """As the lens gives them: two eigenvalues, the first so many times the limit."""
    first = np.asarray(share, float) * (limit if np.isfinite(limit) else 20.0)
    return {
        "epoch": np.arange(len(first)) / 2,
        "eigenvalues": np.stack([first, first / 3], 1),
        "smallest": -first / 50,
        "trace": 2 * first,
        "trace_error": 0 * first,
        "gradient": 0 * first + 0.1,
        "limit": np.full(len(first), limit),
        "optimizer": "Adam" if np.isnan(limit) else "SGD",
        "rule": "" if np.isnan(limit) else "2 / learning rate",
        "full_batch": True,
        **more,
    }


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (arrays_of([1.0, 1.0, 0.3]), "sharpness 6, 30% of the limit: stable"),
        (arrays_of([0.2] * 20 + [1.6, 0.9, 1.1]), "sharpness 22, at the edge of stability"),
        (arrays_of([1.0] * 9, full_batch=False), "sharpness 20, at the limit: small batches overshoot here"),
        (arrays_of([0.9] * 18 + [3.0, 3.5, 4.0]), "sharpness 80, 3.5 times the limit: steps overshoot"),
        (arrays_of([-0.1]), "sharpness -2, 0% of the limit: stable"),
        (arrays_of([1.0, 2.0], limit=np.nan), "sharpness 40; Adam sets its own step sizes: no fixed limit"),
        (arrays_of([1.0, 2.0], limit=np.inf), "sharpness 40; the learning rate is 0: nothing moves"),
        (arrays_of([1.0, np.nan]), "the numbers are too large for a sharpness"),
        (arrays_of([]), "nothing measured yet"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_it_says_where_it_is(arrays, words):
    assert sharpness.told(arrays).startswith(words)
    assert sharpness.frame(arrays)["layout"]["annotations"][0]["text"] == sharpness.told(arrays)


def test_what_is_not_above_zero_is_a_gap_and_hollows_that_are_nothing_are_left_out():
    arrays = arrays_of([0.5, 0.6, 0.7])
    arrays["eigenvalues"][0] = [0.0, -1.0]
    arrays["smallest"][1] = -1e-6
    lines = [patch["y"] for patch in sharpness.frame(arrays)["traces"].values()]
    assert np.isnan(lines[0]).tolist() == np.isnan(lines[1]).tolist() == [True, False, False]
    assert np.isnan(lines[3]).tolist() == [False, True, False]
    assert lines[3][2] == pytest.approx(0.28)


def test_the_limit_is_a_line_with_a_name_where_there_is_one():
    with_limit, without = (sharpness.frame(arrays_of([0.5, 0.6], limit)) for limit in (20.0, np.nan))
    names = [[note["text"] for note in frame["layout"]["annotations"]] for frame in (with_limit, without)]
    assert "2 / learning rate" in names[0]
    assert "2 / learning rate" not in names[1]
    label = with_limit["layout"]["annotations"][-1]
    assert label["y"] == pytest.approx(np.log10(20.0))
    np.testing.assert_allclose(with_limit["traces"]["4"]["y"], 20.0)
    assert np.isnan(without["traces"]["4"]["y"]).all()


@pytest.mark.parametrize("limit", [1e9, np.inf])
def test_a_limit_that_rises_out_of_sight_does_not_stretch_the_scale(limit):
    arrays = arrays_of([0.5, 0.6])
    arrays["limit"][1] = limit
    moved = sharpness.frame(arrays)
    np.testing.assert_array_equal(moved["traces"]["4"]["y"], np.float32([20.0, np.nan]))
    assert "2 / learning rate" not in [note["text"] for note in moved["layout"]["annotations"]]


@pytest.mark.parametrize("count", [1, 5])
def test_there_are_as_many_eigenvalues_as_asked_for(count):
    arrays = arrays_of([0.5, 0.6])
    arrays["eigenvalues"] = np.ones((2, count))
    base, frame = sharpness.base(arrays), sharpness.frame(arrays)
    assert len(base["data"]) == len(frame["traces"]) == count + 4
    assert len({trace["name"] for trace in base["data"]}) == count + 4
