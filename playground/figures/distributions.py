"""How the values of every hidden layer's units are distributed now: an outline for each layer, side by side.

A trace a layer, as wide as values are frequent; the last trace marks the means. One scale for all, so that what
shrinks or grows from layer to layer is seen to do so.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import heading
from playground.figures.layers import AXIS, DEFAULT, MARGIN, InsideOptions, hover_name

HALF_WIDTH = 0.46
MOST_TICKS = 12
ABOUT = (
    "The values of all units of a layer over the training points, now: wide where many are. The diamond is their mean."
)


def base(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `activations`."""
    names = list(zip(arrays["layers"], arrays["labels"], strict=True))
    traces = [
        _outline(hover_name(*name), theme.layer_colour(index, len(names) + 1)) for index, name in enumerate(names)
    ]
    return {"data": [*traces, _means(names)], "layout": _layout(arrays["layers"])}


def frame(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """What moves: outlines, means, and now and then the scale."""
    values = np.asarray(arrays["values"], np.float32)
    widths = outlines(arrays["share"])
    traces = {
        str(index): {"x": np.concatenate([index + width, (index - width)[::-1]]), "y": np.r_[values, values[::-1]]}
        for index, width in enumerate(widths)
    }
    traces[str(len(widths))] = {
        "x": np.arange(len(widths), dtype=np.float32),
        "y": np.asarray(arrays["mean"], np.float32),
        "customdata": np.asarray(arrays["deviation"], np.float32),
    }
    half = (values[1] - values[0]) / 2
    room = (values[-1] - values[0]) * 0.04
    return {
        "traces": traces,
        "layout": {"yaxis.range": [float(values[0] - half - room), float(values[-1] + half + room)]},
    }


def outlines(share: np.ndarray) -> np.ndarray:
    """Half widths (layers, bins) float32 of shares (layers, bins): as their square roots, the largest of each layer
    `HALF_WIDTH`. Half the values of a ReLU layer are exactly 0; with plain shares one would see nothing else."""
    largest = np.maximum(share.max(axis=1, keepdims=True), 1e-12)
    return (HALF_WIDTH * np.sqrt(share / largest)).astype(np.float32)


def _outline(name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.zeros(2, np.float32),
        "y": np.zeros(2, np.float32),
        "fill": "toself",
        "fillcolor": theme.faded(colour, 0.85),
        "line": {"width": 0, "simplify": False},
        "hoverinfo": "skip",
    }


def _means(names: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "mean",
        "x": np.zeros(len(names), np.float32),
        "y": np.zeros(len(names), np.float32),
        "customdata": np.zeros(len(names), np.float32),
        "text": [hover_name(*name) for name in names],
        "marker": {
            "symbol": "diamond",
            "size": 6,
            "color": theme.POINT_EDGE,
            "line": {"color": theme.TEST_EDGE, "width": 1},
        },
        "hovertemplate": "%{text}<br>mean %{y:.3~g}, standard deviation %{customdata:.3~g}<extra></extra>",
    }


def _layout(layers: tuple[str, ...]) -> dict[str, Any]:
    every = -(-len(layers) // MOST_TICKS)
    what = "output" if layers == ("out",) else "activations"
    return theme.plain_layout(
        "activations",
        f"How the {what} of every layer are distributed over the training samples at this moment",
        xaxis={
            **AXIS,
            "range": [-0.6, len(layers) - 0.4],
            "tickvals": list(range(0, len(layers), every)),
            "ticktext": list(layers[::every]),
            "showgrid": False,
            "title": {"text": "layer", "standoff": 3},
        },
        yaxis={**AXIS, "zeroline": True, "nticks": 6, "range": [-1, 1]},
        margin={**MARGIN, "l": 36},
        annotations=[heading(what, 1.0, ABOUT)],
        hovermode="x",
    )
