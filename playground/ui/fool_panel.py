"""Fool it: a change that is hardly to be seen, what the network says then, and how little is enough."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.lenses.registry import LENSES
from playground.ui import looking
from playground.ui.results_panel import classes_of
from playground.ui.workbench import Workbench
from playground.web.components import board_view, live_view

METHOD, EPSILON, TOWARDS = "fool_method", "fool_epsilon", "fool_towards"
METHODS = {"fgsm": "FGSM", "pgd": "PGD"}
MOST = 0.3
REST = "(var(--np-images) - 48px)"
HELP = {name: info.description for name, info in LENSES["attack"].parameters().items()}


def show(bench: Workbench) -> None:
    """How it is attacked; the image before and after; what the network says, and how often it is right."""
    with st.container(horizontal=True, vertical_alignment="center", key="fool_bar"):
        options = {"method": _method(), "epsilon": _epsilon(), "towards": _towards(classes_of(bench) or ())}
    board_view(
        "fool",
        bench.run,
        height=f"calc({REST} * 0.64)",
        key="fool",
        options=options,
        label="An image before and after an attack",
        follow=True,
    )
    said, accuracy = st.columns(2, gap="small")
    with said:
        _below(bench, "fool_shares", options, "What it says before and after", follow=True)
    with accuracy:
        _below(bench, "robustness", {"mark": options["epsilon"], "most": MOST}, "Accuracy by epsilon")


def _below(bench: Workbench, view: str, options: dict[str, Any], label: str, follow: bool = False) -> None:
    height = f"calc({REST} * 0.36)"
    live_view(view, bench.run, height=height, key=view, options=options, label=label, follow=follow)


def _method() -> str:
    chosen = st.segmented_control(
        "Method",
        list(METHODS),
        format_func=METHODS.get,
        default="pgd",
        required=True,
        key=METHOD,
        label_visibility="collapsed",
        persist_state="session",
        help=HELP["method"],
    )
    return chosen or "pgd"


def _epsilon() -> float:
    return st.slider(
        "Epsilon: how much a pixel may change",
        0.0,
        MOST,
        0.15,
        0.01,
        key=EPSILON,
        label_visibility="collapsed",
        persist_state="session",
        format="epsilon %.2f",
        width=230,
        help=HELP["epsilon"],
    )


def _towards(classes: tuple[str, ...]) -> int | None:
    """The class that the network shall see; None for any but the right one."""
    looking.forget_unless(TOWARDS, (None, *range(len(classes))))
    return st.selectbox(
        "Towards",
        [None, *range(len(classes))],
        format_func=lambda k: "Away from the right class" if k is None else f"Make it “{classes[k]}”",
        key=TOWARDS,
        label_visibility="collapsed",
        persist_state="session",
        width=220,
        help=HELP["towards"],
    )
