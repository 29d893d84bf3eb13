"""The Network tab: the layer stack, the settings of the chosen layer, and how the weights start."""

from __future__ import annotations

import streamlit as st

from playground.experiment import edits
from playground.experiment.activations import Activation
from playground.experiment.entry import FROZEN, Entry
from playground.experiment.registry import REGISTRIES
from playground.network.shapes import Summary
from playground.ui import stack, stack_cards
from playground.ui.forms import entry_choice, field, fields, key_of, optional_entry_choice, show_error, show_value
from playground.ui.widgets.components import drawing
from playground.ui.workbench import Workbench

HEAD = ("head",)
AS_NETWORK = "As the whole network"


def show(bench: Workbench) -> None:
    """Draw the tab."""
    summary = bench.summary
    if summary is None:
        st.info("The network follows from the data, and the data cannot be read: see the Data tab.")
        return
    stack.editor(bench, summary)
    st.caption(_in_all(summary))
    if bench.selected == HEAD:
        with _sheet():
            _head(bench, summary)
    elif bench.selected and stack.exists(bench.experiment.network, bench.selected):
        with _sheet():
            _layer(bench)
    else:
        bench.selected = None
    with st.expander("How weights start", icon=":material/grain:"):
        entry_choice(bench, "init", ("init", "weights"), label="Weights")
        entry_choice(bench, "init", ("init", "biases"), label="Biases", among=bias_rules())


def _in_all(summary: Summary) -> str:
    told = f"{stack_cards.count(summary.parameters, 'parameter')} in all"
    if not summary.sees_images:
        return told
    products = sum(card.products for card in summary.cards if len(card.path) == 1)
    products += summary.head.inputs * summary.head.outputs
    return f"{told}, and {products / 1e6:,.2g} million multiplications for each image"


def bias_rules() -> dict:
    """The ways to start that make sense for biases."""
    return {kind: entry for kind, entry in REGISTRIES["init"].items() if entry.for_biases}


def _sheet() -> st.delta_generator.DeltaGenerator:
    return st.container(key="layer_settings", border=True)


def _title(bench: Workbench, name: str, about: str) -> None:
    with st.container(key="layer_title"):
        st.markdown(f"**{name}** {about}")
    st.button(
        "Close these settings",
        icon=":material/close:",
        key="close_settings",
        type="tertiary",
        on_click=lambda: setattr(bench, "selected", None),
    )


def _layer(bench: Workbench) -> None:
    layer = edits.layer_at(bench.experiment.network, bench.selected)
    where = stack_cards.place(bench.selected)
    _title(bench, layer.label, layer.about)
    _appearance(layer)
    fields(bench, layer, where)
    show_error(bench, where)
    if "weights" in type(layer).model_fields:
        _starts(bench, where)


def _appearance(layer: Entry) -> None:
    """Its formula, and beside it the plot of an activation."""
    if not isinstance(layer, Activation):
        if layer.formula:
            st.latex(layer.formula)
        return
    left, right = st.columns(2, vertical_alignment="center")
    left.latex(layer.formula)
    with right:
        drawing(stack_cards.picture(layer, 132, 76), key="layer_plot")


def _starts(bench: Workbench, where: tuple) -> None:
    """A layer's own way to start, or the network's."""
    weights = REGISTRIES["init"]
    optional_entry_choice(bench, (*where, "weights"), label="Weights start", among=weights, otherwise=AS_NETWORK)
    optional_entry_choice(bench, (*where, "biases"), label="Biases start", among=bias_rules(), otherwise=AS_NETWORK)


def _head(bench: Workbench, summary: Summary) -> None:
    where = (*HEAD, "activation")
    key = key_of(where)
    head = summary.head

    def changed() -> None:
        bench.set(where, st.session_state[key] or None)

    _title(bench, "Head", head.why)
    show_value(key, bench.experiment.head.activation or "")
    st.selectbox(
        "Output activation",
        ["", *head.choices],
        format_func=lambda name: name.capitalize() if name else f"Automatic ({''.join(head.choices[:1])})",
        key=key,
        on_change=changed,
        help="What follows the last linear layer. Automatic takes what the loss needs.",
    )
    show_error(bench, where)
    field(bench, bench.experiment.head, HEAD, FROZEN)
    _starts(bench, HEAD)
