"""Presets to start from, and the experiment's link to take away."""

from __future__ import annotations

import streamlit as st

from playground.experiment.presets import PRESETS
from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """One row: presets, and the link."""
    presets, share = st.columns(2)
    with presets.popover("Presets", icon=":material/auto_awesome:", width="stretch"):
        for kind, preset in PRESETS.items():
            st.button(preset.title, key=f"preset:{kind}", on_click=_take, args=(bench, kind), width="stretch")
            st.caption(f"{preset.about} *{preset.observe}*")
    with share.popover("Share", icon=":material/link:", width="stretch"):
        st.markdown("The address bar always holds this experiment **and** this run: whoever opens it joins you.")
        st.markdown("To give away a copy that trains on its own, share this link:")
        st.code(f"{_base()}?x={bench.experiment.to_link()}", language=None, wrap_lines=True)
    if bench.notice:
        st.warning(bench.notice)
    if not bench.in_step:
        st.warning(
            "This stack does not fit together yet: see the card marked red. The views show the last one that did."
        )


def _take(bench: Workbench, kind: str) -> None:
    bench.selected, bench.notice = None, ""
    bench.change(lambda _: PRESETS[kind].experiment)


def _base() -> str:
    return (st.context.url or "").split("?")[0]
