"""The loss along one line through the weights: loss above, accuracy (or R²) below, for training and test samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.curves import LOSS_PANEL, METRIC_PANEL, lowest_shown
from playground.figures.heights import DEFAULT, SCORES, LandscapeOptions, said_of
from playground.figures.keys import LINE, cut, heading, key_row, plain

PARTS = {"train": theme.TRAIN, "test": theme.TEST}


def base(arrays: dict[str, Any], dataset: Any = None, options: LandscapeOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of `loss_slice`."""
    score = SCORES.get(arrays["score_name"], arrays["score_name"])
    traces = [
        _line(part, what, axis, colour)
        for what, axis in (("loss", "y"), (score, "y2"))
        for part, colour in PARTS.items()
    ]
    return {"data": traces, "layout": _layout(arrays, score, options)}


def frame(arrays: dict[str, Any], dataset: Any = None, options: LandscapeOptions = DEFAULT) -> dict[str, Any]:
    """What moves: every line, and what the axis is."""
    origin = float(arrays["origin"])
    x = np.asarray(arrays["along"], np.float32) + np.float32(origin)
    lines = [arrays[f"{part}_{what}"] for what in ("loss", "score") for part in PARTS]
    return {
        "traces": {
            str(index): {"x": x, "y": _drawable(line, options.log and index < 2)} for index, line in enumerate(lines)
        },
        "layout": {
            "xaxis.title.text": plain(cut(arrays["name"], 70)),
            "xaxis.range": [float(x[0]), float(x[-1])],
            "shapes": [_centre(origin)],
            **({} if arrays["score_name"] == "accuracy" else {"yaxis2.range": [lowest_shown(*lines[2:]), 1.05]}),
            "meta.said": said_of(*lines[:2]),
        },
    }


def _drawable(line: np.ndarray, log: bool) -> np.ndarray:
    """With gaps at what is no number, or has no logarithm."""
    line = np.asarray(line, np.float32)
    return np.where(np.isfinite(line) & ((line > 0) | (not log)), line, np.nan).astype(np.float32)


def _line(part: str, what: str, axis: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": part,
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "yaxis": axis,
        "line": {"color": colour, "width": 2.6, "simplify": False},
        "hovertemplate": "%{y:.4~g}<extra>" + f"{part} {plain(what)}" + "</extra>",
        "connectgaps": False,
    }


def _layout(arrays: dict[str, Any], score: str, options: LandscapeOptions) -> dict[str, Any]:
    axis = {"zeroline": False, "nticks": 5, "ticklen": 3}
    loss = {
        **axis,
        "domain": LOSS_PANEL,
        **({"type": "log", "tickformat": "~g"} if options.log else {"rangemode": "tozero"}),
    }
    fixed = (
        {"range": [-0.02, 1.03], "tickformat": "~%"} if arrays["score_name"] == "accuracy" else {"range": [-1, 1.05]}
    )
    return theme.plain_layout(
        f"slice {options.log}",
        f"Loss and {score} along a line through the weights",
        xaxis={**axis, "nticks": 9, "anchor": "y2", "showgrid": False, "title": {"text": "", "standoff": 3}},
        yaxis=loss,
        yaxis2={**axis, "domain": METRIC_PANEL, "nticks": 3, **fixed},
        annotations=[
            heading("loss", LOSS_PANEL[1]),
            heading(score, METRIC_PANEL[1]),
            key_row([(LINE, colour, part) for part, colour in PARTS.items()], right=True),
        ],
        margin={"l": 52, "r": 12, "t": 24, "b": 38},
        hovermode="x unified",
        hoversubplots="axis",
    )


def _centre(x: float) -> dict[str, Any]:
    line = {"color": theme.PATH, "width": 1.5, "dash": "dash"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}
