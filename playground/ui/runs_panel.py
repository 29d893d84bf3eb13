"""A person's runs, side by side."""

from __future__ import annotations

import streamlit as st

from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """Draw the view."""
    st.info("A person's runs, side by side.")
