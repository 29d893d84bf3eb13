"""The points of a data set as Plotly traces: training points with a white edge, test points ringed dark."""

from typing import Any

import numpy as np

from playground.figures import theme


def subset(count: int, most: int = theme.MOST_POINTS) -> np.ndarray:
    """Indices of at most `most` of `count` points, evenly spaced: always the same ones."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.int64)


def scatter(x: np.ndarray, y: np.ndarray, *, part: str, marker: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A trace of points. part: "train" or "test"; marker: its colours."""
    test = part == "test"
    size = theme.POINT_SIZE if len(x) <= 600 else theme.SMALL_POINT_SIZE
    return {
        "type": "scatter",
        "mode": "markers",
        "name": part,
        "x": np.asarray(x, np.float32),
        "y": np.asarray(y, np.float32),
        "marker": {
            "size": size,
            "line": {"color": theme.TEST_EDGE if test else theme.POINT_EDGE, "width": 1.1 if test else 0.8},
            **marker,
        },
        **more,
    }


def class_marker(labels: np.ndarray, count: int) -> dict[str, Any]:
    """Colours of points by their class index."""
    return {
        "color": labels.astype(np.uint8 if count <= 256 else np.int32),
        "colorscale": theme.class_scale(count),
        "cmin": -0.5,
        "cmax": count - 0.5,
    }


def value_marker(values: np.ndarray, reach: float, edge: str) -> dict[str, Any]:
    """Colours of points by their value: orange at -reach, white at 0, blue at +reach. edge: seen on white."""
    return {
        "color": np.asarray(values, np.float32),
        "colorscale": theme.DIVERGING,
        "cmin": -reach,
        "cmax": reach,
        "line": {"color": edge, "width": 0.8},
    }


def part_marker(part: str) -> dict[str, Any]:
    """Colours of points on the bare page, where colour shows no class or value: solid to train, ringed to test."""
    if part == "train":
        return {"color": theme.TRAIN_POINT, "opacity": 0.8, "line": {"width": 0}}
    return {"color": theme.CLEAR, "line": {"color": theme.TEST, "width": 1.6}}
