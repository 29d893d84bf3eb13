"""Image files of every kind, from end to end: what comes out is what a person sees."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.data.decoding import LONG, SHORT, decode, fitted
from playground.data.errors import TableError
from playground.settings import Settings
from tests.pictures import encoded, noise

RED, HALF = (220, 30, 40), 128


def plain(colour, size=(20, 12), mode="RGB", **options):
    kept = io.BytesIO()
    Image.new(mode, size, colour).save(kept, options.pop("kind", "PNG"), **options)
    return kept.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "WEBP"])
def test_lossless_formats_keep_every_pixel(kind):
    pixels = np.kron(noise(3, 4), np.ones((4, 4, 1), np.uint8))
    options = {"lossless": True} if kind == "WEBP" else {}
    found = decode(encoded(pixels, kind, **options))
    np.testing.assert_array_equal(found.pixels, pixels)
    assert (found.area, found.grey, found.animated) == (12 * 16, False, False)


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (plain(RED, kind="JPEG", quality=98), RED),
        (plain((35, 225, 215, 0), mode="CMYK", kind="JPEG", quality=98), RED),
        (plain(150, mode="L"), (150, 150, 150)),
        (plain(1, mode="1"), (255, 255, 255)),
        (plain(40_000, mode="I;16"), (155, 155, 155)),
        (plain((*RED, 0), mode="RGBA"), (255, 255, 255)),
        (plain((0, 0, 0, HALF), mode="RGBA"), (127, 127, 127)),
        (plain((90, 0), mode="LA"), (255, 255, 255)),
    ],
    ids=["JPEG", "CMYK", "grey", "one bit", "16 bits", "transparent", "half transparent", "grey and transparent"],
)
def test_modes(data, colour):
    found = decode(data)
    assert found.pixels.shape == (12, 20, 3)
    assert np.abs(found.pixels.astype(int) - colour).max() <= 4
    assert found.grey == (len(set(colour)) == 1)


def test_a_palette_with_a_transparent_colour():
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 255, *RED])
    image.paste(0, (0, 0, 8, 4))
    kept = io.BytesIO()
    image.save(kept, "PNG", transparency=0)
    pixels = decode(kept.getvalue()).pixels
    assert (pixels[:4] == 255).all() and (pixels[4:] == RED).all()


def test_of_an_animation_the_first_frame():
    frames = [Image.fromarray(np.full((8, 8), value, np.uint8)) for value in (10, 200)]
    for kind in ("GIF", "PNG", "WEBP"):
        kept = io.BytesIO()
        options = {"lossless": True} if kind == "WEBP" else {}
        frames[0].save(kept, kind, save_all=True, append_images=frames[1:], **options)
        found = decode(kept.getvalue())
        assert found.animated and (found.pixels == 10).all(), kind


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_cameras_that_were_held_askew(orientation, kind):
    upright = np.zeros((16, 24, 3), np.uint8)
    upright[:8, :12] = 255  # a white quarter, upper left
    wrong = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.transpose(1, 0, 2), 6: np.rot90(upright), 7: np.rot90(upright.transpose(1, 0, 2), 2),
        8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[274] = orientation
    found = decode(encoded(np.ascontiguousarray(wrong), kind, exif=exif)).pixels
    assert found.shape == (16, 24, 3)
    assert found[2:6, 2:10].min() > 240 and found[10:, :].max() < 15 and found[:, 14:].max() < 15


@settings(max_examples=15)
@given(st.integers(1, 400), st.integers(1, 400))
def test_what_is_kept_is_small_and_never_larger(height, width):
    found = decode(plain(RED, (width, height))).pixels
    assert min(found.shape[:2]) == min(SHORT, height, width) and max(found.shape[:2]) <= LONG
    assert found.shape[0] <= height and found.shape[1] <= width
    assert (found == RED).all()


def test_the_middle_of_what_is_long_stays():
    pixels = np.zeros((10, 1_000, 3), np.uint8)
    pixels[:, 436:564] = 255
    assert (decode(encoded(pixels)).pixels == 255).all()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"not an image at all",
        plain(RED)[:60],
        encoded(noise(40, 40), "JPEG")[:200],
        encoded(noise(), "TIFF"),
        encoded(noise(), "ICO"),
        encoded(noise(), "PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["nothing", "a head", "text", "a cut PNG", "a cut JPEG", "TIFF", "ICO", "PPM", "PostScript", "SVG"],
)
def test_what_is_no_image_of_these_formats(data):
    with pytest.raises(TableError, match="is no image that can be read") as raised:
        decode(data)
    assert raised.value.field == "images"


def bomb(width, height):
    """A PNG that says that it is so large, and holds nothing."""
    data = bytearray(plain(RED))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize("side", [(5_001, 5_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_bombs_are_refused_before_they_are_unpacked(side):
    with pytest.raises(TableError, match=r"pixels; make it smaller|no image"):
        decode(bomb(*side))


def test_the_limit_is_a_setting():
    data = encoded(noise(10, 11))
    assert decode(data, Settings(image_pixels=110)).area == 110
    with pytest.raises(TableError, match="more than 109 pixels"):
        decode(data, Settings(image_pixels=109))


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("shape", [(20, 40), (40, 20), (8, 8), (64, 128)])
def test_fitted(shape, colour):
    pixels = np.zeros((*shape, 3), np.uint8)
    pixels[:, :, 0] = 200
    across = shape[1] > shape[0]
    middle = pixels[:, shape[1] // 4 : -shape[1] // 4] if across else pixels[shape[0] // 4 : -shape[0] // 4]
    if shape[0] != shape[1]:
        middle[..., 1] = 100
    grey = round(0.299 * 200 + 0.587 * 100)
    cropped = fitted(pixels, 16, "crop", colour)
    assert cropped.shape == (3 if colour else 1, 16, 16)
    if shape[0] != shape[1]:
        assert abs(int(cropped[0 if not colour else 1, 8, 8]) - (100 if colour else grey)) <= 1
        padded = fitted(pixels, 16, "pad", colour)
        strip = padded[:, :3] if across else padded[:, :, :3]
        assert strip.std(axis=(1, 2)).max() == 0  # the ground is one colour
        assert padded[0].max() > 0
