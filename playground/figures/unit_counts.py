"""Dead and saturated units over the epochs: areas on top of one another, a layer each, in a panel for each of the two.

The height of a panel is the number of hidden units: what is empty is well. Where no activation can die, or none
saturate, there is one panel only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import heading
from playground.figures.layers import AXIS, DEFAULT, EPOCHS, MARGIN, InsideOptions, hover_name

ABOUT = {
    "dead": "A unit is dead when its activation is flat on every training point: no gradient comes through, for good.",
    "saturated": "A unit is saturated when its activation is nearly flat on nine in ten training points.",
}
WHOLE, UPPER, LOWER = [0.0, 1.0], [0.58, 1.0], [0.0, 0.42]


def base(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `units`; not its counts."""
    names = list(zip(arrays["layers"], arrays["labels"], arrays["sizes"], strict=True))
    traces = [
        _area(hover_name(layer, label), int(size), what, axis, theme.layer_colour(index, len(names) + 1))
        for what, axis, _ in _panels(arrays)
        for index, (layer, label, size) in enumerate(names)
    ]
    return {"data": traces or [_nothing()], "layout": _layout(arrays)}


def frame(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the areas, and how many units it is now."""
    epoch = np.asarray(arrays["epoch"], np.float32)
    areas = [area for what, _, _ in _panels(arrays) for area in np.asarray(arrays[what], np.float32).T]
    return {
        "traces": {str(index): {"x": epoch, "y": area} for index, area in enumerate(areas)},
        "layout": {"annotations": _headings(arrays)},
    }


def _panels(arrays: dict[str, Any]) -> list[tuple[str, str, list[float]]]:
    """(what is counted, axis, domain) of each panel, from above."""
    wanted = [what for what, can in (("dead", "can_die"), ("saturated", "can_saturate")) if arrays[can]]
    places = {0: [], 1: [("y", WHOLE)], 2: [("y", UPPER), ("y2", LOWER)]}[len(wanted)]
    return [(what, *place) for what, place in zip(wanted, places, strict=True)]


def _headings(arrays: dict[str, Any]) -> list[dict[str, Any]]:
    total = int(np.sum(arrays["sizes"]))
    told = []
    for what, _, domain in _panels(arrays):
        now = int(arrays[what][-1].sum()) if len(arrays[what]) else 0
        told.append(heading(f"{what} units: {now or 'none'} of {total}", domain[1], ABOUT[what]))
    return told or [_excuse(total)]


def _excuse(total: int) -> dict[str, Any]:
    """Why there is nothing to count."""
    text = "these activations are flat nowhere:<br>no unit can die or saturate" if total else "no hidden units"
    return {"text": text, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}


def _area(name: str, size: int, what: str, axis: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "yaxis": axis,
        "stackgroup": what,
        "line": {"color": colour, "width": 0.5, "shape": "hv"},
        "fillcolor": theme.faded(colour, 0.75),
        "hovertemplate": f"{name}<br>%{{y}} of {size} {what}<extra></extra>",
        "hoveron": "points",
    }


def _nothing() -> dict[str, Any]:
    return {"type": "scatter", "x": [], "y": [], "hoverinfo": "skip"}


def _layout(arrays: dict[str, Any]) -> dict[str, Any]:
    panels = _panels(arrays)
    total = int(np.sum(arrays["sizes"]))
    axes = {
        f"yaxis{axis[1:]}": {**AXIS, "domain": domain, "range": [0, max(total, 1)], "nticks": 4, "tickformat": "d"}
        for _, axis, domain in panels
    }
    words = " and ".join(what for what, _, _ in panels) or "no dead or saturated"
    return theme.plain_layout(
        "units",
        f"Number of {words} units in every hidden layer over the epochs, of {total} units in all",
        xaxis={**AXIS, **EPOCHS, "anchor": panels[-1][1] if panels else "y", "visible": bool(panels)},
        **(axes or {"yaxis": {"visible": False}}),
        margin={**MARGIN, "l": 36},
        annotations=_headings({**arrays, "dead": (), "saturated": ()}),
        hoverdistance=-1,
    )
