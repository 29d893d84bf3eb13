"""A stranger's image file to pixels, by Pillow, under bounds: five formats, a number of pixels, one file at a time."""

from __future__ import annotations

import io
import threading
import warnings
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from playground.data.errors import TableError
from playground.settings import Settings
from playground.settings import settings as default_settings

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
SHORT, LONG = 64, 128
"""What is kept of an image: at most so many pixels on its shorter and on its longer side."""

_one_at_a_time = threading.Lock()
"""The largest image that is allowed takes hundreds of megabytes while it is decoded: not for several people at once."""


class Decoded(NamedTuple):
    """pixels: (H, W, 3) uint8, H and W at most SHORT and LONG; grey: whether all three are the same everywhere;
    area: pixels that the file held; animated: whether only the first of several frames is here."""

    pixels: np.ndarray
    grey: bool
    area: int
    animated: bool


def decode(data: bytes, settings: Settings | None = None) -> Decoded:
    """The image in the bytes of a file: upright, in RGB, on white where it is transparent, its long side cut short.

    Raises TableError for what is none of FORMATS, is damaged or holds more than `settings.image_pixels`.
    """
    settings = settings or default_settings
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own bounds are looser than ours
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _decoded(image, settings)
    except TableError:
        raise
    except Image.DecompressionBombError:
        raise TableError(_too_large(settings), "images") from None
    except Exception:  # whatever a decoder stumbles over: there are many, and they raise what they like
        raise TableError("is no image that can be read: PNG, JPEG, GIF, BMP or WebP is needed", "images") from None


def _decoded(image: Image.Image, settings: Settings) -> Decoded:
    area = image.width * image.height
    if area > settings.image_pixels:
        raise TableError(_too_large(settings), "images")
    animated = bool(getattr(image, "is_animated", False))
    if image.format == "JPEG":
        image.draft(None, (LONG * 2, LONG * 2))  # a photo is decoded at an eighth of its size: it is made small anyway
    image.seek(0)
    turn = _TURNS.get(_orientation(image))
    small = _on_white(_small(_in_colours(image)))
    pixels = np.asarray(small.transpose(turn) if turn is not None else small)
    grey = bool((pixels[..., :1] == pixels).all())
    return Decoded(pixels, grey, area, animated)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes an image upright, by the orientation that its camera wrote down (Exif 2.3, tag 274)."""


def _orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(274, 1)
    except Exception:  # a damaged tag is no reason to refuse the picture
        return 1


def _in_colours(image: Image.Image) -> Image.Image:
    """The image in RGB, or in RGBA where parts of it are transparent."""
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would cut off at 255 instead of scaling
        return Image.fromarray((np.asarray(image).clip(0, 65_535) // 257).astype(np.uint8)).convert("RGB")
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if see_through else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")


def _small(image: Image.Image) -> Image.Image:
    """Scaled down, never up, until the shorter side is at most SHORT; the middle LONG pixels of the longer side."""
    scale = min(1.0, SHORT / min(image.size))
    width, height = (min(LONG, max(1, round(side * scale))) for side in image.size)
    # What is cut off is cut off first, or a line of a million pixels would be scaled in full.
    left, top = max(0.0, (image.width - width / scale) / 2), max(0.0, (image.height - height / scale) / 2)
    box = (left, top, image.width - left, image.height - top)
    return image.resize((width, height), Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)


def _too_large(settings: Settings) -> str:
    return f"has more than {settings.image_pixels:,} pixels; make it smaller"


def fitted(pixels: np.ndarray, size: int, fit: str, colour: bool) -> np.ndarray:
    """An image (H, W, 3) as (C, size, size) uint8: its middle square ("crop"), or all of it on a ground of the mean
    colour of its edge ("pad"); grey as the eye weighs the colours (ITU-R BT.601)."""
    image = Image.fromarray(pixels)
    if not colour:
        image = image.convert("L")
    if fit == "crop":
        square = ImageOps.fit(image, (size, size), Image.Resampling.BILINEAR)
    else:
        inner = ImageOps.contain(image, (size, size), Image.Resampling.BILINEAR)
        square = Image.new(image.mode, (size, size), _edge(np.asarray(inner)))
        square.paste(inner, ((size - inner.width) // 2, (size - inner.height) // 2))
    values = np.asarray(square)
    return values.transpose(2, 0, 1) if colour else values[None]


def _edge(values: np.ndarray) -> int | tuple[int, ...]:
    """The mean of an image's outermost pixels, as Pillow takes a colour."""
    ring = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    mean = np.rint(ring.mean(axis=0)).astype(int)
    return int(mean) if values.ndim == 2 else tuple(int(part) for part in mean)
