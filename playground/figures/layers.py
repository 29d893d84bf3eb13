"""What the figures of the inside of a network share: a colour for every layer, by its depth, and the key to them."""

from __future__ import annotations

from typing import Any

from playground.experiment.entry import Model
from playground.figures import theme
from playground.figures.keys import LINE, cut, plain

MOST_SIGNS = 8
"""In the key: of a deep network only so many layers' colours are shown, evenly spaced."""
EPOCHS = {"title": {"text": "epochs", "standoff": 3}, "rangemode": "tozero", "showgrid": False, "nticks": 6}
AXIS = {"zeroline": False, "ticklen": 3}
MARGIN = {"l": 44, "r": 8, "t": 22, "b": 32}


class InsideOptions(Model):
    """How the inside of a network is drawn: nothing to choose."""


DEFAULT = InsideOptions()


def name_of(layer: str) -> str:
    """A layer in words: "hidden layer 2", "output layer"."""
    return "output layer" if layer == "out" else f"hidden layer {layer}"


def hover_name(layer: str, label: str) -> str:
    """A layer under the pointer, with what it consists of."""
    return plain(f"{name_of(layer)}: {cut(label, 40)}")


def ramp(names: tuple[str, ...], heights: float = 1.0) -> dict[str, Any]:
    """The key: from the first layer's name to the last one's in their colours, above the right end of a figure."""
    count = len(names)
    shown = sorted({round(k * (count - 1) / max(MOST_SIGNS - 1, 1)) for k in range(MOST_SIGNS)})
    signs = "".join(f'<span style="color:{theme.layer_colour(k, count)}">{LINE}</span>' for k in shown)
    ends = (names[0], names[-1]) if count > 1 else ("", names[0])
    return {
        "text": f"layer {plain(ends[0])} {signs} {plain(ends[1])}",
        "x": 1,
        "y": heights,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "bottom",
        "showarrow": False,
    }
