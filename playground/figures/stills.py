"""A live figure at rest: base and frame put together, as notebooks, tests and `st.plotly_chart` take it."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures.quantised import Quantised


def still(base: dict[str, Any], frame: dict[str, Any] | None = None) -> dict[str, Any]:
    """The whole Plotly figure of a base and one of its frames; neither is changed. Maps are at full precision.

    Raises IndexError where the frame names a trace that the base does not have.
    """
    figure = {"data": [_plain(trace) for trace in base["data"]], "layout": _plain(base["layout"])}
    moved = frame or {}
    for index, patch in moved.get("traces", {}).items():
        for path, value in patch.items():
            _set(figure["data"][int(index)], path, _plain(value))
    for path, value in moved.get("layout", {}).items():
        _set(figure["layout"], path, _plain(value))
    return figure


def _set(target: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for key in outer:
        target = target.setdefault(key, {})
    target[last] = value


def _plain(value: Any) -> Any:
    """A copy without the marks of the wire."""
    if isinstance(value, Quantised):
        return np.asarray(value.array)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
