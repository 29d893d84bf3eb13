"""The loss landscape from above: its heights as colours and lines, the way of the run, and where it is.

Trace 0 is the map, 1 the path, 2 where the run is. A press on the map puts the run's weights there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.heights import DEFAULT, LandscapeOptions, heights_of, lines_of, ticks_of
from playground.figures.keys import DOT, LINE, key_row
from playground.figures.landscape import axes_of, axis_titles, path_of, told


def base(arrays: dict[str, Any], dataset: Any = None, options: LandscapeOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of `loss_landscape`; all of it comes with the frames."""
    terrain = {
        "type": "contour",
        "x": np.zeros(2, np.float32),
        "y": np.zeros(2, np.float32),
        "z": np.zeros((2, 2), np.float32),
        "colorscale": theme.TERRAIN,
        "contours": {"coloring": "heatmap"},
        "autocontour": False,
        "line": {"color": "rgba(255,255,255,0.55)", "width": 0.8, "smoothing": 0},
        "hovertemplate": "%{customdata:.4g}<extra></extra>",
        "colorbar": {"thickness": 10, "outlinewidth": 0, "len": 1, "nticks": 7, "title": {"side": "right"}},
    }
    path = {
        "type": "scatter",
        "mode": "lines+markers",
        "line": {"color": theme.PATH, "width": 2.5, "simplify": False},
        "marker": {"size": 3, "color": theme.PATH},
        "hoverinfo": "skip",
    }
    here = {
        "type": "scatter",
        "mode": "markers",
        "marker": {"size": 13, "color": theme.PATH, "line": {"color": "#ffffff", "width": 2}},
        "hoverinfo": "skip",
    }
    empty = {name: np.zeros(0, np.float32) for name in "xy"}
    return {"data": [terrain, {**path, **empty}, {**here, **empty}], "layout": _layout()}


def frame(arrays: dict[str, Any], dataset: Any = None, options: LandscapeOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the map and its scale, the path, and where the run is."""
    heights = heights_of(arrays, options)
    low, high = heights.ends
    across, upwards = axes_of(arrays)
    raw = arrays["score"] if options.height == "score" else arrays["loss"]
    moved = {
        "x": across,
        "y": upwards,
        "z": heights.colours,
        "customdata": np.asarray(raw, np.float32),
        "zmin": low,
        "zmax": high,
        **{f"contours.{name}": value for name, value in lines_of(heights).items()},
        "colorbar.title.text": heights.name,
        **{f"colorbar.{name}": value for name, value in ticks_of(heights).items()},
    }
    x, y = path_of(arrays)
    return {
        "traces": {"0": moved, "1": {"x": x, "y": y}, "2": {"x": x[-1:], "y": y[-1:]}},
        "layout": {
            "xaxis.range": [float(across[0]), float(across[-1])],
            "yaxis.range": [float(upwards[0]), float(upwards[-1])],
            **axis_titles(arrays, "xaxis", "yaxis"),
            **told(arrays),
        },
    }


def _layout() -> dict[str, Any]:
    axis = {"zeroline": False, "nticks": 6, "ticks": "outside", "ticklen": 3, "constrain": "domain", "showgrid": False}
    return theme.plain_layout(
        "contour",
        "The loss over a plane through the weights, from above, with the way of the run",
        xaxis={**axis, "title": {"text": "", "standoff": 4}},
        yaxis={**axis, "title": {"text": "", "standoff": 2}},
        annotations=[key_row([(LINE, theme.PATH, "way of the run"), (DOT, theme.PATH, "now")])],
        margin={"l": 52, "r": 10, "t": 22, "b": 40},
    )
