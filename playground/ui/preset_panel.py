"""Presets to start from, the experiment's link to take away, its history, and what to observe."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from playground.experiment.presets import PRESETS
from playground.ui import gallery, takeaway_panel
from playground.ui.widgets.components import history
from playground.ui.workbench import Workbench

OPEN = "presets"
PRESETS_HELP = f"{len(PRESETS)} experiments to start from, each with what to look for."


def show(bench: Workbench) -> None:
    """One row: presets, the link, and what can be taken away."""
    with st.container(horizontal=True, key="begin"):
        if st.button("Presets", icon=":material/auto_awesome:", width="stretch", key=OPEN, help=PRESETS_HELP):
            gallery.show(bench)
        share = st.popover("Share", icon=":material/link:", width="stretch", key="share")
        with share, st.container(width=480):
            st.markdown("The address bar always holds this experiment **and** this run: whoever opens it joins you.")
            st.markdown("To give away a copy that trains on its own, share this link:")
            st.code(share_link(st.context.url or "", bench.experiment.to_link()), language=None, wrap_lines=True)
        takeaway_panel.show(bench)
    steps(bench)
    lesson(bench)


def steps(bench: Workbench) -> None:
    """Undo, redo, and what was changed last."""
    past = bench.history
    told = [{"serial": step.serial, "told": step.told or "As it was opened"} for step in (*past.past, *past.future)]
    history(told, past.now.serial, past.said, key="history", on_go=bench.travel)


def lesson(bench: Workbench) -> None:
    """What to observe in the preset that this experiment comes from, until it is waved away."""
    kind = bench.lesson
    if kind is None:
        return
    preset = PRESETS[kind]
    with st.container(key="lesson"):
        st.markdown(f"**{preset.title}**  \n{preset.observe}")
        st.button(
            "Close this note",
            icon=":material/close:",
            key="close_lesson",
            type="tertiary",
            on_click=bench.close_lesson,
        )


def share_link(page: str, link: str) -> str:
    """The address that opens a copy of the experiment; `page` is the address of this page (see `st.context.url`)."""
    parts = urlsplit(page)
    folder = parts.path.rstrip("/") + "/"  # behind a base path, Streamlit tells it without the slash
    return urlunsplit((parts.scheme, parts.netloc, folder, f"x={link}", ""))
