"""How high a loss landscape is drawn: loss or score, linear or logarithmic, between round numbers.

Both pictures of a surface (in three dimensions, and from above) use the same heights and colours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from playground.experiment.entry import Model, parameter

SCORES = {"accuracy": "accuracy", "r2": "R²"}
CLIFFS = 0.95
"""Of a linear picture's places, so many at least are drawn as high as they are; what is higher is cut off flat, but
never what the path has been at."""
NOWHERE = (
    "The loss is not a finite number anywhere here: the weights are too large. "
    "Drag the timeline back, or reset the run."
)
LEAST_LOSS = 1e-8
"""Below it there is no logarithm worth drawing."""
LINES = 16
"""Contour lines at most."""
STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class LandscapeOptions(Model):
    """How a loss landscape is drawn."""

    height: Literal["loss", "score"] = parameter("loss", label="Height", help="The loss, or how much is right.")
    log: bool = parameter(False, label="Log height", help="Draws the loss on a logarithmic scale: valleys show.")


DEFAULT = LandscapeOptions()


@dataclass(frozen=True, slots=True)
class Heights:
    """z (r, r) float32: the heights, cut off at `high` and `low`, without gaps. low, high: round numbers around all
    that is drawn. log: whether the axis is logarithmic."""

    z: np.ndarray
    low: float
    high: float
    log: bool
    name: str

    @property
    def colours(self) -> np.ndarray:
        """z as the colours have it: logarithms where the axis is logarithmic."""
        return np.log10(self.z) if self.log else self.z

    @property
    def ends(self) -> tuple[float, float]:
        """`low` and `high` likewise; of a logarithmic axis this is its range in Plotly."""
        return (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)


def heights_of(arrays: dict[str, Any], options: LandscapeOptions) -> Heights:
    """The heights of a surface, arrays as `loss_landscape` gives them."""
    if options.height == "score":
        return _scores(np.asarray(arrays["score"], np.float64), arrays["score_name"])
    loss = np.asarray(arrays["loss"], np.float64)
    return _logarithmic(loss) if options.log else _linear(loss, tallest_of_path(arrays))


def said_of(*losses: np.ndarray) -> str:
    """What stands in the place of a picture that would show nothing; empty where there is something to see."""
    return "" if any(np.isfinite(loss).any() for loss in losses) else NOWHERE


def height_at(arrays: dict[str, Any], heights: Heights, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The height of the drawn surface at places (k,) of the plane, between its grid's; NaN outside of it."""
    columns, rows = (
        np.interp(place, axis, np.arange(len(axis)), left=np.nan, right=np.nan)
        for place, axis in ((x, arrays["x"]), (y, arrays["y"]))
    )
    outside = np.isnan(columns) | np.isnan(rows)
    columns, rows = np.where(outside, 0.0, columns), np.where(outside, 0.0, rows)
    i, j = (np.minimum(np.floor(place).astype(int), len(heights.z) - 2) for place in (columns, rows))
    a, b = columns - i, rows - j
    z = heights.colours
    found = (1 - b) * ((1 - a) * z[j, i] + a * z[j, i + 1]) + b * ((1 - a) * z[j + 1, i] + a * z[j + 1, i + 1])
    return np.where(outside, np.nan, 10**found if heights.log else found)


def ticks_of(heights: Heights) -> dict[str, Any]:
    """What stands at a scale of colours: Plotly's choice, or of logarithms 1, 2 and 5 times powers of ten."""
    if not heights.log:
        return {"tickmode": "auto"}
    low, high = heights.ends
    steps = (1.0,) if high - low > 3 else (1.0, 2.0, 5.0)
    values = [step * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for step in steps]
    shown = [value for value in values if low - 1e-9 <= math.log10(value) <= high + 1e-9]
    return {
        "tickmode": "array",
        "tickvals": [math.log10(value) for value in shown],
        "ticktext": [f"{value:g}" for value in shown],
    }


def lines_of(heights: Heights) -> dict[str, float]:
    """start, end and size of the contour lines, at round heights."""
    low, high = heights.ends
    gap = round_up((high - low) / LINES)
    return {"start": low + gap, "end": high - gap / 2, "size": gap}


def _scores(score: np.ndarray, name: str) -> Heights:
    low = 0.0 if name == "accuracy" else -1.0
    known = np.where(np.isfinite(score), score, low)  # where the network overflows, nothing is right
    return Heights(_cut(known, low, 1.0), low, 1.0, False, SCORES.get(name, name))


def _linear(loss: np.ndarray, least_top: float) -> Heights:
    finite = loss[np.isfinite(loss)]
    if not finite.size:
        return Heights(np.ones_like(loss, np.float32), 0.0, 1.0, False, "loss")
    top = max(float(np.quantile(finite, CLIFFS)), min(least_top, float(finite.max())), float(finite.min()))
    bottom = float(finite.min())
    if top <= 0 <= bottom:
        return Heights(_cut(loss, 0.0, 1.0), 0.0, 1.0, False, "loss")
    low = 0.0 if 0 <= bottom <= 0.6 * top else -round_up(-bottom) if bottom < 0 else _round_down(bottom)
    high = max(round_up(top), low + 1e-12)
    return Heights(_cut(loss, low, high), low, high, False, "loss")


def _logarithmic(loss: np.ndarray) -> Heights:
    finite = np.maximum(loss[np.isfinite(loss)], LEAST_LOSS)
    if not finite.size:
        return Heights(np.ones_like(loss, np.float32), 0.1, 1.0, True, "loss")
    low = 10 ** (math.floor(2 * math.log10(finite.min())) / 2)
    high = 10 ** (math.ceil(2 * math.log10(finite.max())) / 2)
    return Heights(_cut(loss, low, max(high, low * 10**0.5)), low, max(high, low * 10**0.5), True, "loss")


def tallest_of_path(arrays: dict[str, Any]) -> float:
    """The highest loss that the path had inside of the picture; `tallest` where a film has it of the whole path."""
    if "tallest" in arrays:
        return arrays["tallest"]
    x, y, loss = (np.asarray(arrays[name], np.float64) for name in ("path_x", "path_y", "path_loss"))
    inside = (x >= arrays["x"][0]) & (x <= arrays["x"][-1]) & (y >= arrays["y"][0]) & (y <= arrays["y"][-1])
    seen = loss[inside & np.isfinite(loss)]
    return float(seen.max()) if seen.size else 0.0


def _cut(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Between the ends; what is no number is as high as can be: there the network overflows."""
    return np.clip(np.nan_to_num(values, nan=high, posinf=high, neginf=low), low, high).astype(np.float32)


def round_up(value: float) -> float:
    """The least round number that is not below `value` (> 0); 0 for 0."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in STEPS if step * power >= value * (1 - 1e-9))


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in STEPS if step * power <= value * (1 + 1e-9))
