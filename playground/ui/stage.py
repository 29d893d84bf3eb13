"""The stage of the main page: the controls of the run, the network's diagram, the boundary and the curves."""

from __future__ import annotations

import random
from typing import Any

import streamlit as st

from playground.experiment.data import SEED_LIMIT, Plane
from playground.experiment.layers_image import sees_images
from playground.network.shapes import HEAD
from playground.ui import (
    code_panel,
    data_panel,
    follow_panel,
    inside_panel,
    looking,
    paint,
    plane_panel,
    results_panel,
    stack,
)
from playground.ui.images import of_images
from playground.ui.workbench import Workbench
from playground.web.components import live_view, network_view, transport

OPTIONS = {"discrete": "Solid colours", "show_test": "Test points", "log": "Log scales", "show_lr": "Learning rate"}
"""What the views can show more or less of, and what it is called."""
AT_FIRST = ("show_test",)
CHOSEN = "view_options"
SHOWN = "middle_view"
RESULTS = "Results"


def controls(bench: Workbench) -> None:
    """Play, pause, step, reset, speed, timeline: they act on the run directly, without a script run.

    That the server has forgotten the run needs no more than this script run: the workbench starts it anew.
    """
    transport(bench.run, key="transport", on_new_weights=lambda: _new_weights(bench))


def _new_weights(bench: Workbench) -> None:
    bench.set(("seed",), random.randrange(SEED_LIMIT))


def middle(bench: Workbench) -> None:
    """The large view in the middle: one of `MIDDLE`, each drawn by a function of its own."""
    MIDDLE[looking.chosen(MIDDLE, key=SHOWN)](bench)


def diagram(bench: Workbench) -> None:
    """One tile per neuron and one line per weight; inputs and units can be changed in it. Of a network that works on
    images, the feature maps of one of them."""
    trained = bench.trained or bench.experiment
    if of_images(trained) and sees_images(trained.network):
        follow_panel.show(bench, height="var(--np-diagram)")
        return
    network_view(
        bench.run,
        height="var(--np-diagram)",
        key="diagram",
        options=view_options(bench)["network"],
        on_edit=lambda event: edited(bench, event),
    )


def edited(bench: Workbench, event: dict[str, Any]) -> None:
    """An edit made in the diagram."""
    if event.get("op") == "feature":
        if isinstance(bench.experiment.data, Plane):
            data_panel.choose_inputs(bench, event.get("features") or ())
    elif event.get("op") == "frozen":
        _freeze(bench, event)
    else:
        stack.apply(bench, event)


def _freeze(bench: Workbench, event: dict[str, Any]) -> None:
    """Let a layer keep its weights while the others learn, or learn again."""
    path, on = event.get("path"), bool(event.get("on"))
    if path == HEAD:
        bench.set((HEAD, "frozen"), on)
    else:
        stack.apply(bench, {"op": "set", "path": path, "name": "frozen", "value": on})


def view_options(bench: Workbench) -> dict[str, dict[str, Any]]:
    """The options of the live views, by view, as the person has chosen them."""
    chosen = st.session_state.get(CHOSEN, AT_FIRST)
    on = {name: name in chosen for name in OPTIONS}
    plane = plane_panel.chosen(bench)
    mark = results_panel.marked(bench) if st.session_state.get(SHOWN) == RESULTS else None
    return {
        "boundary": {"discrete": on["discrete"], "show_test": on["show_test"], "plane": plane, "mark": mark},
        "curves": {"log": on["log"], "show_lr": on["show_lr"]},
        "network": {"plane": plane},
    }


def outcome(bench: Workbench) -> None:
    """What comes out: the boundary (or surface, or curve) above the curves of loss and accuracy."""
    options = view_options(bench)
    live_view(
        "boundary",
        bench.run,
        height="calc(var(--np-outcome) * 0.62)",
        options=options["boundary"],
        key="boundary",
        label="What the network answers",
        paint=paint.offer(bench),
        on_paint=lambda event: paint.stroke(bench, event),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="view_options_row"):
        plane_panel.show(bench)
        st.pills(
            "View options",
            list(OPTIONS),
            format_func=OPTIONS.get,
            selection_mode="multi",
            default=AT_FIRST,
            key=CHOSEN,
            label_visibility="collapsed",
            persist_state="session",  # a look at the catalogue does not undo it
        )
    live_view(
        "curves",
        bench.run,
        height="calc(var(--np-outcome) * 0.38)",
        options=options["curves"],
        key="curves",
        label="Loss and accuracy so far",
    )


MIDDLE = {
    "Network": diagram,
    "Inside": inside_panel.show,
    RESULTS: results_panel.show,
    "Code": code_panel.show,
}
"""What the middle of the page can show, by the name on its button."""
