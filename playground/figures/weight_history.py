"""Histograms of weights over the epochs, as one map: orange for negative weights, blue for positive ones.

The stronger the colour, the more weights have that value at that time. A small layer's weights are seen one by one, as
lines that part from where they began.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import heading
from playground.figures.layers import AXIS, DEFAULT, EPOCHS, MARGIN, InsideOptions
from playground.figures.quantised import Quantised

ABOUT = (
    "How many weights have which value, from the start to now: the stronger the colour, the more. Biases are left out."
)


def base(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `weight_history`, here only for the size of the map."""
    trace = {
        "type": "heatmap",
        "x0": 0.5,
        "dx": 1.0,
        "y0": 0.0,
        "dy": 1.0,
        "z": Quantised(np.zeros(arrays["share"].shape, np.float32), -1.0, 1.0),
        "zmin": -1,
        "zmax": 1,
        "zsmooth": False,
        "colorscale": theme.FADING,
        "showscale": False,
        "hovertemplate": "epoch %{x:.3~g}<br>weights about %{y:.2f}<extra></extra>",
    }
    layout = theme.plain_layout(
        "weights",
        "Histogram of the weights over the epochs: the stronger the colour, the more weights have that value",
        xaxis={**AXIS, **EPOCHS},
        yaxis={**AXIS, "zeroline": True, "nticks": 6, "range": [-1, 1]},
        margin={**MARGIN, "l": 36},
        annotations=[heading("weights", 1.0, ABOUT)],
        hoverdistance=-1,
    )
    return {"data": [trace], "layout": layout}


def frame(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the map and its scales."""
    epoch, values = arrays["epoch"], arrays["values"]
    dx, dy = float(epoch[1] - epoch[0]), float(values[1] - values[0])
    moved = {
        "z": Quantised(shades(arrays["share"], values), -1.0, 1.0),
        "x0": float(epoch[0]),
        "dx": dx,
        "y0": float(values[0]),
        "dy": dy,
    }
    ends = {"xaxis.range": [0.0, float(epoch[-1] + dx / 2)]}
    ends["yaxis.range"] = [float(values[0] - dy / 2), float(values[-1] + dy / 2)]
    return {"traces": {"0": moved}, "layout": ends}


def shades(share: np.ndarray, values: np.ndarray) -> np.ndarray:
    """-1 to 1, (bins, t) float32: the square root of the shares, so that a few weights are seen beside many, with the
    sign of their values."""
    largest = max(float(share.max(initial=0.0)), 1e-12)
    return (np.sign(values)[:, None] * np.sqrt(share / largest)).astype(np.float32)
