"""Being built."""

from __future__ import annotations

import streamlit as st

from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """Nothing yet."""
    st.caption("Being built.")
