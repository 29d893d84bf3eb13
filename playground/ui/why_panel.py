"""Why: which pixels of the picked image speak for a class, and which against it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.lenses.registry import LENSES
from playground.ui import looking
from playground.ui.forms import bounds
from playground.ui.image_layers import LayerPath, Offered, layers_of
from playground.ui.results_panel import classes_of
from playground.ui.workbench import Workbench
from playground.web.components import board_view

TARGET, OVER, REFERENCE, LAYER = "why_target", "why_over", "why_reference", "why_layer"
NUMBERS = ("samples", "noise", "steps", "window")
"""What the methods are set to, as the lens names it."""
ASKED = {"predicted": "Why this answer?", "actual": "Where is the right one?", "second": "Why not the second choice?"}
REFERENCES = {"black": "Black", "white": "White", "mean": "The mean shade"}
MOST_PICTURES = 12
"""Classes that all have a picture, in their order; of more only some have one, and which is the network's to say."""
EVIDENCE_ROW = 2
"""The row of the board in which every class has a picture."""
FIELDS = LENSES["explanation"].parameters()
HELP = {name: info.description for name, info in FIELDS.items()}


def show(bench: Workbench) -> None:
    """What is asked, and the attributions."""
    classes, layers = classes_of(bench) or (), layers_of(bench.trained)
    with st.container(horizontal=True, vertical_alignment="center", key="why_bar"):
        target, over = _target(classes), _over()
        with st.popover("Methods", help="What each of the five methods is set to."):
            options = {"reference": _reference(), "path": _layer(layers), **{name: _number(name) for name in NUMBERS}}
    board_view(
        "why",
        bench.run,
        height="calc(var(--np-images) - 44px)",
        key="why",
        options={"target": target, "over": over, **options},
        label="Which pixels speak for a class",
        hint="Blue speaks for the class, orange against it. Press a class to have it explained.",
        follow=True,
        press=True,
        on_press=lambda event: _pressed(classes, event),
    )


def _target(classes: tuple[str, ...]) -> str | int:
    """The class that is explained: a word of `ASKED`, or a class's number."""
    looking.forget_unless(TARGET, (None, *ASKED, *range(len(classes))))
    return st.selectbox(
        "Class",
        [*ASKED, *range(len(classes))],
        format_func=lambda value: ASKED[value] if isinstance(value, str) else f"Why “{classes[value]}”?",
        key=TARGET,
        label_visibility="collapsed",
        persist_state="session",
        width=220,
        help=HELP["target"],
    )


def _over() -> bool:
    return st.toggle(
        "Over the image",
        value=True,
        key=OVER,
        persist_state="session",
        help="Lays each map over the image. Without it the maps stand alone on white, and can be read out as numbers.",
    )


def _reference() -> str:
    return st.selectbox(
        FIELDS["reference"].title,
        list(REFERENCES),
        format_func=REFERENCES.get,
        key=REFERENCE,
        persist_state="session",
        help=HELP["reference"],
    )


def _layer(layers: dict[LayerPath, Offered]) -> LayerPath:
    """Whose maps Grad-CAM weighs; () for the last convolution."""
    if len(layers) < 2:
        return ()
    looking.forget_unless(LAYER, (None, (), *layers))
    return st.selectbox(
        "Grad-CAM's layer",
        [(), *layers],
        format_func=lambda path: layers[path].name if path else "Last convolution",
        key=LAYER,
        persist_state="session",
        help=HELP["path"],
    )


def _number(name: str) -> float | int | None:
    """A number field of the lens; None where it is left empty."""
    info = FIELDS[name]
    least, most = bounds(info)
    cast = float if isinstance(info.default, float) else int
    return st.number_input(
        info.title,
        min_value=cast(least),
        max_value=cast(most),
        value=info.default,
        step=cast((info.json_schema_extra or {}).get("step", 1)),
        key=f"why_{name}",
        persist_state="session",
        help=info.description,
    )


def _pressed(classes: tuple[str, ...], event: dict[str, Any]) -> None:
    """A class's picture was pressed: that class is explained. What comes from a browser is checked."""
    row, tile = event.get("row"), event.get("tile")
    if row == EVIDENCE_ROW and type(tile) is int and 0 <= tile < len(classes) <= MOST_PICTURES:
        st.session_state[TARGET] = tile
