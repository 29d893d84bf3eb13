"""Pictures made of pixels, for cards and panels: an SVG that holds one PNG, drawn with sharp edges at any size."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from playground.figures import svg

GAP = 1
GROUND = 255


def sheet(images: np.ndarray, columns: int, gap: int = GAP) -> np.ndarray:
    """Images (n, C, H, W) uint8 side by side in rows of `columns`, white between them: (h, w, 3) uint8."""
    count, _, height, width = images.shape
    rows = -(-count // columns)
    high, wide = height + gap, width + gap
    result = np.full((rows * high - gap, columns * wide - gap, 3), GROUND, np.uint8)
    for index, image in enumerate(images):
        top, left = index // columns * high, index % columns * wide
        result[top : top + height, left : left + width] = image.transpose(1, 2, 0)  # grey is the same in all three
    return result


def png_uri(pixels: np.ndarray) -> str:
    """Pixels (H, W, 3) uint8 as the address of a PNG."""
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def bitmap(pixels: np.ndarray, width: float, title: str) -> str:
    """Pixels (H, W, 3) uint8 as SVG text, `width` CSS pixels wide; `title` is what a screen reader says."""
    height = width * pixels.shape[0] / pixels.shape[1]
    image = (
        f'<image href="{png_uri(pixels)}" width="{svg.number(width)}" height="{svg.number(height)}" '
        'style="image-rendering: pixelated"/>'
    )
    return svg.drawing(width, height, title, [image])


def thumbnail_uri(pixels: np.ndarray, side: int = 40) -> str:
    """Pixels (H, W, 3) uint8 as the address of a JPEG of at most `side` pixels: a thousand bytes or so."""
    image = Image.fromarray(pixels)
    image.thumbnail((side, side))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(kept.getvalue()).decode()
