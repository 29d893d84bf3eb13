"""The catalogue: every registry entry, and every terrain, with its sentence, formula, picture and parameters."""

from __future__ import annotations

import streamlit as st
from pydantic.fields import FieldInfo

from playground.experiment.activations import Activation
from playground.experiment.data import BROUGHT
from playground.experiment.entry import Entry
from playground.experiment.registry import REGISTRIES
from playground.experiment.terrains import TERRAINS
from playground.figures.activation_plot import activation_svg
from playground.figures.thumbnails import data_thumbnail
from playground.ui.widgets.components import drawing

TITLES = {
    "data": "Data",
    "layer": "Layers",
    "activation": "Activations",
    "init": "Initialisation",
    "loss": "Losses",
    "optimizer": "Optimizers",
    "schedule": "Learning-rate schedules",
    "terrain": "Terrains",
}
FAMILIES = {**REGISTRIES, "terrain": TERRAINS}
"""All entries by family and kind: what an experiment is made of, and the ground of races."""

ACROSS = 3
"""Cards beside one another."""


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
    entries = list(FAMILIES[family].items())
    for start in range(0, len(entries), ACROSS):
        # Row by row, so that the order also holds where the columns stand below one another.
        for slot, (kind, entry) in zip(st.columns(ACROSS), entries[start : start + ACROSS], strict=False):
            with slot, st.container(border=True, height="stretch"):
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
    return kind in REGISTRIES["data"] and kind not in BROUGHT


def _parameter(name: str, info: FieldInfo) -> str:
    if not info.description:
        return ""
    within = limits(info)
    return f"- {info.title} (`{name}`{', ' + within if within else ''}): {info.description}"


def limits(info: FieldInfo) -> str:
    """What a number may be: "0 to 1", "above 0, up to 100"; empty for what is no number."""
    ends = {}
    for rule in info.metadata:
        for end in ("ge", "gt", "le", "lt"):
            if (limit := getattr(rule, end, None)) is not None:
                ends[end] = f"{int(limit):,}" if limit == int(limit) else f"{limit:g}"
    if not ends:
        return ""
    if ends.keys() == {"ge", "le"}:
        return f"{ends['ge']} to {ends['le']}"
    words = {"ge": "from", "gt": "above", "le": "up to", "lt": "below"}
    return ", ".join(f"{words[end]} {text}" for end, text in ends.items())
