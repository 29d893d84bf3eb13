"""How sharply the loss bends, over the epochs: eigenvalues of its Hessian, and the line where gradient descent stops
being stable; below them how steep the loss is. Two panels with logarithmic scales on one axis of epochs.

First the eigenvalues' traces, the largest first, then trace, negative curvature, limit and gradient norm.
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.gradients import drawable, ticks
from playground.figures.keys import DASHES, HOVER_LETTERS, LINE, Key, heading, key_row, plain
from playground.figures.layers import AXIS, DEFAULT, EPOCHS, InsideOptions

CURVATURE, SLOPE = [0.34, 1.0], [0.0, 0.24]
HOVERING = (0.85, 1.3)
"""Sharpness, in units of the limit, that is "at the edge": it oscillates around a little more than 1."""
RECENT = 0.1
"""It is judged by the median over the latest tenth of the run."""
SENTENCE, ROW = 13, 18
"""Size of the sentence's letters, and how high the row of keys below it is: beside it there is no room on a phone."""
TOP = (
    "The largest eigenvalues of the Hessian of the training loss: how sharply it bends in the directions in which it "
    "bends most. The first is called the sharpness."
)
SLOPE_ABOUT = "The length of the gradient of the training loss by all parameters: how steep the loss is here."
EDGE = (
    "Above this line a step of gradient descent jumps over the valley to a higher place on its other side (Cohen et "
    "al. 2021). It is exact for a quadratic loss and steps that see all samples at once."
)
HOLLOW = 3e-3
"""Of the sharpness: negative curvature that is less is not drawn."""
FAR = 1e5
"""Times the sharpness: a limit further above it is not drawn, as where a schedule takes the learning rate to 0."""
OTHERS = ("trace", "smallest", "limit", "gradient")


def base(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `sharpness`, here only for how many eigenvalues there are."""
    count = arrays["eigenvalues"].shape[1]
    traces = [
        _line(f"eigenvalue {index + 1}", theme.LAYERS[index % len(theme.LAYERS)], 2.4 if index == 0 else 1.4)
        for index in range(count)
    ]
    traces += [
        _line("trace", theme.TRAIN, 1.2),
        _line("negative curvature", theme.NEGATIVE, 1.2, dash="dot", sign="-"),
        _line("limit", theme.FAINT, 1.8, dash="dash"),
        _line("gradient norm", theme.LINE_POSITIVE, 1.8, axis="y2"),
    ]
    return {"data": traces, "layout": _layout(arrays, count)}


def frame(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """What moves: every line, and the sentence. What is not above zero has no logarithm, and a gap."""
    epoch = np.asarray(arrays["epoch"], np.float32)
    others = {name: arrays[name] for name in OTHERS} | {"smallest": _hollow(arrays), "limit": _near(arrays)}
    lines = [drawable(np.asarray(line, np.float64)) for line in (*arrays["eigenvalues"].T, *others.values())]
    above = np.concatenate(lines[:-2])
    return {
        "traces": {str(index): {"x": epoch, "y": line} for index, line in enumerate(lines)},
        "layout": {
            "annotations": _annotations(arrays, arrays["eigenvalues"].shape[1]),
            **{f"yaxis.{name}": value for name, value in ticks(above).items()},
            **{f"yaxis2.{name}": value for name, value in ticks(lines[-1]).items()},
        },
    }


def told(arrays: dict[str, Any]) -> str:
    """What the latest moments say, in one sentence."""
    if not len(arrays["eigenvalues"]):
        return "nothing measured yet"
    now, limit = float(arrays["eigenvalues"][-1, 0]), float(arrays["limit"][-1])
    if not np.isfinite(now):
        return "the numbers are too large for a sharpness"
    amount = f"sharpness {now:.3g}"
    if limit == np.inf:
        return f"{amount}; the learning rate is 0: nothing moves"
    if np.isnan(limit):
        return f"{amount}; {arrays['optimizer']} sets its own step sizes: no fixed limit"
    epoch = np.asarray(arrays["epoch"])
    shares = (arrays["eigenvalues"][:, 0] / arrays["limit"])[epoch >= (1 - RECENT) * epoch[-1]]
    share = float(np.median(shares[np.isfinite(shares)]))
    if share > HOVERING[1]:
        return f"{amount}, {share:.2g} times the limit: steps overshoot"
    if share < HOVERING[0]:
        part = "less than 1%" if 0 < share < 0.005 else f"{max(share, 0.0):.0%}"
        return f"{amount}, {part} of the limit: stable"
    if not arrays["full_batch"]:
        return f"{amount}, at the limit: small batches overshoot here"
    return f"{amount}, at the edge of stability: it hovers at the limit"


def _hollow(arrays: dict[str, Any]) -> np.ndarray:
    """How sharply it bends down, (t,), with gaps where that is next to nothing: it would stretch the scale."""
    down, most = -np.asarray(arrays["smallest"]), np.asarray(arrays["eigenvalues"])[:, 0]
    return np.where(down > HOLLOW * np.abs(most), down, np.nan)


def _near(arrays: dict[str, Any]) -> np.ndarray:
    """The limit, (t,), with gaps where it is so high above everything that it would stretch the scale."""
    limit, sharpness = np.asarray(arrays["limit"], np.float64), np.asarray(arrays["eigenvalues"])[:, 0]
    most = np.max(sharpness, where=np.isfinite(sharpness), initial=0.0)
    return np.where(limit <= (FAR * most or np.inf), limit, np.nan)


def _annotations(arrays: dict[str, Any], count: int) -> list[dict[str, Any]]:
    notes = [
        {**heading(told(arrays), CURVATURE[1], TOP), "font": {"size": SENTENCE}, "yshift": ROW},
        heading("gradient norm", SLOPE[1], SLOPE_ABOUT),
        key_row(_keys(arrays, count)),
    ]
    limit = _near(arrays)[-1:]
    return [*notes, _at_limit(float(limit[0]), arrays["rule"])] if np.isfinite(limit).any() else notes


def _keys(arrays: dict[str, Any], count: int) -> list[Key]:
    """What the colours mean, of those lines that there are."""
    names = ["largest eigenvalue", "2nd", "3rd", "4th", "5th"][:count]
    keys = [(LINE, theme.LAYERS[index % len(theme.LAYERS)], name) for index, name in enumerate(names)]
    keys.append((LINE, theme.TRAIN, "trace"))
    if np.isfinite(_hollow(arrays)).any():
        keys.append((DASHES, theme.NEGATIVE, "negative curvature"))
    return keys


def _at_limit(limit: float, rule: str) -> dict[str, Any]:
    """What the dashed line is, at its right end and above it."""
    return {
        "text": plain(rule),
        "hovertext": "<br>".join(wrap(plain(EDGE), HOVER_LETTERS)),
        "font": {"size": SENTENCE},
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": float(np.log10(limit)),
        "yref": "y",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _line(name: str, colour: str, width: float, *, dash: str = "solid", axis: str = "y", sign: str = "") -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "yaxis": axis,
        "line": {"color": colour, "width": width, "dash": dash, "simplify": False},
        "hovertemplate": f"{name} {sign}%{{y:.3~g}}<extra></extra>",
        "connectgaps": False,
    }


def _layout(arrays: dict[str, Any], count: int) -> dict[str, Any]:
    scale = {**AXIS, "type": "log", "dtick": 1, "exponentformat": "power", "showexponent": "all"}
    return theme.plain_layout(
        "sharpness",
        "Largest eigenvalues and trace of the Hessian of the training loss over the epochs with the limit of "
        "stability, and the norm of the gradient, on logarithmic scales",
        xaxis={**AXIS, **EPOCHS, "anchor": "y2"},
        yaxis={**scale, "domain": CURVATURE},
        yaxis2={**scale, "domain": SLOPE},
        margin={"l": 52, "r": 12, "t": 24 + ROW, "b": 34},
        annotations=[heading("gradient norm", SLOPE[1], SLOPE_ABOUT)],
        hoverdistance=-1,  # a click anywhere is a click on the nearest line, and leads to that moment
    )
