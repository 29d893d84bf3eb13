"""The page of hyperparameters below the transport: one of `VIEWS`."""

from __future__ import annotations

import streamlit as st

from playground.ui import grid_panel, looking, range_panel, runs_panel, search_panel
from playground.ui.workbench import Workbench

SHOWN = "explore_view"
VIEW = "view"
SEARCH = "Search"
KEEPS = ("grid", "study", runs_panel.KEPT, VIEW)
"""What the page keeps in the address: a grid, so that a link draws it again; a study, and the runs that are compared,
to come back to; and which view is looked at."""


def show(bench: Workbench) -> None:
    """The view that is chosen, each drawn by a room of its own; who comes by the link of a study sees that first."""
    words = {name.lower().replace(" ", "-"): name for name in VIEWS}
    wanted = words.get(bench.carried.get(VIEW, ""), SEARCH if bench.carried.get("study") else "")
    if SHOWN not in st.session_state and wanted:
        looking.choose(SHOWN, wanted)
    with st.container(key="explore_bar"):
        chosen = looking.chosen(VIEWS, key=SHOWN)
    # A newcomer's address stays short; only beside a study the first view has to be told.
    is_first = chosen == next(iter(VIEWS)) and not bench.carried.get("study")
    bench.carry(VIEW, None if is_first else next(word for word, name in words.items() if name == chosen))
    VIEWS[chosen](bench)


VIEWS = {
    "Grid": grid_panel.show,
    SEARCH: search_panel.show,
    "Learning rate": range_panel.show,
    "Compare": runs_panel.show,
}
"""What the page can show, by the name on its button."""
