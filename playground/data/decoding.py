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
    upright = ImageOps.exif_transpose(_in_rgb(image))
    pixels = np.asarray(_small(upright))
    grey = bool((pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 0] == pixels[..., 2]).all())
    return Decoded(pixels, grey, area, animated)


def _in_rgb(image: Image.Image) -> Image.Image:
    """The image in RGB, its tags kept; transparent parts become white."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits a pixel; Pillow would cut off instead of scaling
        values = np.asarray(image).astype(np.int64)
        scaled = Image.fromarray((values.clip(0, 65_535) // 257).astype(np.uint8)).convert("RGB")
        scaled.info = image.info
        return scaled
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        tags = image.getexif()
        above = image.convert("RGBA")
        white = Image.new("RGBA", above.size, "white")
        white.alpha_composite(above)
        flat = white.convert("RGB")
        flat.info["exif"] = tags.tobytes() if tags else b""
        return flat
    return image.convert("RGB")


def _small(image: Image.Image) -> Image.Image:
    """Scaled down, never up, until the shorter side is at most SHORT; the middle LONG pixels of the longer side."""
    scale = min(1.0, SHORT / min(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    # What is cut off is cut off first, or a line of a million pixels would be scaled in full.
    kept = (min(width, LONG) / scale, min(height, LONG) / scale)
    left, top = (image.width - kept[0]) / 2, (image.height - kept[1]) / 2
    box = (max(0.0, left), max(0.0, top), min(image.width, left + kept[0]), min(image.height, top + kept[1]))
    return image.resize((min(width, LONG), min(height, LONG)), Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)


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
