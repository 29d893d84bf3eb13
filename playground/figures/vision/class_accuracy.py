"""How often the network is right, class by class, as bars; the line is the whole part's accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import cut, heading, plain
from playground.figures.vision.boards import DEFAULT, BoardOptions

LETTERS = 10


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `confusion`."""
    names = [plain(cut(name, LETTERS)) for name in dataset.classes]
    bars = {
        "type": "bar",
        "x": list(range(len(names))),
        "y": np.zeros(len(names), np.float32),
        "marker": {"color": [theme.key_colour(k) for k in range(len(names))]},
        "customdata": [plain(name) for name in dataset.classes],
        "hovertemplate": "%{customdata}: %{y:.1%} right<extra></extra>",
    }
    axis = {
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
        "tickangle": 0,
    }
    return {
        "data": [bars],
        "layout": theme.plain_layout(
            "class_accuracy",
            "Accuracy of every class as bars",
            xaxis={**axis, "range": [-0.6, len(names) - 0.4]},
            yaxis={"range": [0, 1.02], "tickformat": ".0%", "nticks": 4, "zeroline": False},
            margin={"l": 42, "r": 8, "t": 22, "b": 22},
            annotations=[_title(arrays)],
            bargap=0.25,
        ),
    }


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the bars, and the line of the whole."""
    counts = arrays["counts"]
    totals = counts.sum(axis=1)
    right = np.divide(np.diag(counts), totals, out=np.zeros(len(counts)), where=totals > 0)
    whole = float(np.trace(counts) / max(counts.sum(), 1))
    dots = {"dash": "dot", "width": 1.5, "color": theme.FAINT}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": whole, "y1": whole, "line": dots}
    return {
        "traces": {"0": {"y": right.astype(np.float32)}},
        "layout": {"shapes": [line], "annotations": [_title(arrays)]},
    }


def _title(arrays: dict[str, Any]) -> dict[str, Any]:
    counts = arrays["counts"]
    whole = np.trace(counts) / max(counts.sum(), 1)
    return heading(
        f"Accuracy by class; {100 * whole:.1f} % of all", 1, "How many of a class it recognises: its recall."
    )
