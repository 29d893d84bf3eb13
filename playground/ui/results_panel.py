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
    classes = classes_of(bench)
    if classes is None:
        st.info("There are no results yet: nothing has been trained.")
    elif classes:
        _classification(bench, classes)
    else:
        live_view("residuals", bench.run, height=WHOLE, key="residuals", label="Residuals")


def marked(bench: Workbench) -> dict[str, Any] | None:
    """The cell of the confusion matrix whose points the boundary marks, as its option `mark`; None for none."""
    mark = cell_of(classes_of(bench) or ())
    return None if mark is None else {"part": part_shown(), **mark}


def _classification(bench: Workbench, classes: tuple[str, ...]) -> None:
    choose_part(PARTS)
    table = f"min({FRAME_PX + ROW_PX * len(classes)}px, {WHOLE} * 0.58)"
    confusion_matrix(
        bench.run,
        part=part_shown(),
        height=f"calc({table})",
        key="confusion",
        mark=cell_of(classes),
        on_mark=lambda event: pressed(classes, event),
    )
    live_view(
        "roc",
        bench.run,
        height=f"max(160px, {WHOLE} - {SWITCH_PX}px - {table})",
        # Two classes have one curve: both parts fit in. More classes have one each.
        options={"part": "both" if len(classes) == 2 else part_shown()},
        key="roc",
        label="ROC curve",
    )


def choose_part(names: dict[str, str]) -> str:
    """A switch between the parts of the data, called by these names; the part that is chosen."""
    st.segmented_control(
        "Points",
        list(names),
        format_func=names.get,
        default=next(iter(names)),
        required=True,
        key=PART,
        label_visibility="collapsed",
        persist_state="session",
        help="Judge it by the points it trains on, or by those kept back to test on.",
    )
    return part_shown()


def classes_of(bench: Workbench) -> tuple[str, ...] | None:
    """Of what the run trains: a draft has no results. None where nothing is trained."""
    try:
        return class_names(bench.trained.data) if bench.trained else None
    except ValueError:  # its table is not here any more
        return None


def part_shown() -> str:
    """The part of the data that results are shown of."""
    return st.session_state.get(PART) or next(iter(PARTS))


def cell_of(classes: tuple[str, ...]) -> dict[str, int] | None:
    """The pressed cell; one of other classes is forgotten."""
    of, cell = st.session_state.get(MARK, ((), None))
    return cell if of == classes else None


def pressed(classes: tuple[str, ...], event: dict[str, Any]) -> None:
    """A cell was pressed. What comes from a browser is checked."""
    cell = {name: event.get(name) for name in ("actual", "predicted")}
    known = all(type(k) is int and 0 <= k < len(classes) for k in cell.values())
    st.session_state[MARK] = (classes, cell if known and event.get("on") is True else None)
