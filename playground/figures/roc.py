"""ROC curves: a line a part for two classes, a line a class for more; a dot on each where the network decides now.

Traces: the diagonal of a guess, then for every line the line and its dot. What the colours mean stands beside the
square, with the area under each line.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model
from playground.figures import theme
from playground.figures.keys import DOT, LINE, cut, plain

MOST_LINES = 10
"""Classes drawn; more lines cannot be told apart."""
PARTS = {"train": theme.TRAIN, "test": theme.TEST}


class RocOptions(Model):
    """How the curves are drawn: nothing to choose; which part of the data they show is up to the lens."""


DEFAULT = RocOptions()


def base(arrays: dict[str, Any], dataset: Any, options: RocOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `roc`, here only for what lines there are."""
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "name": "a guess",
        "x": [0, 1],
        "y": [0, 1],
        "line": {"color": theme.FAINT, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }
    traces = [diagonal]
    for _, _, name, colour in _lines(arrays, dataset):
        traces += [_line(name, colour), _dot(name, colour)]
    return {"data": traces, "layout": _layout(arrays, dataset)}


def frame(arrays: dict[str, Any], dataset: Any, options: RocOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the lines, their dots, and the areas in words."""
    traces = {}
    for index, (part, k, _, _) in enumerate(_lines(arrays, dataset)):
        now = arrays[f"{part}_now"][k]
        traces[str(2 * index + 1)] = {"x": arrays[f"{part}_fpr"][k], "y": arrays[f"{part}_tpr"][k]}
        traces[str(2 * index + 2)] = {"x": now[:1].astype(np.float32), "y": now[1:].astype(np.float32)}
    return {"traces": traces, "layout": {"annotations": [_words(arrays, dataset)]}}


def _lines(arrays: dict[str, Any], dataset: Any) -> list[tuple[str, int, str, str]]:
    """(part, place in the arrays, name, colour) of every line."""
    classes = arrays["classes"]
    parts = [part for part in PARTS if f"{part}_auc" in arrays and len(getattr(dataset, f"y_{part}"))]
    if len(classes) == 1:
        return [(part, 0, part, PARTS[part]) for part in parts]
    return [
        (part, place, dataset.classes[k], theme.key_colour(k))
        for part in parts
        for place, k in enumerate(classes[:MOST_LINES])
    ]


def _line(name: str, colour: str) -> dict[str, Any]:
    hover = f"{plain(name)}<br>%{{y:.0%}} of it found<br>at %{{x:.0%}} false alarms<extra></extra>"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(name),
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "line": {"color": colour, "width": 2.2, "simplify": False},
        "hovertemplate": hover,
    }


def _dot(name: str, colour: str) -> dict[str, Any]:
    hover = f"{plain(name)}, as it decides now<br>%{{y:.0%}} found<br>%{{x:.0%}} false alarms<extra></extra>"
    marker = {"color": colour, "size": 10, "line": {"color": theme.POINT_EDGE, "width": 1.5}}
    return {**_line(name, colour), "mode": "markers", "marker": marker, "hovertemplate": hover}


def _words(arrays: dict[str, Any], dataset: Any) -> dict[str, Any]:
    """The area under each line, beside the square."""
    rows = [
        f'<span style="color:{colour}">{LINE}</span> {plain(cut(name, 20))} <b>{_number(arrays[f"{part}_auc"][k])}</b>'
        for part, k, name, colour in _lines(arrays, dataset)
    ]
    left_out = len(arrays["classes"]) - MOST_LINES
    rows += [f"and {left_out} classes more"] if left_out > 0 else []
    text = "<br>".join(["AUC (area below)", *rows, "", f"{DOT} as it decides now"])
    return {
        "text": text,
        "align": "left",
        "x": 1.06,  # of the square, which is as wide as the height allows
        "y": 1,
        "xref": "x domain",
        "yref": "y domain",
        "xanchor": "left",
        "yanchor": "top",
        "showarrow": False,
    }


def _number(area: float) -> str:
    return "–" if np.isnan(area) else f"{area:.3f}"


def _layout(arrays: dict[str, Any], dataset: Any) -> dict[str, Any]:
    of = f" of {cut(dataset.classes[1], 24)}" if len(arrays["classes"]) == 1 else ""
    axis = {"range": [-0.02, 1.02], "zeroline": False, "tick0": 0, "dtick": 0.25, "tickformat": ".0%", "tickangle": 0}
    axis["constrain"] = "domain"
    return theme.plain_layout(
        "roc",
        f"ROC curve{of}: the share found over the share of false alarms, at every threshold",
        xaxis={
            **axis,
            "constraintoward": "left",
            "title": {"text": plain("false alarms (false positive rate)"), "standoff": 4},
        },
        yaxis={
            **axis,
            "scaleanchor": "x",
            "title": {"text": plain(f"found{of} (true positive rate)"), "standoff": 4},
        },
        annotations=[_words(_nothing(arrays), dataset)],
        margin={"l": 52, "r": 8, "t": 8, "b": 36},
    )


def _nothing(arrays: dict[str, Any]) -> dict[str, Any]:
    """The same lines without areas: the base does not change with the step."""
    return {
        name: np.full(np.shape(value), np.nan) if name.endswith("_auc") else value for name, value in arrays.items()
    }
