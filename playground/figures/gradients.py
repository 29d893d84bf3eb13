"""Gradient and update norms of every layer over the epochs: two panels with logarithmic scales on one axis of epochs.

First the gradients' traces, a layer each, then the updates'. Where gradients vanish the lines of the first layers lie
far below those of the last; where they explode, all rise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import heading
from playground.figures.layers import AXIS, DEFAULT, EPOCHS, MARGIN, InsideOptions, hover_name, ramp

GRADIENT_PANEL, UPDATE_PANEL = [0.57, 1.0], [0.0, 0.43]
GRADIENT = (
    "How strongly the training loss pulls at a layer: the length of its gradient by the layer's weights and biases. "
    "The lower a layer's line, the more slowly it learns. A gap: no gradient at all."
)
UPDATE = "How far the next step moves a layer's weights and biases, with all that the optimizer does."
MOST_TICKS, MOST_WITH_STEPS = 4, 1.8
PANELS = {"gradient": "y", "update": "y2"}


def base(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `gradients`, here only for the layers."""
    names = list(zip(arrays["layers"], arrays["labels"], strict=True))
    traces = [
        _line(hover_name(*name), what, axis, theme.layer_colour(index, len(names)), len(names))
        for what, axis in PANELS.items()
        for index, name in enumerate(names)
    ]
    return {"data": traces, "layout": _layout(arrays["layers"])}


def frame(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """What moves: every line. Where a norm is zero there is no logarithm, and a gap."""
    epoch = np.asarray(arrays["epoch"], np.float32)
    norms = {what: drawable(np.asarray(arrays[what], np.float64)) for what in PANELS}
    lines = [line for what in PANELS for line in norms[what].T]
    return {
        "traces": {str(index): {"x": epoch, "y": line} for index, line in enumerate(lines)},
        "layout": {
            f"yaxis{axis[1:]}.{name}": value
            for what, axis in PANELS.items()
            for name, value in ticks(norms[what]).items()
        },
    }


def drawable(norms: np.ndarray) -> np.ndarray:
    """float32, with gaps at what a logarithm does not have or a float32 does not hold."""
    with np.errstate(invalid="ignore"):
        return np.where((norms > 1e-37) & (norms < 1e37), norms, np.nan).astype(np.float32)


def ticks(norms: np.ndarray) -> dict[str, Any]:
    """Of a logarithmic axis: a few powers of ten; where there is hardly one, 2 and 5 times it too, as plain numbers."""
    finite = norms[np.isfinite(norms)]
    decades = float(np.log10(finite.max()) - np.log10(finite.min())) if finite.size else 0.0
    if decades < MOST_WITH_STEPS:
        return {"dtick": "D2", "tickformat": "~g"}
    return {"dtick": int(np.ceil(decades / MOST_TICKS)), "tickformat": ""}


def _line(name: str, what: str, axis: str, colour: str, layers: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "yaxis": axis,
        "line": {"color": colour, "width": 2 if layers <= 8 else 1.3, "simplify": False},
        "hovertemplate": f"{name}<br>{what} %{{y:.2~g}}<extra></extra>",
        "connectgaps": False,
    }


def _layout(layers: tuple[str, ...]) -> dict[str, Any]:
    scale = {**AXIS, "type": "log", "dtick": 1, "exponentformat": "power", "showexponent": "all"}
    return theme.plain_layout(
        "gradients",
        "Norms of gradient and update of every layer over the epochs, on logarithmic scales",
        xaxis={**AXIS, **EPOCHS, "anchor": "y2"},
        yaxis={**scale, "domain": GRADIENT_PANEL},
        yaxis2={**scale, "domain": UPDATE_PANEL},
        margin={**MARGIN, "l": 48},
        annotations=[
            heading("gradient norm", GRADIENT_PANEL[1], GRADIENT),
            heading("update norm", UPDATE_PANEL[1], UPDATE),
            ramp(layers),
        ],
        hoverdistance=-1,  # a click anywhere is a click on the nearest line, and leads to that moment
    )
