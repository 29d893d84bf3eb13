"""The loss over the learning rate while that rises: a range test, with what it suggests."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import LINE, Key, heading, key_row

ROOM = 0.6
"""How much higher than the loss at the start the picture reaches, as a share of how far it falls and of it itself."""
DEEP = 20.0
"""From so many times on between the loss at the start and the lowest, the axis of the loss is logarithmic."""
LEAST = 1e-10
"""Of a loss on a logarithmic axis."""
EDGE = {"color": "#ffffff", "width": 2}


def range_test(result: Any) -> dict[str, Any]:
    """A `playground.training.range_test.RangeTest`, as far as it has come, as the view in the browser takes it.

    {data, layout: a Plotly figure, suggestion: a rate or None, reason: a sentence, ends: the first and last rate}.
    """
    low, high, log = _extent(result)
    layout = theme.plain_layout(
        "range",
        "The loss while the learning rate rises from step to step",
        xaxis={
            "type": "log", "dtick": 1, "exponentformat": "power", "zeroline": False, "ticklen": 3,
            "range": [float(np.log10(rate)) for rate in _ends(result)],
            "title": {"text": "learning rate", "standoff": 6},
        },
        yaxis={
            "zeroline": False, "nticks": 6, "ticklen": 3, "range": [low, high], "type": "log" if log else "linear",
            **({"exponentformat": "power", "dtick": 1} if log else {}),
        },
        margin={"l": 58, "r": 14, "t": 30, "b": 46},
        annotations=[heading("training loss", 1.0), key_row(_keys(result), right=True)],
    )  # fmt: skip
    return {
        "data": [_seeds(result, log), _curve(result, log), *_marks(result)],
        "layout": layout,
        "suggestion": result.suggestion,
        "reason": result.reason,
        "ends": _ends(result),
    }


def _ends(result: Any) -> list[float]:
    return [float(result.rates[0]), float(result.rates[-1])] if len(result.rates) > 1 else [1e-4, 10.0]


def _extent(result: Any) -> tuple[float, float, bool]:
    """(lowest, highest, whether logarithmic): all of the fall, and as much of the rise as shows that there is one."""
    known = result.smoothed[np.isfinite(result.smoothed)]
    if not len(known):
        return 0.0, 1.0, False
    first, least = float(known[: max(1, len(known) // 10)].mean()), float(known.min())
    if least > 0 and first > DEEP * least:
        return float(np.log10(max(least, LEAST))) - 0.2, float(np.log10(max(first, LEAST))) + 0.5, True
    room = ROOM * (first - least) + ROOM / 2 * abs(first)
    return least - 0.1 * room, first + room, False


def _curve(result: Any, log: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "median, smoothed",
        "x": result.rates,
        "y": _drawn(result.smoothed, log),
        "line": {"color": theme.LINE_POSITIVE, "width": 3},
        "hovertemplate": "learning rate %{x:.2~g}<br>loss %{y:.4~g}<extra></extra>",
    }


def _seeds(result: Any, log: bool) -> dict[str, Any]:
    """All seeds as one thin line with gaps."""
    gap = np.full((len(result.singly), 1), np.nan)
    x = np.hstack([np.broadcast_to(result.rates, result.singly.shape), gap]).reshape(-1)
    y = np.hstack([result.singly, gap]).reshape(-1)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "single seeds",
        "x": x,
        "y": _drawn(y, log),
        "opacity": 0.6,
        "hoverinfo": "skip",
        "line": {"color": theme.TRAIN, "width": 1.2},
    }


def _drawn(values: np.ndarray, log: bool) -> np.ndarray:
    values = np.where(np.isfinite(values), values, np.nan)
    return np.maximum(values, LEAST) if log else values


def _marks(result: Any) -> list[dict[str, Any]]:
    """Where it falls fastest and where it is lowest."""
    if result.suggestion is None:
        return []
    found = []
    for rate, symbol, text in ((result.steepest, "circle", "falls fastest"), (result.lowest, "diamond", "lowest")):
        at = int(np.abs(np.log(result.rates / rate)).argmin())
        found.append(
            {
                "type": "scatter", "mode": "markers", "name": text, "x": [rate], "y": [float(result.smoothed[at])],
                "marker": {"symbol": symbol, "size": 13, "color": theme.NEGATIVE, "line": EDGE},
                "hovertemplate": f"{text}: %{{x:.2~g}}<extra></extra>",
            }
        )  # fmt: skip
    return found


def _keys(result: Any) -> list[Key]:
    keys = [(LINE, theme.TRAIN, "single seeds"), (LINE, theme.LINE_POSITIVE, "median, smoothed")]
    if result.suggestion is not None:
        keys += [("●", theme.NEGATIVE, "falls fastest"), ("◆", theme.NEGATIVE, "lowest")]
    return keys
