"""The catalogue: every registry entry with its sentence, formula, picture and parameters."""

from __future__ import annotations

import streamlit as st

from playground.experiment.activations import Activation
from playground.experiment.entry import Entry
from playground.experiment.registry import REGISTRIES
from playground.figures.activation_plot import activation_svg
from playground.figures.thumbnails import data_thumbnail
from playground.ui.forms import bounds
from playground.ui.widgets.components import drawing

TITLES = {
    "data": "Data",
    "layer": "Layers",
    "activation": "Activations",
    "init": "Initialisation",
    "loss": "Losses",
    "optimizer": "Optimizers",
    "schedule": "Learning-rate schedules",
}


def show() -> None:
    """One family at a time, as cards."""
    family = st.segmented_control(
        "Family",
        list(TITLES),
        key="family",
        format_func=TITLES.get,
        default="activation",
        required=True,
        label_visibility="collapsed",
    )
    entries = REGISTRIES[family]
    columns = st.columns(3)
    for number, (kind, entry) in enumerate(entries.items()):
        with columns[number % 3], st.container(border=True):
            _card(kind, entry)


def _card(kind: str, entry: type[Entry]) -> None:
    st.markdown(f"**{entry.label}** `{kind}`")
    st.markdown(entry.about)
    if entry.formula:
        st.latex(entry.formula)
    if issubclass(entry, Activation):
        drawing(activation_svg(entry(kind=kind)), key=f"plot:{kind}")
    elif _has_picture(kind):
        drawing(data_thumbnail(entry(kind=kind), 110), key=f"plot:{kind}")
    told = [line for name, info in entry.parameters().items() if (line := _parameter(name, info))]
    if told:
        st.caption("\n".join(told))


def _has_picture(kind: str) -> bool:
    """Whether `kind` is data that can be drawn without an upload."""
    return kind in REGISTRIES["data"] and kind != "csv"


def _parameter(name: str, info: object) -> str:
    if not info.description:
        return ""
    least, most = bounds(info)
    limits = f" ({least:g} to {most:g})" if least is not None and most is not None else ""
    return f"- `{name}`{limits}: {info.description}"
