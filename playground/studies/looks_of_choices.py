"""How the figures of choices look: parallel coordinates, slices, contours.

Each function takes Optuna's figure as a plain dict (see `looks_basis.plain`) and gives one that suits our pages: the
better a result, the bluer it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from playground.figures import theme
from playground.studies.looks_basis import (
    BEST,
    BY_NUMBER,
    Figure,
    Look,
    axes_of,
    decades,
    power,
    results,
    unquoted,
    without_quotes,
)

NEAR = 0.09
"""Of an axis' height: labels that are nearer to one another would overlap."""


def parallel(figure: Figure, look: Look, numbers: Sequence[int]) -> Figure:
    """A line for every trial through all that was chosen; the best lie above the others. numbers: the trials'."""
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    good = [_goodness(trace, look) for trace in lines]
    for trace, share, number in zip(lines, good, numbers, strict=True):
        trace["line"] = {"color": theme.mix(theme.LINE_POSITIVE, share, theme.FAINT), "width": 1.2 + 1.6 * share**3}
        trace["opacity"] = 0.35 + 0.6 * share**2
        trace["meta"] = {"trials": [number] * len(trace["x"])}
        trace["hovertemplate"] = f"<b>Trial {number}</b><br>%{{customdata[0]}}: %{{customdata[1]}}<extra></extra>"
        if look.log:
            name, exponent = trace["customdata"][0]
            trace["customdata"][0] = [name, power(float(exponent))]
    order = sorted(range(len(lines)), key=good.__getitem__)
    if order:
        lines[order[-1]] |= {"line": {"color": BEST, "width": 3.2}, "opacity": 1.0}
    drawn = figure["layout"]
    layout = {
        "xaxis": {**drawn["xaxis"], "tickangle": 0, "side": "top", "fixedrange": True, "showline": False},
        "yaxis": drawn["yaxis"],
        "annotations": [_note(note, look) for note in _apart(drawn["annotations"], _whole_axes(lines))],
        "shapes": [{**shape, "line": {"color": theme.FAINT, "width": 1}} for shape in drawn["shapes"]],
        "hovermode": "closest",
        "showlegend": False,
        "margin": {"l": 40, "r": 24, "t": 26, "b": 4},
    }
    return {"data": [lines[index] for index in order], "layout": layout}


def _whole_axes(lines: Sequence[Figure]) -> set[int]:
    """The axes on which every trial has a whole number: between two of them there is nothing to mark."""
    told = [[str(text) for _, text in trace["customdata"]] for trace in lines]
    return {place for place, texts in enumerate(zip(*told, strict=True)) if all(map(_is_whole, texts))}


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdigit()


def _apart(notes: Sequence[Figure], whole: set[int]) -> list[Figure]:
    """The labels of the axes as far as each has room: its ends first."""
    kept: list[Figure] = []
    for place in sorted({note["x"] for note in notes}):
        own = [note for note in notes if note["x"] == place]
        for note in sorted(own, key=lambda note: -abs(note["y"] - 0.5)):
            says = place not in whole or _is_whole(note["text"])
            if says and all(abs(note["y"] - other["y"]) > NEAR for other in kept if other["x"] == place):
                kept.append(note)
    return kept


def _note(note: Figure, look: Look) -> Figure:
    """A number or a name beside an axis, to be read above the lines too; on the first one are the results."""
    text = power(float(note["text"])) if look.log and note["x"] == 0 else note["text"]
    return {**note, "text": text, "font": {"size": 10.5, "shadow": "auto"}}


def _goodness(trace: Figure, look: Look) -> float:
    """How good a line's trial is among all, 0 to 1: on Optuna's first axis 0 is the least result and 1 the greatest."""
    height = float(trace["y"][0])
    if not math.isfinite(height):
        return 0.0
    return height if look.upwards else 1.0 - height


def slices(figure: Figure, look: Look) -> Figure:
    """The results over each choice; later trials are darker."""
    layout, seen = axes_of(figure["layout"]), []
    for trace in figure["data"]:
        _slice(trace, look)
        seen += trace["y"]
    for name, line in layout.items():
        if name.startswith("xaxis"):
            without_quotes(line)
            line["title"] = {**line.get("title", {}), "standoff": 6, "font": {"size": 11 if len(layout) > 6 else 12}}
            line["tickfont"] = {"size": 10.5}
            line |= _ticks_of(line, [trace for trace in figure["data"] if _axis_of(trace) == name])
        else:
            line |= {**results(seen, look), **({} if line.get("title") else {"title": {}})}  # the first one has it
    layout |= {"margin": {"l": 58, "r": 64, "t": 12, "b": 46}, "hovermode": "closest", "showlegend": False}
    return {"data": figure["data"], "layout": layout}


def _axis_of(trace: Figure) -> str:
    """Name in the layout of a trace's x axis: "x2" is "xaxis2"."""
    return f"xaxis{trace.get('xaxis', 'x')[1:]}"


def _ticks_of(line: Figure, traces: Sequence[Figure], name: str = "x") -> Figure:
    """Few ticks on an axis of these traces; none between whole numbers that are near to one another."""
    if line.get("type") == "category":
        return {}
    tried = [value for trace in traces for value in trace[name] or () if isinstance(value, int | float)]
    if line.get("type") == "log" and tried:
        return decades(math.log10(min(tried)), math.log10(max(tried)))
    if tried and max(tried) - min(tried) < 5 and all(value == int(value) for value in tried):
        return {"tick0": 0, "dtick": 1}
    return {"nticks": 5}


def _slice(trace: Figure, look: Look) -> None:
    marker = trace["marker"]
    numbers = [int(number) for number in marker["color"]]
    bar = {"title": {"text": "Trial", "side": "right"}, "thickness": 9, "outlinewidth": 0, "x": 1.01, "xpad": 4}
    trace |= {
        "x": unquoted(trace["x"]),
        "y": [float(value) for value in trace["y"]],
        "marker": {
            "color": numbers,
            "colorscale": BY_NUMBER,
            "size": 7,
            "line": {"color": theme.FAINT, "width": 0.5},
            "showscale": bool(marker.get("showscale")),
            "colorbar": bar,
        },
        "meta": {"trials": numbers},
        "text": [str(number) for number in numbers],
        "hovertemplate": f"<b>Trial %{{text}}</b><br>%{{x}}<br>{look.objective}: %{{y:.4g}}<extra></extra>",
    }


def contour(figure: Figure, look: Look, names: Sequence[str], numbers: Sequence[int]) -> Figure:
    """A map of the results over two choices, blue where they are good, with the trials on it. numbers: the trials'."""
    layout = axes_of(figure["layout"])
    for trace in figure["data"]:
        trace["x"], trace["y"] = unquoted(trace["x"]), unquoted(trace["y"])
        if trace["type"] == "contour":
            trace["z"] = np.asarray(trace["z"], dtype=np.float32)
            bar = {"title": {"text": look.objective, "side": "right"}, "thickness": 10, "outlinewidth": 0}
            trace |= {"colorscale": look.scale, "reversescale": False, "colorbar": {**bar, **_ticks(trace["z"], look)}}
            trace["line"] = {"width": 0.6, "color": theme.FAINT, "smoothing": 1.1}
        else:
            trace["marker"] = {"color": theme.NEGATIVE, "size": 7, "line": {"color": "#ffffff", "width": 1.2}}
            trace["hovertemplate"] = f"{names[0]}: %{{x}}<br>{names[1]}: %{{y}}<extra></extra>"
            if len(trace["x"]) == len(numbers):
                trace["meta"], trace["text"] = {"trials": list(numbers)}, list(map(str, numbers))
                trace["hovertemplate"] = f"<b>Trial %{{text}}</b><br>{trace['hovertemplate']}"
    points = [trace for trace in figure["data"] if trace["type"] != "contour"]
    for name in ("xaxis", "yaxis"):
        without_quotes(layout.setdefault(name, {}))
        layout[name] |= {"automargin": True, "showgrid": False, "zeroline": False}
        layout[name] |= _ticks_of(layout[name], points, name[0])
    layout |= {"margin": {"l": 62, "r": 10, "t": 12, "b": 46}, "hovermode": "closest", "showlegend": False}
    return {"data": figure["data"], "layout": layout}


def _ticks(values: np.ndarray, look: Look) -> Figure:
    """Of a bar for logarithms: what they are the logarithms of."""
    if not look.log or not np.isfinite(values).any():
        return {}
    marks = np.linspace(float(np.nanmin(values)), float(np.nanmax(values)), 6)
    return {"tickvals": marks.tolist(), "ticktext": [power(mark) for mark in marks]}
