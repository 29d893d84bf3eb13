"""The gallery of presets: every one with its data, its sentence and what to look for, in a dialog to browse."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from playground.experiment.presets import GROUPS, PRESETS
from playground.figures.thumbnails import data_thumbnail
from playground.ui.widgets.components import gallery
from playground.ui.workbench import Workbench

PICKED = "preset_picked"


@cache
def cards() -> list[dict[str, Any]]:
    """The groups with their presets, and the picture of each's data; drawn once, which takes about a second."""
    drawn: dict[Any, str] = {}
    for preset in PRESETS.values():
        data = preset.experiment.data
        if data not in drawn:
            drawn[data] = data_thumbnail(data)
    return [
        {
            "title": title,
            "cards": [
                {
                    "kind": kind,
                    "title": preset.title,
                    "about": preset.about,
                    "observe": preset.observe,
                    "picture": drawn[preset.experiment.data],
                }
                for kind, preset in group.items()
            ],
        }
        for title, group in GROUPS.items()
    ]


@st.dialog("Presets", width="large", icon=":material/auto_awesome:")
def show(bench: Workbench) -> None:
    """Open the gallery. It closes by itself when something was picked."""
    if st.session_state.pop(PICKED, False):
        st.rerun()
    gallery(cards(), key="gallery", on_pick=lambda kind: pick(bench, kind))


def pick(bench: Workbench, kind: str) -> None:
    """Start from a preset; a name that is none is nobody's doing but a broken page's, and does nothing."""
    if kind in PRESETS:
        st.session_state[PICKED] = True
        take(bench, kind)


def take(bench: Workbench, kind: str) -> None:
    """Put the experiment of a preset on the bench."""
    preset = PRESETS[kind]
    bench.selected = None
    bench.change(lambda _: preset.experiment, told=f"Preset: {preset.title}", preset=kind)
