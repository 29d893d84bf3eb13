"""Loss and accuracy (or R²) over the epochs, two panels on one axis of epochs.

Trace 0 and 1 are the training and test loss, 2 and 3 the metric, 4 the learning rate. Training is a thin grey line,
test a strong violet one: neither is a class's colour, and they differ in width as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model, parameter
from playground.figures import theme
from playground.figures.keys import DASHES, LINE, Key, heading, key_row

LOG = {"type": "log", "dtick": 1, "exponentformat": "B", "minexponent": 4}  # 0.1, 1, 10, 100, 1k
FEW_DECADES = 0.55, 1.4
LOSS_PANEL, METRIC_PANEL = [0.46, 1.0], [0.0, 0.34]


class CurvesOptions(Model):
    """How the curves are drawn."""

    log: bool = parameter(
        False,
        label="Log scales",
        help="Loss and epochs on logarithmic scales: small losses stay visible, and the first epochs of a long run.",
    )
    show_lr: bool = parameter(False, label="Learning rate", help="Draws the learning rate behind the losses.")
    at: float | None = parameter(None, label="Moment", help="Epoch at which a line is drawn; empty for none.", ge=0.0)


DEFAULT = CurvesOptions()


def base(arrays: dict[str, Any], dataset: Any = None, options: CurvesOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `curves`, here only for the metric's name."""
    metric = str(arrays.get("metric", "")) or None
    traces = [
        _line("train", "loss", "y", theme.TRAIN, 1.6),
        _line("test", "loss", "y", theme.TEST, 2.4),
        _line("train", metric or "metric", "y2", theme.TRAIN, 1.6, visible=metric is not None),
        _line("test", metric or "metric", "y2", theme.TEST, 2.4, visible=metric is not None),
        _line("learning rate", "", "y3", theme.FAINT, 1.2, dash="dot", visible=options.show_lr),
    ]
    return {"data": traces, "layout": _layout(metric, options)}


def frame(arrays: dict[str, Any], dataset: Any = None, options: CurvesOptions = DEFAULT) -> dict[str, Any]:
    """What moves: every line; with an `at`, also the line that marks it."""
    names = ("train_loss", "test_loss", "train_metric", "test_metric", "lr")
    traces = {}
    for index, name in enumerate(names):
        x, y = arrays[f"{name}_x"], arrays[name]
        if name.endswith("loss") and options.log:
            y = np.where(y > 0, y, np.nan)  # no logarithm of nothing
        traces[str(index)] = {"x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32)}
    if not options.show_lr:
        del traces["4"]
    moved: dict[str, Any] = {"traces": traces}
    layout: dict[str, Any] = {} if options.at is None else {"shapes": [_moment(options.at)]}
    if str(arrays.get("metric", "")) not in ("", "accuracy"):
        layout["yaxis2.autorangeoptions.clipmin"] = lowest_shown(traces["2"]["y"], traces["3"]["y"])
    if options.log:
        layout["yaxis.dtick"] = _spacing(traces["0"]["y"], traces["1"]["y"])
    return {**moved, "layout": layout} if layout else moved


def lowest_shown(*lines: np.ndarray) -> float:
    """Where a panel of R² ends below: at -1, since a first one of -20 would flatten all that follows, unless the best
    are hardly better than that: then so far below that they are seen."""
    known = np.concatenate(lines)
    known = known[np.isfinite(known)]
    return min(-1.0, 2 * float(known.max())) if len(known) else -1.0


def _spacing(*losses: np.ndarray) -> str | None:
    """1, 2 and 5 times a power of ten where Plotly would write at all nine multiples, one over the other."""
    known = np.concatenate(losses)
    known = known[np.isfinite(known)]
    decades = float(np.log10(known.max()) - np.log10(known.min())) if len(known) else 0.0
    return "D2" if FEW_DECADES[0] < decades < FEW_DECADES[1] else None


def _line(part: str, what: str, axis: str, colour: str, width: float, **more: Any) -> dict[str, Any]:
    dash = more.pop("dash", "solid")
    name = part if not what else f"{part} {what}"
    return {
        "type": "scatter",
        "mode": "lines",
        "name": part,
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "yaxis": axis,
        "line": {"color": colour, "width": width, "dash": dash, "simplify": False},
        "hovertemplate": "%{y:.4~g}<extra>" + name + "</extra>",
        "connectgaps": False,
        **more,
    }


def _layout(metric: str | None, options: CurvesOptions) -> dict[str, Any]:
    axis = {"zeroline": False, "nticks": 4, "ticklen": 3}
    upper = LOSS_PANEL if metric else [0.0, 1.0]
    loss = {**axis, "domain": upper, "type": "log" if options.log else "linear"}
    if options.log:
        loss["tickformat"] = "~g"  # whole numbers at every tick, not Plotly's lone digits between the powers
    else:
        loss["rangemode"] = "tozero"
    layout = theme.plain_layout(
        f"curves {options.log}",
        f"Training and test loss{f' and {metric}' if metric else ''} over the epochs",
        xaxis={
            **axis,
            "nticks": 7,
            **(LOG if options.log else {"rangemode": "tozero"}),
            "anchor": "y2" if metric else "y",
            "showgrid": False,
            "title": {"text": "epochs", "standoff": 3},
        },
        yaxis=loss,
        margin={"l": 56 if options.log else 44, "r": 44 if options.show_lr else 12, "t": 24, "b": 34},
        annotations=[heading("loss", upper[1]), key_row(_keys(options), right=True)],
        hovermode="x unified",
        hoversubplots="axis",
    )
    if metric:
        # At best 1, and everything below it that occurs; a first R² of -20 would flatten all that follows.
        layout["yaxis2"] = {**axis, "domain": METRIC_PANEL, "nticks": 3, "range": [None, 1.03], "autorange": "min"}
        layout["yaxis2"] |= (
            {"tickformat": "~%", "autorangeoptions": {"clipmin": 0, "clipmax": 1}}
            if metric == "accuracy"
            else {"autorangeoptions": {"clipmin": -1}}
        )
        layout["annotations"].append(heading(metric, METRIC_PANEL[1]))
    right = {
        "overlaying": "y",
        "side": "right",
        "showgrid": False,
        "rangemode": "tozero",
        "tickmode": "auto",
        "nticks": 3,
    }
    small = {"tickfont": {"color": theme.FAINT, "size": 10}, "tickformat": ".2~g", "visible": options.show_lr}
    layout["yaxis3"] = {**axis, **right, **small}
    return layout


def _keys(options: CurvesOptions) -> list[Key]:
    keys = [(LINE, theme.TRAIN, "train"), (LINE, theme.TEST, "test")]
    return [(DASHES, theme.FAINT, "learning rate"), *keys] if options.show_lr else keys


def _moment(epoch: float) -> dict[str, Any]:
    line = {"color": theme.FAINT, "width": 1.5, "dash": "dash"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "line": line}
