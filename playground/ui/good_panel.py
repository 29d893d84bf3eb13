"""How good it is: which images it gets wrong, how often by class, and how classes come apart in its last layer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.ui import looking, results_panel
from playground.ui.workbench import Workbench
from playground.web.components import board_view, confusion_matrix, live_view

WHOLE = "var(--np-images)"
SWITCH_PX, ROW_PX, FRAME_PX = 44, 22, 92
SHOWN, DIMENSIONS = "good_view", "embedding_dimensions"
CLASSES = "Classes"


def show(bench: Workbench) -> None:
    """One of `VIEWS`, of one part of the data."""
    with st.container(horizontal=True, vertical_alignment="center", key="good_bar"):
        tip = "Single images, or how well classes are told apart."
        chosen = looking.chosen(VIEWS, key=SHOWN, label="Results", tip=tip)
        part = results_panel.choose_part({"test": "Test images", "train": "Training images"})
        if chosen == CLASSES:
            _dimensions()
    VIEWS[chosen](bench, part)


def _mistakes(bench: Workbench, part: str) -> None:
    """The confusion matrix, and below it the images of the pressed cell, or all mistakes."""
    classes = results_panel.classes_of(bench) or ()
    mark = results_panel.cell_of(classes)
    table = f"min({FRAME_PX + ROW_PX * len(classes)}px, ({WHOLE} - {SWITCH_PX}px) * 0.7)"
    confusion_matrix(
        bench.run,
        part=part,
        height=f"calc({table})",
        key="image_confusion",
        mark=mark,
        on_mark=lambda event: results_panel.pressed(classes, event),
        images=True,
    )
    options: dict[str, Any] = {"part": part, "shown": 48}
    if mark is not None:
        options["mark"] = {"part": part, **mark}
    board_view(
        "mistakes",
        bench.run,
        height=f"calc({WHOLE} - {SWITCH_PX}px - 8px - {table})",
        key="mistakes",
        options=options,
        label="Mistakes",
    )


def _classes(bench: Workbench, part: str) -> None:
    """The last layer's points, and accuracy by class."""
    live_view(
        "embedding",
        bench.run,
        height=f"calc(({WHOLE} - {SWITCH_PX}px) * 0.7)",
        key="embedding",
        options={"dimensions": st.session_state.get(DIMENSIONS) or 2, "part": part},
        label="What the last layer sees of every image",
    )
    live_view(
        "class_accuracy",
        bench.run,
        height=f"calc(({WHOLE} - {SWITCH_PX}px) * 0.3 - 8px)",
        key="class_accuracy",
        options={"part": part},
        label="Accuracy by class",
    )


def _dimensions() -> None:
    st.segmented_control(
        "Dimensions",
        [2, 3],
        format_func="{}-D".format,
        default=2,
        required=True,
        key=DIMENSIONS,
        label_visibility="collapsed",
        persist_state="session",
        help="How many principal components of the last layer's values are drawn.",
    )


VIEWS = {"Mistakes": _mistakes, CLASSES: _classes}
"""What there is to see of the results, by the name on its button."""
