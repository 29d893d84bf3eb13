"""The page of hyperparameters below the transport: one of `VIEWS`."""

from __future__ import annotations

import streamlit as st

from playground.ui import grid_panel, looking, range_panel, runs_panel, search_panel
from playground.ui.workbench import Workbench

SHOWN = "explore_view"
SEARCH = "Search"
KEEPS = ("grid", "study")
"""What the page keeps in the address: a grid, so that a link draws it again; a study, to come back to."""


def show(bench: Workbench) -> None:
    """The view that is chosen, each drawn by a room of its own; who comes by the link of a study sees that first."""
    if SHOWN not in st.session_state and bench.carried.get("study"):
        looking.choose(SHOWN, SEARCH)
    with st.container(key="explore_bar"):
        chosen = looking.chosen(VIEWS, key=SHOWN)
    VIEWS[chosen](bench)


VIEWS = {
    "Grid": grid_panel.show,
    SEARCH: search_panel.show,
    "Learning rate": range_panel.show,
    "Compare": runs_panel.show,
}
"""What the page can show, by the name on its button."""
