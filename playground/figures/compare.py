"""Two terrains side by side, as the view in the browser takes them: on one scale, with what is told of both.

Not Plotly figures: the view draws both with Plotly, so that one camera looks at both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.heights import Heights, LandscapeOptions, heights_of, lines_of

COLOURS = (theme.RACERS[0], theme.RACERS[1])
"""Of the two sides' curves and names."""


def comparison(result: Any) -> dict[str, Any]:
    """A `playground.lenses.landscape.comparing.Result`, as far as it has come.

    {x, y (r,), whole, curves: [{x, y}] (epochs, training loss), facts: [{name, help, values, better}] (better: the
    index of the side that is ahead, or None)} and once there are surfaces, surfaces: [(r, r)] the losses, lines:
    [(r,)] along the first direction, and linear, log: {z: [(r, r)], low, high, start, end, size}, the heights as they
    are drawn, where log has logarithms; log is None where a loss is not above 0.
    """
    found: dict[str, Any] = {
        "x": result.x,
        "y": result.y,
        "whole": result.whole,
        "curves": [{"x": side.curve[:, 0], "y": side.curve[:, 1]} for side in result.sides],
        "facts": facts(result),
    }
    if any(side.surface is None for side in result.sides):
        return found
    both = np.stack([side.surface for side in result.sides])
    found["surfaces"] = [side.surface for side in result.sides]
    found["lines"] = [result.line(index) for index in (0, 1)]
    arrays = {"loss": both, "tallest": 0.0}
    found["linear"] = _scale(heights_of(arrays, LandscapeOptions()))
    positive = np.isfinite(both).any() and np.nanmin(np.where(np.isfinite(both), both, np.inf)) > 0
    found["log"] = _scale(heights_of(arrays, LandscapeOptions(log=True))) if positive else None
    return found


def _scale(heights: Heights) -> dict[str, Any]:
    low, high = heights.ends
    return {"z": list(heights.colours.astype(np.float32)), "low": low, "high": high, **lines_of(heights)}


def facts(result: Any) -> list[dict[str, Any]]:
    """What is told of both sides in numbers."""
    sides = result.sides
    mapped = all(side.surface is not None for side in sides)
    score = {"accuracy": "accuracy", "r2": "R²"}.get(sides[0].score_name, sides[0].score_name)
    tested = [side.test_loss for side in sides]
    rows = [
        ("training loss", "The mean loss over the training samples.", [side.train_loss for side in sides], -1),
        ("test loss", "The mean loss over samples that were not trained on.", tested, -1),
        (f"test {score}", "On samples that were not trained on.", [side.test_score for side in sides], 1),
        (
            "sharpness",
            "The largest eigenvalue of the Hessian of the training loss: how much it bends where it bends most.",
            [side.sharpness for side in sides],
            -1,
        ),
        (
            "rise",
            "How much higher the loss is half a radius away, on average over all ways: a flat basin rises little.",
            [result.rise(index) if mapped else math.nan for index in (0, 1)],
            -1,
        ),
        (
            "bends down",
            "The share of the plane where the loss is not convex.",
            [result.bends_down(index) if mapped else math.nan for index in (0, 1)],
            -1,
        ),
        ("parameters", "How many numbers the network learns.", [side.parameters for side in sides], 0),
    ]
    shares = (f"test {score}",) if sides[0].score_name == "accuracy" else ()
    return [
        {
            "name": name,
            "help": text,
            "values": [_text(value, name in (*shares, "bends down")) for value in values],
            "better": _better(values, sign),
        }
        for name, text, values, sign in rows
    ]


def _text(value: float, share: bool) -> str:
    if not math.isfinite(value):
        return "–"
    if share:
        return f"{value:.0%}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _better(values: list[float], sign: int) -> int | None:
    """Which side is ahead by more than a twentieth; None where neither is, or where that means nothing."""
    a, b = values
    if not sign or not (math.isfinite(a) and math.isfinite(b)) or abs(a - b) <= 0.05 * max(abs(a), abs(b)):
        return None
    return int((b - a) * sign > 0)
