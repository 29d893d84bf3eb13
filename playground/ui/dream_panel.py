"""Dream: what each class, filter or unit wants to see, growing out of noise while the network learns."""

from __future__ import annotations

import streamlit as st

from playground.lenses.registry import LENSES
from playground.ui import looking
from playground.ui.image_layers import LayerPath, Offered, layers_of
from playground.ui.images import CONVOLUTIONS
from playground.ui.results_panel import classes_of
from playground.ui.workbench import Workbench
from playground.web.components import board_view

LAYER, SMOOTH, SEED, FIRST = "dream_layer", "dream_smooth", "dream_seed", "dream_first"
SHOWN = 12
SMOOTHNESS = {
    "rough": {"jitter": 0, "blur": 0.0, "decay": 0.0, "colours": False},
    "some": {"jitter": 1, "blur": 0.5, "decay": 0.02},
    "smooth": {"jitter": 2, "blur": 1.0, "decay": 0.04},
}
"""How much a dream is kept from becoming noise: options of the lens."""
WORDS = {"rough": "As it comes", "some": "Smoothed", "smooth": "Very smooth"}
HELP = {name: info.description for name, info in LENSES["dream"].parameters().items()}


def show(bench: Workbench) -> None:
    """Of which layer, and how smooth; below it the pictures."""
    with st.container(horizontal=True, vertical_alignment="center", key="dream_bar"):
        layers = layers_of(bench.trained, (*CONVOLUTIONS, "linear"))
        path = _layer(layers)
        first = _first(layers[path].count if path else len(classes_of(bench) or ()))
        options = {"path": path, "shown": SHOWN, "first": first, **SMOOTHNESS[_smooth()], "seed": _seed()}
    board_view(
        "dream",
        bench.run,
        height="calc(var(--np-images) - 44px)",
        key="dream",
        options=options,
        label="What units want to see",
    )


def _layer(layers: dict[LayerPath, Offered]) -> LayerPath:
    """Whose units are excited; () for the classes."""
    looking.forget_unless(LAYER, (None, (), *layers))
    return st.selectbox(
        "Layer",
        [(), *layers],
        format_func=lambda path: layers[path].name if path else "The classes",
        key=LAYER,
        label_visibility="collapsed",
        persist_state="session",
        width=210,
        help=HELP["path"],
    )


def _first(count: int) -> int:
    """The unit to begin with, where not all are shown."""
    if count <= SHOWN:
        return 0
    starts = list(range(0, count, SHOWN))
    looking.forget_unless(FIRST, (None, *starts))
    return st.selectbox(
        "Units",
        starts,
        format_func=lambda start: f"{start + 1} to {min(start + SHOWN, count)}",
        key=FIRST,
        label_visibility="collapsed",
        persist_state="session",
        width=120,
        help="Which of the layer's filters or units, or of the classes, are shown.",
    )


def _smooth() -> str:
    return st.selectbox(
        "Smoothness",
        list(SMOOTHNESS),
        index=1,
        format_func=WORDS.get,
        key=SMOOTH,
        label_visibility="collapsed",
        persist_state="session",
        width=140,
        help="How much jitter, blur, decay and the training images' colours keep a picture from becoming noise that "
        "excites just as much.",
    )


def _seed() -> int:
    """Of the noise; another one with each press of the button."""
    st.session_state.setdefault(SEED, 0)
    st.button("New noise", on_click=_again, help="Begins again, with other noise.")
    return st.session_state[SEED]


def _again() -> None:
    st.session_state[SEED] = (st.session_state.get(SEED, 0) + 1) % 2**31
