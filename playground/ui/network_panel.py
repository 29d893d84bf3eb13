"""The Network tab: the layer stack, the settings of the chosen layer, and how the weights start."""

from __future__ import annotations

import streamlit as st

from playground.experiment import edits
from playground.experiment.activations import Activation
from playground.experiment.registry import REGISTRIES
from playground.figures.activation_plot import activation_svg
from playground.network.shapes import Summary
from playground.ui import stack
from playground.ui.forms import entry_choice, fields, key_of
from playground.ui.widgets.components import drawing
from playground.ui.workbench import Path, Workbench


def show(bench: Workbench) -> None:
    """Draw the tab."""
    summary = bench.summary
    stack.editor(bench, summary)
    st.caption(f"{summary.parameters:,} parameters in all")
    if bench.selected:
        with st.container(key="layer_settings", border=True):
            if bench.selected == ("head",):
                _head(bench, summary)
            else:
                _layer(bench)
    with st.expander("How weights start", icon=":material/grain:"):
        entry_choice(bench, "init", ("init", "weights"), label="Weights")
        entry_choice(bench, "init", ("init", "biases"), label="Biases", among=_bias_rules())


def _bias_rules() -> dict:
    return {kind: entry for kind, entry in REGISTRIES["init"].items() if entry.for_biases}


def _title(bench: Workbench, name: str, about: str) -> None:
    text, close = st.columns([8, 1])
    text.markdown(f"**{name}** {about}")
    close.button(
        "",
        icon=":material/close:",
        key="close_settings",
        help="Close these settings",
        type="tertiary",
        on_click=lambda: setattr(bench, "selected", None),
    )


def _layer(bench: Workbench) -> None:
    try:
        layer = edits.layer_at(bench.experiment.network, bench.selected)
    except IndexError:
        bench.selected = None
        return
    where: Path = ("network", bench.selected[0])
    for index in bench.selected[1:]:
        where = (*where, "layers", index)
    _title(bench, layer.label, layer.about)
    if layer.formula:
        st.latex(layer.formula)
    if isinstance(layer, Activation):
        drawing(activation_svg(layer), key="layer_plot")
    fields(bench, layer, where)
    if layer.kind == "linear":
        _own_start(bench, layer, where, "weights", "Weights start", REGISTRIES["init"])
        _own_start(bench, layer, where, "biases", "Biases start", _bias_rules())


def _own_start(bench: Workbench, owner: object, where: Path, name: str, label: str, among: dict) -> None:
    """A layer's own way to start, or the network's."""
    at, current = (*where, name), getattr(owner, name)
    key = key_of((*at, "kind"))

    def changed() -> None:
        kind = st.session_state[key]
        bench.set(at, among[kind](kind=kind) if kind else None)

    st.session_state[key] = current.kind if current else ""
    st.selectbox(
        label,
        ["", *among],
        format_func=lambda kind: among[kind].label if kind else "As the whole network",
        key=key,
        on_change=changed,
        help=current.about if current else "The rule under 'How weights start'.",
    )
    if current:
        fields(bench, current, at)


def _head(bench: Workbench, summary: Summary) -> None:
    where = ("head", "activation")
    key = key_of(where)
    head = summary.head

    def changed() -> None:
        bench.set(where, st.session_state[key])

    _title(bench, "Head", head.why)
    st.session_state[key] = bench.experiment.head.activation
    st.selectbox(
        "Output activation",
        [None, *head.choices],
        format_func=lambda name: name.capitalize() if name else f"Automatic ({''.join(head.choices[:1])})",
        key=key,
        on_change=changed,
        help="What follows the last linear layer. Automatic takes what the loss needs.",
    )
    if where in bench.errors:
        st.error(bench.errors[where])
    _own_start(bench, bench.experiment.head, ("head",), "weights", "Weights start", REGISTRIES["init"])
    _own_start(bench, bench.experiment.head, ("head",), "biases", "Biases start", _bias_rules())
