"""The curve that a network fits to data with one input: points, and the line through them.

Trace 0 is the training points, 1 the test points, 2 the fitted line, which alone moves. Values are in the units of the
table's own target, not standardised.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import points, theme
from playground.figures.boundary import DEFAULT, BoundaryOptions
from playground.figures.keys import DOT, LINE, RING, Key, key_row, plain
from playground.figures.units import original

ROOM = 0.15
"""Empty share above and below the points, so that a line that overshoots is still seen."""


def base(arrays: dict[str, Any], dataset: Any, options: BoundaryOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of `fitted_curve`, for the places on the axis."""
    scatter = [_points(dataset, part, shown=part == "train" or options.show_test) for part in ("train", "test")]
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "network",
        "x": np.asarray(arrays["x"], np.float32),
        "y": np.zeros(len(arrays["x"]), np.float32),
        "line": {"color": theme.FITTED, "width": 3},
        "hovertemplate": "%{x:.2f}: %{y:.3f}<extra>network</extra>",
    }
    return {"data": [*scatter, line], "layout": _layout(dataset, options)}


def frame(arrays: dict[str, Any], dataset: Any, options: BoundaryOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the line."""
    return {"traces": {"2": {"y": original(arrays["y"], dataset)}}}


def value_range(dataset: Any) -> list[float]:
    """From the least to the greatest target, with room on either side, in the units of the table."""
    values = original(np.concatenate([dataset.y_train, dataset.y_test]), dataset)
    low, high = float(values.min()), float(values.max())
    room = (high - low) * ROOM or 1.0
    return [low - room, high + room]


def _points(dataset: Any, part: str, *, shown: bool) -> dict[str, Any]:
    places, values = getattr(dataset, f"{part}_points"), original(getattr(dataset, f"y_{part}"), dataset)
    chosen = points.subset(len(places), theme.MOST_POINTS_BY_PLOTLY)
    return points.scatter(
        places[chosen, 0],
        values[chosen],
        part=part,
        marker=points.part_marker(part),
        visible=shown,
        hovertemplate="%{x:.2f}: %{y:.3f}<extra>" + part + "</extra>",
    )


def _keys(dataset: Any, options: BoundaryOptions) -> list[Key]:
    test = [(RING, theme.TEST, "test")] if options.show_test and len(dataset.y_test) else []
    return [(DOT, theme.TRAIN_POINT, "train"), *test, (LINE, theme.FITTED, "network")]


def _layout(dataset: Any, options: BoundaryOptions) -> dict[str, Any]:
    horizontal, vertical = map(plain, dataset.plane.titles)
    axis = {"zeroline": False, "nticks": 7, "ticks": "outside", "ticklen": 3}
    return theme.plain_layout(
        "fit",
        f"The network's output over {horizontal}, with the data's points",
        xaxis={**axis, "range": list(dataset.plane.domain[0]), "title": {"text": horizontal, "standoff": 4}},
        yaxis={**axis, "range": value_range(dataset), "title": {"text": vertical, "standoff": 4}},
        annotations=[key_row(_keys(dataset, options))],
        margin={"l": 44, "r": 10, "t": 22, "b": 36},
    )
