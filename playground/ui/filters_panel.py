"""Filters of every convolution as they form, and the patches of training images that excite one most."""

from __future__ import annotations

import streamlit as st

from playground.ui import looking
from playground.ui.images import convolutions
from playground.ui.workbench import Workbench
from playground.web.components import board_view

WHAT = {"weights": "Weights", "change": "Change since the start"}
CHOSEN, LAYER = "filters_what", "filters_layer"
ALL = -1


def show(bench: Workbench) -> None:
    """What is drawn and of which layer, and below it the filters with the patches."""
    with st.container(horizontal=True, vertical_alignment="center", key="filters_bar"):
        what = st.segmented_control(
            "What",
            list(WHAT),
            format_func=WHAT.get,
            default="weights",
            required=True,
            key=CHOSEN,
            label_visibility="collapsed",
            persist_state="session",
            help="The weights as they are, or how far training has moved them from where they started.",
        )
        layer = _layer(bench)
    board_view(
        "filters",
        bench.run,
        height="calc(var(--np-images) - 44px)",
        key="filters",
        options={"what": what or "weights", "layer": layer, "shown": 64 if layer is not None else 16},
        label="Filters",
        kind="filters",
    )


def _layer(bench: Workbench) -> int | None:
    """Which convolution: a place among them, None for all."""
    names = convolutions(bench.trained)
    looking.forget_unless(LAYER, (None, ALL, *range(len(names))))
    if len(names) < 2:
        return None
    chosen = st.selectbox(
        "Layer",
        [ALL, *range(len(names))],
        format_func=lambda place: "All convolutions" if place == ALL else names[place],
        key=LAYER,
        label_visibility="collapsed",
        persist_state="session",
        width=230,
        help="All at a glance, or one with every channel of its filters by itself.",
    )
    return None if chosen in (ALL, None) else chosen
