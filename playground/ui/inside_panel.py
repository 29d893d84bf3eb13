"""Inside training: gradients, activations, dead units and weights while the network learns."""

from __future__ import annotations

import streamlit as st

from playground.data import class_names, input_names
from playground.network.diagram import columns
from playground.ui import looking
from playground.ui.workbench import Workbench
from playground.web.components import findings, live_view

TOLD = "58px"
"""Room for two sentences; it is kept also when there is one, so that nothing below it moves."""
REST = f"var(--np-diagram) - {TOLD} - 24px"
TALL, SHORT = f"calc(({REST}) * 0.6)", f"calc(({REST}) * 0.4)"
BESIDE_PICKER = f"calc(({REST}) * 0.6 - 48px)"
LAYER = "inside_layer"


def show(bench: Workbench) -> None:
    """Sentences on top; below them what changes along the run, and the values of this moment."""
    findings(bench.run, height=TOLD, key="findings")
    left, right = st.columns(2, gap="small")
    with left:
        live_view("gradients", bench.run, height=TALL, key="gradients", label="Norms of gradients and updates")
        live_view("units", bench.run, height=SHORT, key="units", label="Dead and saturated units")
    with right:
        live_view("activations", bench.run, height=SHORT, key="activations", label="Activations of every layer")
        options = {"layer": _layer(bench)}
        live_view("weight_history", bench.run, height=BESIDE_PICKER, options=options, key="weights", label="Weights")


def _layer(bench: Workbench) -> int | None:
    """Whose weights are shown: a place among the layers with weights, None for all of them."""
    names = _layers(bench)
    looking.forget_unless(LAYER, (None, *range(len(names))))
    return st.selectbox(
        "Weights of",
        [None, *range(len(names))],
        format_func=lambda place: "All weights" if place is None else names[place],
        key=LAYER,
        label_visibility="collapsed",
        persist_state="session",
        help="Whose weights the map shows.",
    )


def _layers(bench: Workbench) -> list[str]:
    """The layers with weights of what the run trains, as the diagram calls them."""
    try:
        experiment = bench.trained
        if experiment is None:
            return []
        made = columns(experiment, input_names(experiment.data), class_names(experiment.data) or 0)
    except ValueError:  # its table is not here any more
        return []
    hidden, output = made.columns[1:-1], made.columns[-1]
    return [*(f"Layer {index}: {column.label}" for index, column in enumerate(hidden, 1)), output.label]
