"""The loss landscape in three dimensions: the surface, the way of the run over it, and the ball where the run is.

Trace 0 is the surface, 1 the path, 2 the ball, 3 a pole on it. Where the camera stands is left to the person: no
frame moves it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.heights import DEFAULT, Heights, LandscapeOptions, height_at, heights_of, lines_of, said_of
from playground.figures.keys import cut, plain

CAMERA = {"eye": {"x": 1.27, "y": -1.63, "z": 1.27}, "center": {"x": -0.08, "y": -0.05, "z": -0.15}}
"""So far away that the labels of all three axes are inside of a picture about as wide as high."""
LIGHT = {"ambient": 0.72, "diffuse": 0.6, "specular": 0.04, "roughness": 0.7, "fresnel": 0.05}
LIFT = 0.012
"""Of the height of the picture, how far above the surface path and ball are drawn."""
BALL = {"size": 9, "color": theme.PATH, "opacity": 1, "line": {"color": "#ffffff", "width": 2}}
POLE = {"color": theme.PATH, "width": 3}
"""Upright on the ball: where the run is can be seen behind a hill, too."""


def base(arrays: dict[str, Any], dataset: Any = None, options: LandscapeOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of `loss_landscape`; all of it comes with the frames."""
    surface = {
        "type": "surface",
        "x": np.zeros(2, np.float32),
        "y": np.zeros(2, np.float32),
        "z": np.zeros((2, 2), np.float32),
        "colorscale": theme.TERRAIN,
        "showscale": False,
        "lighting": LIGHT,
        "hovertemplate": "%{z:.4g}<extra></extra>",
        "contours": {"z": {"show": not options.log, "color": theme.CONTOUR_LINE, "width": 1, "highlight": False}},
    }
    for axis in "xy":
        surface["contours"][axis] = {"highlight": False}
    path = {"type": "scatter3d", "mode": "lines", "hoverinfo": "skip", "line": {"color": theme.PATH, "width": 6}}
    ball = {"type": "scatter3d", "mode": "markers", "hoverinfo": "skip", "marker": BALL}
    pole = {"type": "scatter3d", "mode": "lines", "hoverinfo": "skip", "line": POLE}
    empty = {name: np.zeros(0, np.float32) for name in "xyz"}
    return {"data": [surface, {**path, **empty}, {**ball, **empty}, {**pole, **empty}], "layout": _layout(options)}


def frame(arrays: dict[str, Any], dataset: Any = None, options: LandscapeOptions = DEFAULT) -> dict[str, Any]:
    """What moves: surface, path and ball, the scale of the heights, and what the axes mean."""
    heights = heights_of(arrays, options)
    x, y = path_of(arrays)
    z = lifted(height_at(arrays, heights, arrays["path_x"], arrays["path_y"]), heights)
    across, upwards = axes_of(arrays)
    low, high = heights.ends
    surface: dict[str, Any] = {"x": across, "y": upwards, "z": heights.z, "cmin": low, "cmax": high}
    if heights.log:
        surface["surfacecolor"] = heights.colours
    else:
        surface |= {f"contours.z.{name}": value for name, value in lines_of(heights).items()}
    return {
        "traces": {
            "0": surface,
            "1": {"x": x, "y": y, "z": z},
            "2": {"x": x[-1:], "y": y[-1:], "z": z[-1:]},
            "3": {"x": x[[-1, -1]], "y": y[[-1, -1]], "z": np.array([z[-1], heights.high])},
        },
        "layout": {
            "scene.zaxis.range": [low, high + (high - low) * 2 * LIFT],
            "scene.zaxis.title.text": heights.name,
            **axis_titles({"names": [short(name) for name in arrays["names"]]}, "scene.xaxis", "scene.yaxis"),
            **told(arrays),
        },
    }


def lifted(z: np.ndarray, heights: Heights) -> np.ndarray:
    """A little above the surface, on which it would be half sunk."""
    low, high = heights.ends
    lift = (high - low) * LIFT
    return z * 10**lift if heights.log else z + lift


def axes_of(arrays: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The coordinates of columns and rows as they are labelled: of two single weights, what the weights are."""
    return tuple(
        np.asarray(arrays[name], np.float32) + np.float32(at) for name, at in zip("xy", arrays["origin"], strict=True)
    )


def path_of(arrays: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The path likewise."""
    places = (np.asarray(arrays[f"path_{name}"], np.float64) for name in "xy")
    return tuple(place + at for place, at in zip(places, arrays["origin"], strict=True))


def axis_titles(arrays: dict[str, Any], *axes: str) -> dict[str, Any]:
    """What each axis of the plane is, and where its labels begin."""
    return {f"{axis}.title.text": plain(cut(name, 46)) for axis, name in zip(axes, arrays["names"], strict=True)}


def short(name: str) -> str:
    """The name of an axis where it is slanted, and there is little room: from above it stands in full."""
    return name.removeprefix("principal ").replace(" of the path)", ")")


def told(arrays: dict[str, Any]) -> dict[str, Any]:
    """What the browser keeps of a frame: which plane was pressed, and how far the surface is measured."""
    return {
        "meta.plane": arrays["plane"],
        "meta.origin": list(arrays["origin"]),
        "meta.step": arrays["step"],
        "meta.share": arrays["share"],
        "meta.seen": arrays["seen"],
        "meta.said": said_of(arrays["loss"]),
    }


def _layout(options: LandscapeOptions) -> dict[str, Any]:
    axis = {"showspikes": False, "nticks": 5, "title": {"text": ""}}
    height = {**axis, **({"type": "log", "tickformat": "~g"} if options.log else {})}
    return theme.plain_layout(
        "landscape",
        "The loss over a plane through the weights, as a surface, with the way of the run on it",
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={
            "aspectmode": "manual",
            "aspectratio": {"x": 1.15, "y": 1.15, "z": 0.75},
            "camera": CAMERA,
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": height,
        },
    )
