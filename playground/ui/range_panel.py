"""The learning-rate range test."""

from __future__ import annotations

import streamlit as st

from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """Draw the view."""
    st.info("The learning-rate range test.")
