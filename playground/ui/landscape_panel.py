"""The page of loss landscapes: the terrain that a run rolls through, how sharp it is, races, and comparisons."""

from __future__ import annotations

import streamlit as st

from playground.ui import compare_panel, landscape_options, landscape_takeaway, looking, race_panel, sharpness_panel
from playground.ui.workbench import Workbench
from playground.web.components import live_view

SHOWN = "landscape_view"
HINT = "Press a point of either picture, and the run goes on from there. Drag the surface to turn it."


def show(bench: Workbench) -> None:
    """One of `VIEWS`, each drawn by a function of its own."""
    with st.container(horizontal=True, vertical_alignment="center", key="landscape_bar"):
        chosen = looking.chosen(VIEWS, key=SHOWN)
        landscape_takeaway.show(bench, chosen)
        if VIEWS[chosen] is _surface:
            st.caption(HINT)
    VIEWS[chosen](bench)


def _surface(bench: Workbench) -> None:
    """The surface in three dimensions and from above, side by side."""
    controls, solid, above = st.columns([10, 17, 14], gap="small")
    with controls, st.container(key="landscape_controls"):
        landscape_options.show(bench)
    options = landscape_options.view_options(bench)
    for column, view, label in ((solid, "landscape", "Loss landscape"), (above, "contour", "From above")):
        with column:
            live_view(
                view,
                bench.run,
                height="var(--np-landscape)",
                options=options,
                key=view,
                label=label,
                teleport=True,
            )


def _slices(bench: Workbench) -> None:
    """The loss along one line."""
    controls, line = st.columns([10, 31], gap="small")
    with controls, st.container(key="landscape_controls"):
        landscape_options.show(bench, slices=True)
    with line:
        live_view(
            "slice",
            bench.run,
            height="var(--np-landscape)",
            options=landscape_options.slice_options(bench),
            key="slice",
            label="Loss along a line",
        )


VIEWS = {
    "Surface": _surface,
    "Slices": _slices,
    "Sharpness": sharpness_panel.show,
    "Race": race_panel.show,
    "Compare": compare_panel.show,
}
"""What the page can show, by the name on its button."""
