"""A small picture of a set of images, for the picker: nine of them, or an arrow before they are downloaded."""

from __future__ import annotations

from typing import Any

from playground.data.errors import TableError
from playground.figures import svg, theme
from playground.figures.bitmaps import bitmap, sheet

SIDE = 3


def image_thumbnail(spec: Any, size: float) -> str:
    """Nine images of a data description as SVG text, `size` CSS pixels square.

    Raises what `playground.data.load` raises, but not where a download is missing.
    """
    from playground.data.download import missing
    from playground.data.downloadable import COLLECTIONS
    from playground.data.glimpse import glimpse

    if spec.kind in COLLECTIONS and missing(COLLECTIONS[spec.kind]):
        return _to_come(spec.label, size)
    try:
        found = glimpse(spec)
    except TableError:
        if spec.kind not in COLLECTIONS:
            raise
        return _to_come(spec.label, size)  # the files are there, and damaged: they are to come once more
    return bitmap(sheet(found.as_they_are(SIDE * SIDE), SIDE), size, spec.label)


def _to_come(title: str, size: float) -> str:
    """An arrow down to a line."""
    middle, foot, wing = size / 2, size * 0.66, size * 0.14
    arrow = [(middle, size * 0.24), (middle, foot), None, (middle - wing, foot - wing), (middle, foot)]
    arrow += [(middle + wing, foot - wing), None, (size * 0.28, size * 0.78), (size * 0.72, size * 0.78)]
    ground = f'<rect width="{svg.number(size)}" height="{svg.number(size)}" rx="4" fill="{theme.ZERO}"/>'
    line = (
        f'<path d="{svg.path(arrow)}" fill="none" stroke="{theme.POSITIVE}" stroke-width="{svg.number(size / 18)}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
    return svg.drawing(size, size, f"{title}, to be downloaded", [ground, line])
