"""The stage of the main page: the controls of the run, the network's diagram, the boundary and the curves."""

from __future__ import annotations

import random
from typing import Any

import streamlit as st

from playground.experiment.data import SEED_LIMIT, Plane
from playground.ui import data_panel, stack
from playground.ui.workbench import Workbench
from playground.web.components import live_view, network_view, transport

OPTIONS = {"Solid colours": "discrete", "Test points": "show_test", "Log loss": "log", "Learning rate": "show_lr"}


def controls(bench: Workbench) -> None:
    """Play, pause, step, reset, speed, timeline: they act on the run directly, without a script run.

    That the server has forgotten the run needs no more than this script run: the workbench starts it anew.
    """
    transport(bench.run, key="transport", on_new_weights=lambda: _new_weights(bench))


def _new_weights(bench: Workbench) -> None:
    bench.set(("seed",), random.randrange(SEED_LIMIT))


def diagram(bench: Workbench) -> None:
    """One tile per neuron and one line per weight; inputs and units can be changed in it."""

    def on_edit(event: dict[str, Any]) -> None:
        if event.get("op") == "feature" and isinstance(bench.experiment.data, Plane):
            data_panel.choose_inputs(bench, event["features"])
        else:
            stack.apply(bench, event)

    network_view(bench.run, height="var(--np-diagram)", key="diagram", on_edit=on_edit)


def outcome(bench: Workbench) -> None:
    """What comes out: the boundary (or surface, or curve) above the curves of loss and accuracy."""
    chosen = st.session_state.get("view_options", ["Test points"])
    on = {name: label in chosen for label, name in OPTIONS.items()}
    live_view(
        "boundary",
        bench.run,
        height="calc(var(--np-outcome) * 0.62)",
        options={name: on[name] for name in ("discrete", "show_test")},
        key="boundary",
    )
    st.pills(
        "View options",
        OPTIONS,
        selection_mode="multi",
        default=["Test points"],
        key="view_options",
        label_visibility="collapsed",
    )
    live_view(
        "curves",
        bench.run,
        height="calc(var(--np-outcome) * 0.38)",
        options={name: on[name] for name in ("log", "show_lr")},
        key="curves",
    )
