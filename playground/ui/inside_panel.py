"""Inside training: gradients, activations, dead units and weights while the network learns."""

from __future__ import annotations

import streamlit as st

from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """Draw the view."""
    st.caption("Inside training")
