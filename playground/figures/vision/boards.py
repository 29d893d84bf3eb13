"""What the boards share: their options, scales that seldom move, and layers by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.experiment.entry import Model
from playground.figures.quantised import Quantised

MOST_LETTERS = 7
STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)


class BoardOptions(Model):
    """How a board is drawn: nothing to choose."""


DEFAULT = BoardOptions()


def reach_of(largest: float) -> float:
    """The least of `STEPS` times a power of ten that is not below `largest`: a scale that seldom moves; 1 for 0."""
    if not 0 < largest < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((step * power for step in STEPS if step * power >= largest * (1 - 1e-9)), 10 * power)


def signed(tiles: np.ndarray, largest: float | None = None) -> Quantised:
    """Tiles from orange over white to blue, all on one scale around zero; NaN is white."""
    tiles = np.nan_to_num(np.asarray(tiles, np.float32))
    reach = reach_of(float(np.abs(tiles).max(initial=0.0)) if largest is None else largest)
    return Quantised(tiles, -reach, reach)


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
