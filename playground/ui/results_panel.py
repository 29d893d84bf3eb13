"""Results: which points the network gets wrong, and how."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.data import class_names
from playground.ui.workbench import Workbench
from playground.web.components import confusion_matrix, live_view

PARTS = {"test": "Test points", "train": "Training points"}
PART = "results_part"
MARK = "marked_cell"

WHOLE = "var(--np-diagram)"
ROW_PX, FRAME_PX, SWITCH_PX = 39, 96, 52
"""Heights of a class in the matrix, of what is around the classes, and of the switch above."""


def show(bench: Workbench) -> None:
    """Draw the view."""
    classes = _classes(bench)
    if classes is None:
        st.info("There are no results yet: nothing has been trained.")
    elif classes:
        _classification(bench, classes)
    else:
        live_view("residuals", bench.run, height=WHOLE, key="residuals", label="Residuals")


def marked(bench: Workbench) -> dict[str, Any] | None:
    """The cell of the confusion matrix whose points the boundary marks, as its option `mark`; None for none."""
    mark = _mark(_classes(bench) or ())
    return None if mark is None else {"part": _part(), **mark}


def _classification(bench: Workbench, classes: tuple[str, ...]) -> None:
    st.segmented_control(
        "Points",
        list(PARTS),
        format_func=PARTS.get,
        default=next(iter(PARTS)),
        required=True,
        key=PART,
        label_visibility="collapsed",
        persist_state="session",
        help="Judge it by the points it trains on, or by those kept back to test on.",
    )
    table = f"min({FRAME_PX + ROW_PX * len(classes)}px, {WHOLE} * 0.58)"
    confusion_matrix(
        bench.run,
        part=_part(),
        height=f"calc({table})",
        key="confusion",
        mark=_mark(classes),
        on_mark=lambda event: _pressed(classes, event),
    )
    live_view(
        "roc",
        bench.run,
        height=f"max(160px, {WHOLE} - {SWITCH_PX}px - {table})",
        # Two classes have one curve: both parts fit in. More classes have one each.
        options={"part": "both" if len(classes) == 2 else _part()},
        key="roc",
        label="ROC curve",
    )


def _classes(bench: Workbench) -> tuple[str, ...] | None:
    """Of what the run trains: a draft has no results. None where nothing is trained."""
    try:
        return class_names(bench.trained.data) if bench.trained else None
    except ValueError:  # its table is not here any more
        return None


def _part() -> str:
    return st.session_state.get(PART) or next(iter(PARTS))


def _mark(classes: tuple[str, ...]) -> dict[str, int] | None:
    """The pressed cell; one of other classes is forgotten."""
    of, cell = st.session_state.get(MARK, ((), None))
    return cell if of == classes else None


def _pressed(classes: tuple[str, ...], event: dict[str, Any]) -> None:
    """A cell was pressed. What comes from a browser is checked."""
    cell = {name: event.get(name) for name in ("actual", "predicted")}
    known = all(type(k) is int and 0 <= k < len(classes) for k in cell.values())
    st.session_state[MARK] = (classes, cell if known and event.get("on") is True else None)
