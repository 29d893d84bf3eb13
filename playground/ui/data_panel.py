"""The Data tab: which data, how much of it, how it is split, and which inputs the network sees."""

from __future__ import annotations

import random
from typing import Any

import streamlit as st

from playground.data.features import labels
from playground.experiment import edits
from playground.experiment.data import SEED_LIMIT, Plane
from playground.experiment.registry import REGISTRIES
from playground.figures.thumbnails import data_thumbnail
from playground.ui import csv_panel
from playground.ui.forms import field, fields, key_of
from playground.ui.widgets.components import picker
from playground.ui.workbench import Workbench

FAMILIES = {"Points": "plane", "Curve": "curve", "Tables": "table"}
AT = ("data",)


@st.cache_data(show_spinner=False)
def pictures() -> list[dict[str, Any]]:
    """Every data set that needs no upload, with its picture and sentence."""
    return [
        {"kind": kind, "label": entry.label, "about": entry.about, "picture": data_thumbnail(entry(kind=kind))}
        for kind, entry in REGISTRIES["data"].items()
        if kind != "csv"
    ]


def show(bench: Workbench) -> None:
    """Draw the tab."""
    data = bench.experiment.data
    picker("Data set", pictures(), data.kind, key="data", on_pick=lambda kind: _pick(bench, kind))
    if AT in bench.errors:
        st.error(bench.errors[AT])
    st.caption(data.about)
    csv_panel.show(bench)
    if isinstance(data, Plane):
        _inputs(bench, data)
    fields(bench, data, AT, skip=("seed", *csv_panel.FIELDS))
    seed, again = st.columns([2, 1], vertical_alignment="bottom")
    with seed:
        field(bench, data, AT, "seed", label="Data seed")
    again.button(
        "Redraw",
        icon=":material/casino:",
        help="Draw new points from the same pattern, or split the rows anew.",
        on_click=lambda: bench.set((*AT, "seed"), random.randrange(SEED_LIMIT)),
    )


def _pick(bench: Workbench, kind: str) -> None:
    entry = REGISTRIES["data"][kind]
    bench.change(lambda experiment: edits.with_data(experiment, entry(kind=kind)), AT)


def _inputs(bench: Workbench, data: Plane) -> None:
    where = (*AT, "features")
    key = key_of(where)

    def changed() -> None:
        chosen = st.session_state[key]
        if chosen:
            bench.set(where, tuple(chosen))
        else:
            bench.errors = {where: "The network needs at least one input."}

    st.session_state[key] = list(data.features)
    st.pills(
        "Inputs",
        type(data).allowed,
        selection_mode="multi",
        format_func=lambda name: labels((name,))[0],
        key=key,
        on_change=changed,
        help="What the network is fed, made from the coordinates of each point. The diagram's can be clicked too.",
    )
    if where in bench.errors:
        st.error(bench.errors[where])
