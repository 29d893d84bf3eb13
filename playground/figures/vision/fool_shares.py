"""How likely each class is before and after an attack: bars side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.keys import LINE, cut, heading, key_row, plain
from playground.figures.vision.boards import DEFAULT, BoardOptions

MOST_CLASSES = 10
"""Bars of a picture: the classes that are likeliest before or after, where there are more."""
WHEN = {"before": theme.TRAIN, "after": theme.FITTED}


def base(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """Data and layout. arrays: of the lens `attack`."""
    traces = [
        {
            "type": "bar",
            "orientation": "v",
            "name": when,
            "x": [],
            "y": np.zeros(0, np.float32),
            "marker": {"color": colour},
            "hovertemplate": f"%{{x}} {when} the attack: %{{y:.1%}}<extra></extra>",
        }
        for when, colour in WHEN.items()
    ]
    layout = theme.plain_layout(
        "fool_shares",
        "How likely each class is to the network before and after the attack",
        xaxis={"type": "category", "tickangle": 0 if len(dataset.classes) <= MOST_CLASSES else -40},
        yaxis={"range": [0, 1.02], "tickformat": ".0%", "nticks": 5, "zeroline": False},
        barmode="group",
        bargap=0.25,
        bargroupgap=0.05,
        annotations=[
            heading("what it says", 1.0),
            key_row([(LINE, colour, when) for when, colour in WHEN.items()], right=True),
        ],
        margin={"l": 44, "r": 8, "t": 24, "b": 28},
    )
    return {"data": traces, "layout": layout}


def frame(arrays: dict[str, Any], dataset: Any, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the bars."""
    likeliest = np.argsort(-np.maximum(arrays["before"], arrays["after"]), kind="stable")[:MOST_CLASSES]
    shown = np.sort(likeliest)
    names = [plain(cut(dataset.classes[k], 14)) for k in shown]
    return {
        "traces": {
            str(index): {"x": names, "y": arrays[when][shown].astype(np.float32)} for index, when in enumerate(WHEN)
        }
    }
