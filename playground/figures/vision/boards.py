"""What the boards share: their options, scales of colours, and layers by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model
from playground.figures.quantised import Quantised

MOST_LETTERS = 7
EPSILON = 1e-12
"""What is smaller than this is nothing."""


class BoardOptions(Model):
    """How a board is drawn: nothing to choose."""


DEFAULT = BoardOptions()


def signed(tiles: np.ndarray, reach: float | None = None, each: bool = False) -> Quantised:
    """Tiles from orange over white to blue around zero; NaN is white.

    reach: the value of the strongest colour, by default the largest there is. each: every tile has a scale of its own.
    """
    tiles = np.nan_to_num(np.asarray(tiles, np.float32))
    if each and len(tiles):
        reaches = np.abs(tiles).reshape(len(tiles), -1).max(axis=1).astype(float)
        return Quantised(tiles, tuple(-(reaches + EPSILON)), tuple(reaches + EPSILON))
    largest = float(np.abs(tiles).max(initial=0.0)) + EPSILON if reach is None else reach
    return Quantised(tiles, -largest, largest)


def shape_text(*sides: int) -> str:
    """ "6 × 28 × 28"."""
    return " × ".join(f"{side:,}" for side in sides)


def of_picture(pictures: np.ndarray) -> dict[str, Any]:
    """Kind, size and count of a row of images, uint8 (n, h, w) or (n, h, w, 3)."""
    return {
        "kind": "colour" if pictures.ndim == 4 else "grey",
        "size": list(pictures.shape[1:3]),
        "count": len(pictures),
    }


def percent(share: float) -> str:
    """0.9312 as "93 %"; nothing is said to be certain that is not."""
    return f"{min(100 * share, 99.9 if share > 0.995 else 100):.3g} %" if share < 0.9995 else "100 %"


def short(name: str) -> str:
    """A class's name under a small picture."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def picks(part: str, rows: Any) -> list[dict[str, Any]]:
    """The images that a row's tiles stand for: a press picks one for the whole page."""
    return [{"part": part, "index": int(row)} for row in rows]
