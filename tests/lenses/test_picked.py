"""The picked image: a row of the data or pixels of one's own, as the network takes it; nonsense is refused."""

import base64

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.data import load
from playground.experiment import REGISTRIES
from playground.lenses.picked import MOST_VALUES, Picked, as_tiles, pictures, pixels_of
from playground.lenses.registry import LENSES

DIGITS = load(REGISTRIES["data"]["digits"](kind="digits"))
SHAPES = load(REGISTRIES["data"]["shapes"](kind="shapes", samples=100))


def text(pixels: np.ndarray) -> str:
    return base64.b64encode(pixels.astype(np.uint8).tobytes()).decode()


def test_a_row_is_what_the_network_takes():
    x, label = pixels_of(DIGITS, {"part": "train", "index": 7})
    np.testing.assert_array_equal(x, DIGITS.x_train[7:8])
    assert label == DIGITS.y_train[7]
    first, _ = pixels_of(DIGITS)
    np.testing.assert_array_equal(first, DIGITS.x_test[:1])


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=3 * 28 * 28, max_size=3 * 28 * 28))
def test_pixels_of_ones_own_are_scaled_as_the_data_are(raw):
    own = np.frombuffer(raw, np.uint8)
    x, label = pixels_of(SHAPES, Picked(pixels=text(own)))
    assert x.dtype == np.float32 and x.shape == (1, own.size) and label is None
    np.testing.assert_array_equal(pictures(SHAPES, x)[0], own.reshape(3, 28, 28).transpose(1, 2, 0))


def test_a_picture_that_is_drawn_is_picked_again_unchanged():
    x, _ = pixels_of(DIGITS, {"part": "test", "index": 2})
    again, _ = pixels_of(DIGITS, {"pixels": text(pictures(DIGITS, x)[0])})
    np.testing.assert_allclose(again, x, atol=0.01)  # 16 grey levels in 256
    assert as_tiles(np.zeros((2, 2, 5, 4))).shape == (2, 5, 4), "of two channels the first is drawn"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"part": "test"},
        {"index": 3},
        {"part": "test", "index": -1},
        {"part": "elsewhere", "index": 1},
        {"part": "test", "index": 1, "pixels": "AAAA"},
        {"pixels": "no base64!"},
        {"pixels": "ä" * 8},
        {"pixels": "A" * (2 * MOST_VALUES)},
    ],
)
def test_nonsense_is_refused(given):
    with pytest.raises(ValidationError):
        Picked.model_validate(given)


def test_an_image_of_other_data_is_left_out():
    own, far = Picked(pixels=text(np.zeros(64))), Picked(part="test", index=50_000)
    assert own.fits(DIGITS) and not own.fits(SHAPES) and not far.fits(DIGITS)
    lens = LENSES["feature_maps"].with_options({"image": own.model_dump()})
    assert lens.suited(DIGITS).image == own
    assert lens.suited(SHAPES).image is None
    with pytest.raises(ValueError, match="no such image"):
        pixels_of(SHAPES, own)
    with pytest.raises(ValueError, match="no images"):
        pixels_of(load(REGISTRIES["data"]["circle"](kind="circle")))
