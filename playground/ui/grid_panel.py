"""Many trainings at once, one for each combination of what is varied."""

from __future__ import annotations

import streamlit as st

from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """Draw the view."""
    st.info("Many trainings at once, one for each combination of what is varied.")
