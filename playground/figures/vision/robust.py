"""The share of images that are still recognised, by how much every pixel may change: a line for each attack."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model, parameter
from playground.figures import theme
from playground.figures.keys import DASHES, LINE, heading, key_row

ATTACKS = {"fgsm": ("FGSM, one step", theme.LINE_POSITIVE), "pgd": ("PGD, many steps", theme.FITTED)}
ABOUT = "A network whose line falls steeply can be fooled by changes that nobody sees. What a guess gets is dashed."


class RobustOptions(Model):
    """How the lines are drawn."""

    mark: float | None = parameter(None, label="Marked", help="The epsilon of the attack beside it.", ge=0.0, le=1.0)


DEFAULT = RobustOptions()


def base(arrays: dict[str, Any], dataset: Any, options: RobustOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `robustness`."""
    most, chance = float(arrays["epsilons"][-1]), 1 / len(dataset.classes)
    shapes = [_line(0, most, chance, chance, "dot")]
    if options.mark is not None and options.mark <= most:
        shapes.append(_line(options.mark, options.mark, 0, 1, "dash"))
    layout = theme.plain_layout(
        "robustness",
        "Accuracy by epsilon under two attacks",
        xaxis={"range": [0, most], "nticks": 6, "zeroline": False, "title": {"text": "epsilon", "standoff": 3}},
        yaxis={"range": [-0.02, 1.02], "tickformat": ".0%", "nticks": 5, "zeroline": False},
        shapes=shapes,
        annotations=_annotations(""),
        margin={"l": 44, "r": 14, "t": 24, "b": 36},
    )
    return {"data": [_trace(*attack) for attack in ATTACKS.values()], "layout": layout}


def frame(arrays: dict[str, Any], dataset: Any, options: RobustOptions = DEFAULT) -> dict[str, Any]:
    """What moves: both lines, and over how many images they are."""
    epsilons = arrays["epsilons"].astype(np.float32)
    told = f", of {arrays['measured']} images" if arrays["measured"] else ""
    return {
        "traces": {
            str(index): {"x": epsilons, "y": arrays[name].astype(np.float32)} for index, name in enumerate(ATTACKS)
        },
        "layout": {"annotations": _annotations(told)},
    }


def _annotations(told: str) -> list[dict[str, Any]]:
    keys = [(LINE, colour, label.split(",")[0]) for label, colour in ATTACKS.values()]
    return [
        heading(f"still right{told}", 1.0, ABOUT),
        key_row([*keys, (DASHES, theme.FAINT, "guess")], right=True),
    ]


def _trace(label: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label,
        "x": np.zeros(0, np.float32),
        "y": np.zeros(0, np.float32),
        "line": {"color": colour, "width": 2.4},
        "marker": {"size": 6},
        "hovertemplate": f"{label}<br>epsilon %{{x:.3f}}: %{{y:.1%}} right<extra></extra>",
    }


def _line(x0: float, x1: float, y0: float, y1: float, dash: str) -> dict[str, Any]:
    line = {"color": theme.FAINT, "width": 1.4, "dash": dash}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": line, "layer": "below"}
