"""The Data tab: which data, how much of it, how it is split, and which inputs the network sees."""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from typing import Any

import streamlit as st

from playground.data.features import labels
from playground.experiment import edits
from playground.experiment.data import BROUGHT, SEED_LIMIT, Painted, Plane
from playground.experiment.images import Images
from playground.experiment.registry import REGISTRIES
from playground.figures.thumbnails import data_thumbnail
from playground.ui import csv_panel, download_panel, image_data_panel, own_images_panel, paint
from playground.ui.forms import field, fields, key_of, show_error, show_value
from playground.ui.widgets.components import picker
from playground.ui.workbench import Workbench

AT = ("data",)
INPUTS = (*AT, "features")


def pictures() -> list[dict[str, Any]]:
    """Every data set that needs no upload, with its picture and sentence."""
    return [
        {"kind": kind, "label": entry.label, "about": entry.about, "picture": _picture(kind, download_panel.here(kind))}
        for kind, entry in REGISTRIES["data"].items()
        if kind not in BROUGHT
    ]


@cache
def _picture(kind: str, here: bool) -> str:
    """Drawn once, which takes about a second for all; again when what is downloaded has come."""
    return data_thumbnail(REGISTRIES["data"][kind](kind=kind))


def show(bench: Workbench, first: str | None = None) -> None:
    """Draw the tab. first: the family of data sets that is offered before the others, where the page is about it."""
    data = bench.experiment.data
    offered = sorted(pictures(), key=lambda item: REGISTRIES["data"][item["kind"]].family != first)
    picker("Data set", offered, data.kind, key="data", on_pick=lambda kind: pick(bench, kind))
    show_error(bench, AT)
    download_panel.show(bench)
    st.caption(data.about)
    if isinstance(data, Images):
        image_data_panel.look(data)
    csv_panel.show(bench)
    own_images_panel.show(bench)
    if isinstance(data, Painted):
        paint.show(bench, data)
    if isinstance(data, Plane):
        _inputs(bench, data)
    fields(bench, data, AT, skip=("seed", *csv_panel.drawn_there(data), *paint.drawn_there(data)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        field(bench, data, AT, "seed", label="Data seed")
        st.button(
            "Regenerate",
            icon=":material/casino:",
            key="regenerate",
            help="Draws new points from the same pattern, or splits the rows anew: another data seed.",
            on_click=lambda: bench.set((*AT, "seed"), random.randrange(SEED_LIMIT)),
        )
    if isinstance(data, Images):
        image_data_panel.augmentation(bench, data)


def pick(bench: Workbench, kind: str) -> None:
    """Put the experiment on another data set, keeping all else that still makes sense."""
    entry = REGISTRIES["data"].get(kind)
    if download_panel.offer(bench, kind):
        return
    if entry is not None and kind != bench.experiment.data.kind:
        bench.change(lambda experiment: edits.with_data(experiment, entry(kind=kind)), AT)
        if kind == "painted":
            paint.invite()


def choose_inputs(bench: Workbench, names: Iterable[str]) -> None:
    """Feed the network these inputs; without any it stays as it was, and is told so."""
    names = tuple(names)
    if names:
        bench.set(INPUTS, names)
    else:
        bench.errors = {INPUTS: "The network needs at least one input."}


def _inputs(bench: Workbench, data: Plane) -> None:
    key = key_of(INPUTS)

    show_value(key, list(data.features))
    st.pills(
        "Inputs",
        type(data).allowed,
        selection_mode="multi",
        format_func=lambda name: labels((name,))[0],
        key=key,
        on_change=lambda: choose_inputs(bench, st.session_state[key]),
        help="What the network is fed, made from the coordinates of each point. The diagram's can be clicked too.",
    )
    show_error(bench, INPUTS)
