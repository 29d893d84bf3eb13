"""The draw pad: draw something, and watch what the network makes of it while the pen moves."""

from __future__ import annotations

import streamlit as st

from playground.data import input_shape
from playground.ui.workbench import Workbench
from playground.web.components import board_view, draw_pad

HEIGHT = "var(--np-images)"
MNIST = {"box": 20, "pen": 1.25, "mass": True}
FITS = {"mnist": MNIST, "mnist_5k": MNIST, "digits": {"box": 8, "pen": 0.8, "mass": False}}
"""How digits were centred and scaled, by the kind of their data: a drawing is read best when it is treated alike."""


def show(bench: Workbench) -> None:
    """The pad, and beside it the feature maps of what is drawn."""
    image = _image(bench)
    if image is None:
        st.info("There is nothing to draw for yet: nothing has been trained on images.")
        return
    kind = bench.trained.data.kind
    hint = "Draw a digit" if kind in FITS else "Draw something"
    pad, maps = st.columns([5, 6], gap="small")
    with pad:
        draw_pad(bench.run, image, fit=FITS.get(kind), height=HEIGHT, key="draw", hint=hint)
    with maps:
        board_view(
            "feature_maps",
            bench.run,
            height=HEIGHT,
            key="draw_maps",
            label="Feature maps of the drawing",
            follow=True,
            kind="maps",
        )


def _image(bench: Workbench) -> tuple[int, int, int] | None:
    """Channels, height and width of the images that the run trains on; None where it trains on none."""
    try:
        shape = input_shape(bench.trained.data) if bench.trained else ()
    except ValueError:  # a person's own images that are not here any more
        return None
    return shape if len(shape) == 3 else None
