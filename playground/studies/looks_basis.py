"""What the looks of a study's figures share: colours, axes, and the small print of Optuna's."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.figures import theme

Figure = dict[str, Any]

BEST, DONE, RUNNING = theme.NEGATIVE, theme.LINE_POSITIVE, theme.TEST
BY_NUMBER = [[0.0, theme.mix(theme.POSITIVE, 0.30)], [1.0, theme.POSITIVE]]
"""From the first trial to the last."""
GOOD_LOW = [[0.0, theme.POSITIVE], [0.5, theme.mix(theme.POSITIVE, 0.45)], [1.0, "#eef3f7"]]
"""From the least value, which is the best, to the greatest."""
GOOD_HIGH = [[1.0 - at, colour] for at, colour in reversed(GOOD_LOW)]
DECADES = 1.3
"""Values that spread over more powers of ten than this are drawn on a logarithmic axis."""
LEAST = -1.0
"""Where more is better, what is less than this (the R² of a first epoch, say) would leave no room for the rest."""
KEYS = {
    "orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom", "itemclick": False,
    "itemdoubleclick": False,
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """objective: what the values are; upwards: whether more of it is better; log: whether the figure was drawn of their
    logarithms to base 10."""

    objective: str
    upwards: bool = False
    log: bool = False

    @property
    def scale(self) -> list:
        """The colours of values, good ones blue."""
        return GOOD_HIGH if self.upwards else GOOD_LOW


def plain(drawn: Any) -> Figure:
    """A figure of the plotly package as a dict, with its arrays as lists or numpy's."""
    return _unpacked(drawn.to_plotly_json())


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if "bdata" not in value:
            return {name: _unpacked(inner) for name, inner in value.items()}
        array = np.frombuffer(b64decode(value["bdata"]), dtype=value["dtype"])
        shape = [int(size) for size in str(value.get("shape", array.size)).split(",")]
        return array.reshape(shape) if len(shape) > 1 else array.tolist()
    return [_unpacked(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def spreads(values: Sequence[float]) -> bool:
    """Whether values spread over powers of ten, so that a logarithmic scale shows more of them."""
    finite = [value for value in values if math.isfinite(value)]
    return bool(finite) and min(finite) > 0 and math.log10(max(finite) / min(finite)) > DECADES


def results(values: Sequence[float], look: Look) -> dict[str, Any]:
    """The axis of such results, with what it is of; one that begins at `LEAST` says so."""
    finite = [value for value in values if math.isfinite(value)]
    most = max(finite, default=LEAST)
    if not look.upwards or most <= LEAST or min(finite) >= LEAST:
        return titled(look.objective, **axis(values))
    edge = 0.05 * (most - LEAST)
    return titled(
        f"{look.objective}, from {LEAST:g}".replace("-", "−"), type="linear", range=[LEAST - edge, most + edge]
    )


def axis(values: Sequence[float]) -> dict[str, Any]:
    """An axis for such values: a logarithmic one for what spreads over powers of ten."""
    if not spreads(values):
        return {"type": "linear", "zeroline": False}
    finite = [value for value in values if math.isfinite(value)]
    return {"type": "log", **decades(math.log10(min(finite)), math.log10(max(finite)))}


def decades(low: float, high: float) -> dict[str, Any]:
    """The ticks of a logarithmic axis between two powers of ten: few, and in digits where they can be read."""
    if high - low < 2:
        return {"dtick": "D2" if high - low > 0.45 else "D1", "tickformat": "~g"}
    every = max(1, math.ceil((high - low) / 6))
    return {"dtick": every, "exponentformat": "power", **({"tickformat": "~g"} if low > -4.5 and high < 4.5 else {})}


def power(exponent: float) -> str:
    """Ten to the power of `exponent`, in two digits: "0.0032", "4.4e-8"."""
    return f"{10.0**exponent:.2g}".replace("e-0", "e-").replace("e+0", "e")


def axes_of(layout: Figure) -> Figure:
    """A layout's axes only: its template, title and size are the page's to choose."""
    return {name: dict(value) for name, value in layout.items() if name.startswith(("xaxis", "yaxis"))}


def without_quotes(axis: Figure) -> None:
    """Names of choices on an axis without the quotes that Optuna puts around texts."""
    for name in ("categoryarray", "ticktext"):
        if axis.get(name) is not None:
            axis[name] = unquoted(axis[name])


def unquoted(values: Sequence[Any]) -> list[Any]:
    """The values, texts without the quotes that Optuna puts around them."""
    return [
        value[1:-1]
        if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        else value
        for value in values
    ]


def titled(text: str, **more: Any) -> dict[str, Any]:
    """An axis with a title near to it."""
    return {"title": {"text": text, "standoff": 6}, "zeroline": False, **more}
