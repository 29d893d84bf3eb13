"""Arrays on the wire: what the browser decodes is what was encoded."""

from base64 import b64decode
from typing import NamedTuple

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from playground.figures.quantised import Quantised
from playground.runs.wire import encode


def decode(form: dict) -> np.ndarray:
    """What the browser makes of an array's wire form."""
    data = b64decode(form["bdata"])
    if "q" in form:
        levels = np.frombuffer(data, np.uint8).reshape(form["shape"]).astype(np.float64)
        each = (slice(None),) + (None,) * (levels.ndim - 1)
        lo, hi = (np.asarray(form[bound]) for bound in ("lo", "hi"))
        lo, hi = (bound[each] if bound.ndim else bound for bound in (lo, hi))
        return lo + levels / 255 * (hi - lo)
    array = np.frombuffer(data, "<" + form["dtype"])
    return array.reshape([int(n) for n in form["shape"].split(",")]) if "shape" in form else array


def sent(value):
    return orjson.loads(encode(value))


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.arange(6, dtype=np.float64).reshape(2, 3), "f4"),
        (np.array([1.5, np.nan, -np.inf], dtype=np.float32), "f4"),
        (np.arange(4), "i4"),
        (np.array([True, False]), "u1"),
        (np.arange(24, dtype=np.uint8).reshape(2, 3, 4), "u1"),
        (np.asfortranarray(np.arange(6.0).reshape(2, 3)), "f4"),
        (np.arange(10.0)[::2], "f4"),
        (np.arange(3, dtype=">f8"), "f4"),
        (np.empty((0, 2)), "f4"),
    ],
)
def test_arrays_take_plotlys_typed_form(array, dtype):
    form = sent(array)
    assert form["dtype"] == dtype
    np.testing.assert_array_equal(decode(form), array)


def test_one_dimension_has_no_shape_and_two_have_plotlys_text():
    assert "shape" not in sent(np.arange(3))
    assert sent(np.zeros((2, 3)))["shape"] == "2, 3"


def test_texts_and_plain_numbers_go_as_json():
    value = {"names": np.array(["a", "b"]), "n": np.int64(3), "x": np.float32(0.5), "ends": (1, None), 2: "two"}
    assert sent(value) == {"names": ["a", "b"], "n": 3, "x": 0.5, "ends": [1, None], "2": "two"}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_json_has_no_word_for_become_null(number):
    assert sent({"loss": number}) == {"loss": None}


def test_what_cannot_be_sent_is_refused():
    with pytest.raises(TypeError):
        encode({"f": lambda: 0})


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=3), elements=st.floats(-1e6, 1e6, width=32)))
def test_eight_bits_are_off_by_half_a_level_at_most(array):
    form = sent(Quantised(array))
    level = (float(array.max()) - float(array.min())) / 255
    assert np.abs(decode(form) - array).max() <= level * 0.51 + 1e-6 * np.abs(array).max()


@given(hnp.arrays(np.float32, (3, 4), elements=st.floats(width=32)))
def test_any_floats_at_all_give_finite_maps(array):
    assert np.isfinite(decode(sent(Quantised(array)))).all()


def test_what_is_not_a_number_is_drawn_white_and_infinities_at_the_ends():
    form = sent(Quantised(np.array([[np.nan, np.inf, -np.inf, 0.5]]), -1.0, 1.0))
    np.testing.assert_allclose(decode(form), [[0, 1, -1, 0.5]], atol=0.005)


def test_values_beyond_the_given_range_stay_at_its_ends():
    np.testing.assert_allclose(decode(sent(Quantised(np.array([[-5.0, 5.0]]), -1.0, 1.0))), [[-1, 1]])


def test_each_tile_may_have_a_range_of_its_own():
    tiles = np.stack([np.linspace(-1, 1, 6).reshape(2, 3), np.linspace(0, 100, 6).reshape(2, 3)])
    form = sent(Quantised(tiles, (-1.0, 0.0), (1.0, 100.0)))
    assert (form["lo"], form["hi"]) == ([-1.0, 0.0], [1.0, 100.0])
    np.testing.assert_allclose(decode(form)[0], tiles[0], atol=0.005)
    np.testing.assert_allclose(decode(form)[1], tiles[1], atol=0.2)


def test_a_flat_map_keeps_its_value():
    np.testing.assert_allclose(decode(sent(Quantised(np.full((2, 2), 0.7)))), 0.7, rtol=1e-6)


def test_a_map_of_a_hundred_squared_is_thirteen_kilobytes():
    assert len(encode(Quantised(np.random.default_rng(0).normal(size=(100, 100))))) < 13_600


def test_other_named_tuples_go_as_lists():
    class Pair(NamedTuple):
        x: float
        y: float

    assert sent(Pair(1, 2)) == [1, 2]
