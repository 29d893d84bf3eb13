"""The page of loss landscapes: the terrain that a run rolls through, how sharp it is, races, and comparisons."""

from __future__ import annotations

import streamlit as st

from playground.ui import compare_panel, landscape_options, landscape_takeaway, race_panel
from playground.ui.workbench import Workbench
from playground.web.components import live_view

SHOWN = "landscape_view"
ABOUT_SHARPNESS = (
    "How much the loss bends where the run is: the top eigenvalues of the Hessian of the training loss. Plain gradient "
    "descent only stays stable while the top one is below 2 / learning rate; trained in full batches it often climbs "
    "up to that line and stays there (Cohen et al. 2021)."
)


def show(bench: Workbench) -> None:
    """One of `VIEWS`, each drawn by a function of its own."""
    with st.container(horizontal=True, vertical_alignment="center", key="landscape_bar"):
        chosen = st.segmented_control(
            "Look at",
            list(VIEWS),
            default=next(iter(VIEWS)),
            required=True,
            key=SHOWN,
            label_visibility="collapsed",
            persist_state="session",
        )
        landscape_takeaway.show(bench)
    VIEWS[chosen or next(iter(VIEWS))](bench)


def _surface(bench: Workbench) -> None:
    """The surface in three dimensions and from above, side by side."""
    controls, solid, above = st.columns([9, 17, 14], gap="small")
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


def _line(bench: Workbench) -> None:
    controls, across, upwards = st.columns([9, 17, 14], gap="small")
    with controls, st.container(key="landscape_controls"):
        landscape_options.show(bench)
    options = {**landscape_options.plane_options(bench), "log": landscape_options.drawing_options()["log"]}
    for column, axis in ((across, "x"), (upwards, "y")):
        with column:
            live_view(
                "slice",
                bench.run,
                height="var(--np-landscape)",
                options={**options, "axis": axis},
                key=f"slice_{axis}",
                label=f"Loss along the {'first' if axis == 'x' else 'second'} direction",
            )


def _sharpness(bench: Workbench) -> None:
    live_view("sharpness", bench.run, height="calc(var(--np-landscape) - 60px)", key="sharpness", label="Sharpness")
    st.caption(ABOUT_SHARPNESS)


VIEWS = {
    "Surface": _surface,
    "Slices": _line,
    "Sharpness": _sharpness,
    "Race": race_panel.show,
    "Compare": compare_panel.show,
}
"""What the page can show, by the name on its button."""
