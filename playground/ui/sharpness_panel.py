"""Sharpness, on the page of landscapes: how much the loss bends along the run, and where descent stops being stable."""

from __future__ import annotations

import streamlit as st

from playground.lenses.registry import LENSES
from playground.ui.workbench import Workbench
from playground.web.components import live_view

COUNT = "sharpness_count"
ABOUT = (
    "How much the loss bends where the run is: the largest eigenvalues of the Hessian of the training loss. Gradient "
    "descent is stable only while the first of them is below 2 / learning rate; with all samples in one batch it often "
    "climbs up to that line and hovers there (Cohen et al. 2021). Press the picture to go to that moment."
)
MOST = 5


def show(bench: Workbench) -> None:
    """The picture, and below it what it shows and how many eigenvalues."""
    picture = st.container(key="sharpness_picture")
    about, chosen = st.columns([4, 1], gap="medium", vertical_alignment="center")
    about.caption(ABOUT)
    with chosen:
        count = st.segmented_control(
            "Eigenvalues",
            list(range(1, MOST + 1)),
            default=2,
            required=True,
            key=COUNT,
            persist_state="session",
            help=LENSES["sharpness"].parameters()["count"].description,
        )
    with picture:
        live_view(
            "sharpness",
            bench.run,
            height="calc(var(--np-landscape) - 84px)",
            options={"count": count or 2},
            key="sharpness",
            label="Sharpness over the epochs",
        )
