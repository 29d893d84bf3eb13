"""Residuals of a regression: over what was predicted, and how many there are of each size.

Trace 0 and 1 are the training and test rows, 2 and 3 their histograms, which share the axis of residuals. Over a good
model's predictions residuals scatter around zero without a pattern.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model, parameter
from playground.figures import points, theme
from playground.figures.fit import value_range
from playground.figures.keys import DOT, RING, cut, plain

PARTS = ("train", "test")
COLOURS = {"train": theme.TRAIN_POINT, "test": theme.TEST}


class ResidualsOptions(Model):
    """How the residuals are drawn."""

    show_test: bool = parameter(True, label="Test points", help="Shows the points kept back to test on.")


DEFAULT = ResidualsOptions()


def base(arrays: dict[str, Any], dataset: Any, options: ResidualsOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `residuals`, for the number of rows and bins."""
    shown = {part: part in _shown(dataset, options) for part in PARTS}
    rows = [_rows(len(arrays[f"{part}_predicted"]), part, shown[part]) for part in PARTS]
    bars = [_bars(len(arrays["edges"]) - 1, part, shown[part]) for part in PARTS]
    return {"data": [*rows, *bars], "layout": _layout(dataset, options)}


def frame(arrays: dict[str, Any], dataset: Any, options: ResidualsOptions = DEFAULT) -> dict[str, Any]:
    """What moves: all of it, and the axis of residuals now and then."""
    edges = arrays["edges"]
    middles = ((edges[1:] + edges[:-1]) / 2).astype(np.float32)
    traces = {}
    for index, part in enumerate(PARTS):
        traces[str(index)] = {"x": arrays[f"{part}_predicted"], "y": arrays[f"{part}_residual"]}
        traces[str(index + 2)] = {"x": arrays[f"{part}_share"], "y": middles}
    words = [_words(part, arrays[f"{part}_errors"], line) for line, part in enumerate(_shown(dataset, options))]
    reach = 1.04 * float(edges[-1])
    return {"traces": traces, "layout": {"yaxis.range": [-reach, reach], "annotations": words}}


def _shown(dataset: Any, options: ResidualsOptions) -> list[str]:
    return ["train", "test"] if options.show_test and len(dataset.y_test) else ["train"]


def _rows(count: int, part: str, shown: bool) -> dict[str, Any]:
    return points.scatter(
        np.zeros(count),
        np.zeros(count),
        part=part,
        marker=points.part_marker(part),
        visible=shown,
        hovertemplate="predicted %{x:.4~g}<br>actual - predicted %{y:.4~g}<extra>" + part + "</extra>",
    )


def _bars(count: int, part: str, shown: bool) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": part,
        "x": np.zeros(count, np.float32),
        "y": np.zeros(count, np.float32),
        "xaxis": "x2",
        "marker": {"color": COLOURS[part], "line": {"width": 0}},
        "opacity": 0.55,
        "visible": shown,
        "hovertemplate": "%{x:.1%} of the rows near %{y:.4~g}<extra>" + part + "</extra>",
    }


def _words(part: str, errors: np.ndarray, line: int) -> dict[str, Any]:
    """The errors of a part in numbers, a line above the plot."""
    root, absolute, r2 = map(_short, errors)
    sign = DOT if part == "train" else RING
    text = (
        f'<span style="color:{COLOURS[part]}">{sign}</span> {part}: typical error <b>{root}</b> (RMSE), '
        f"mean <b>{absolute}</b> (MAE), R² <b>{r2}</b>"
    )
    return {
        "text": text,
        "x": 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "yshift": 3 + 17 * (1 - line),
    }


def _short(value: float) -> str:
    return "–" if not np.isfinite(value) else f"{value:#.3g}".rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"


def _layout(dataset: Any, options: ResidualsOptions) -> dict[str, Any]:
    axis = {"zeroline": False, "nticks": 6, "ticks": "outside", "ticklen": 3}
    target = plain(cut(dataset.target or "target", 40))
    empty = np.full(3, np.nan)
    return theme.plain_layout(
        f"residuals {dataset.target}",
        f"Residuals of {target}, a point a row: actual minus predicted over predicted, and their histogram",
        xaxis={
            **axis,
            "domain": [0, 0.74],
            "range": value_range(dataset),
            "title": {"text": f"predicted {target}", "standoff": 4},
        },
        xaxis2={**axis, "domain": [0.78, 1], "nticks": 3, "rangemode": "tozero", "tickformat": ".0%"}
        | {"title": {"text": "share of rows", "standoff": 4}},
        yaxis={
            **axis,
            "range": [-1, 1],
            "zeroline": True,
            "title": {"text": "residual (actual - predicted)", "standoff": 4},
        },
        annotations=[_words(part, empty, line) for line, part in enumerate(_shown(dataset, options))],
        barmode="overlay",
        bargap=0,
        margin={"l": 52, "r": 10, "t": 44, "b": 36},
    )
