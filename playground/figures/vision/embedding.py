"""What the last layer sees of every image, as points that come apart while the network learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import DOT, fitting, key_row, plain
from playground.figures.points import class_marker
from playground.figures.vision.boards import DEFAULT, BoardOptions

CROSS = "✕"
NAMES = ("x", "y", "z")
SIZE = {2: 6.5, 3: 3.5}


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout: one trace of points, coloured by class. arrays: of the lens `embedding`."""
    count, solid = arrays["points"].shape[1], arrays["points"].shape[1] == 3
    names = [plain(dataset.classes[label]) for label in arrays["labels"]]
    part = "test" if arrays["part"] == "test" else "training"
    points = {
        "type": "scatter3d" if solid else "scatter",
        "mode": "markers",
        "name": "images",
        **{axis: np.zeros(len(names), np.float32) for axis in NAMES[:count]},
        "marker": {
            "size": SIZE[count],
            "opacity": 0.9,
            "line": {"color": theme.POINT_EDGE, "width": 0 if solid else 0.8},
            **class_marker(arrays["labels"], len(dataset.classes)),
            "colorscale": _scale(len(dataset.classes)),
        },
        "text": names,
        "customdata": [f"{part} image {row}" for row in arrays["rows"]],
        "hovertemplate": "%{text}, %{customdata}<extra></extra>",
        "meta": {"picks": [{"part": arrays["part"], "index": int(row)} for row in arrays["rows"]]},
    }
    return {"data": [points], "layout": _layout(arrays, dataset, count)}


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the points; on a plane those taken for another class are crosses."""
    points = arrays["points"]
    moved: dict[str, Any] = {axis: points[:, place] for place, axis in enumerate(NAMES[: points.shape[1]])}
    if points.shape[1] == 2:  # a solid one's signs are drawn as letters, and badly
        wrong = arrays["predicted"] != arrays["labels"]
        moved["marker.symbol"] = ["x" if each else "circle" for each in wrong]
    return {"traces": {"0": moved}, "layout": _titles(arrays)}


def _scale(count: int) -> theme.ColourScale:
    """As `theme.class_scale`, in the colours of keys, which are seen on a dark page, too."""
    steps = [([k / count, theme.key_colour(k)], [(k + 1) / count, theme.key_colour(k)]) for k in range(count)]
    return [stop for pair in steps for stop in pair]


def _titles(arrays: dict[str, Any]) -> dict[str, Any]:
    """How much of the variance lies along each axis."""
    prefix, name = ("scene.", "") if len(arrays["share"]) == 3 else ("", "component ")
    return {
        f"{prefix}{axis}axis.title.text": f"{name}{place + 1}: {100 * share:.0f} %"
        for place, (axis, share) in enumerate(zip(NAMES, arrays["share"], strict=False))
    }


def _layout(arrays: dict[str, Any], dataset: Any, count: int) -> dict[str, Any]:
    axis = {"range": [-1.05, 1.05], "zeroline": False, "showticklabels": False, "ticks": ""}
    keys = [(DOT, theme.key_colour(k), name) for k, name in enumerate(dataset.classes)]
    row = key_row([*fitting(keys, 9), *([(CROSS, theme.FAINT, "taken for another")] if count == 2 else [])])
    about = f"{len(arrays['rows'])} images as the last layer sees them, by {count} principal components"
    if count == 3:
        sides = {f"{name}axis": {**axis, "title": {"text": ""}} for name in NAMES}
        camera = {"eye": {"x": 1.05, "y": 1.05, "z": 0.7}, "center": {"x": 0, "y": 0, "z": -0.12}}
        scene = {**sides, "aspectmode": "cube", "camera": camera}
        return theme.plain_layout(
            "embedding3", about, scene=scene, margin={"l": 0, "r": 0, "t": 22, "b": 0}, annotations=[row]
        )
    return theme.plain_layout(
        "embedding",
        about,
        xaxis={**axis, "title": {"text": "", "standoff": 4}},
        yaxis={**axis, "title": {"text": "", "standoff": 4}},
        margin={"l": 26, "r": 8, "t": 22, "b": 26},
        annotations=[row],
    )
