"""Predicted against actual: how well a regression does on a table, a point a row; on the diagonal it is right.

Trace 0 is the training rows, 1 the test rows, 2 the diagonal. Values are in the units of the table's own target.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import points, theme
from playground.figures.boundary import DEFAULT, BoundaryOptions
from playground.figures.fit import value_range
from playground.figures.keys import DASHES, DOT, RING, Key, cut, key_row, plain
from playground.figures.units import original

PARTS = ("train", "test")


def base(arrays: dict[str, Any], dataset: Any, options: BoundaryOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of `predictions`."""
    traces = [_rows(arrays, dataset, part, shown=part == "train" or options.show_test) for part in PARTS]
    ends = np.asarray(value_range(dataset), np.float32)
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "name": "exact",
        "x": ends,
        "y": ends,
        "line": {"color": theme.FAINT, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    return {"data": [*traces, diagonal], "layout": _layout(dataset, options)}


def frame(arrays: dict[str, Any], dataset: Any, options: BoundaryOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the predictions."""
    predicted = [original(arrays[f"{part}_predicted"], dataset) for part in PARTS]
    return {"traces": {str(index): {"y": values} for index, values in enumerate(predicted)}}


def _rows(arrays: dict[str, Any], dataset: Any, part: str, *, shown: bool) -> dict[str, Any]:
    actual = original(arrays[f"{part}_actual"], dataset)
    return points.scatter(
        actual,
        np.zeros_like(actual),
        part=part,
        marker=points.part_marker(part),
        visible=shown,
        hovertemplate="actual %{x:.4~g}<br>predicted %{y:.4~g}<extra>" + part + "</extra>",
    )


def _keys(dataset: Any, options: BoundaryOptions) -> list[Key]:
    test = [(RING, theme.TEST, "test")] if options.show_test and len(dataset.y_test) else []
    return [(DOT, theme.TRAIN_POINT, "train"), *test, (DASHES, theme.FAINT, "exact")]


def _layout(dataset: Any, options: BoundaryOptions) -> dict[str, Any]:
    ends = value_range(dataset)
    axis = {"range": ends, "zeroline": False, "nticks": 6, "ticks": "outside", "ticklen": 3, "constrain": "domain"}
    target = plain(cut(dataset.target or "target", 40))
    return theme.plain_layout(
        "predictions",
        f"Predicted against actual {target}, a point a row; on the diagonal the prediction is exact",
        xaxis={**axis, "title": {"text": f"actual {target}", "standoff": 4}},
        yaxis={**axis, "title": {"text": "predicted", "standoff": 4}, "scaleanchor": "x"},
        annotations=[key_row(_keys(dataset, options))],
        margin={"l": 48, "r": 10, "t": 22, "b": 36},
    )
