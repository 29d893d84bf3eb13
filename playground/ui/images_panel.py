"""The page of images: what is trained on the left, one of `VIEWS` in the middle, image and curves at the right."""

from __future__ import annotations

from functools import partial

import streamlit as st

from playground.experiment.presets import PRESETS
from playground.ui import (
    data_panel,
    draw_panel,
    dream_panel,
    filters_panel,
    follow_panel,
    fool_panel,
    gallery,
    good_panel,
    hand_panel,
    looking,
    network_panel,
    notices,
    preset_panel,
    why_panel,
)
from playground.ui import training_panel as training
from playground.ui.images import image_of, of_images
from playground.ui.widgets.components import gallery as preset_gallery
from playground.ui.workbench import Workbench
from playground.web.components import board_view, live_view, prediction_view

SHOWN = "images_view"
VIEW = "view"
KEEPS = (VIEW,)
"""What the page keeps in the address: which view is looked at, for who reloads it and for whom the link is sent to."""
RIGHT = "var(--np-images) + 30px"
"""Height of what stands at the right: without the buttons above, but with the gaps between three parts."""


def show(bench: Workbench) -> None:
    """The page below the transport; where the data are no images, what to begin with instead."""
    if not of_images(bench.experiment):
        invite(bench)
        return
    left, middle, right = st.columns([5, 9, 5], gap="small")
    # The views first: whatever happens in a form, what is on the stage stays there.
    with middle:
        _middle(bench)
    with right:
        _right(bench)
    with left, st.container(key="panel"):
        _left(bench)


def _middle(bench: Workbench) -> None:
    words = {name.lower().replace(" ", "-"): name for name in VIEWS}
    if SHOWN not in st.session_state and bench.carried.get(VIEW) in words:
        looking.choose(SHOWN, words[bench.carried[VIEW]])
    with st.container(key="images_bar"):
        chosen = looking.chosen(VIEWS, key=SHOWN)
    bench.carry(VIEW, next((word for word, name in list(words.items())[1:] if name == chosen), None))
    with st.container(key="images_view_body"):
        VIEWS[chosen](bench)


def _right(bench: Workbench) -> None:
    """The picked image with what the network says of it, and the curves."""
    prediction_view(bench.run, height=f"calc(({RIGHT}) * 0.34)", key="prediction")
    board_view(
        "samples",
        bench.run,
        height=f"calc(({RIGHT}) * 0.32)",
        key="samples",
        options={"shown": 64},
        label="Images to pick from",
        kind="samples",
        image=image_of(bench.trained),
    )
    live_view(
        "curves", bench.run, height=f"calc(({RIGHT}) * 0.34)", key="image_curves", label="Loss and accuracy so far"
    )


def _left(bench: Workbench) -> None:
    """As on the playground's page: presets, then one of three forms."""
    preset_panel.show(bench)
    told = st.container(key="notices")
    tabs = st.tabs(["Data", "Network", "Training"], default="Network", key="image_tabs", on_change="rerun")
    panels = partial(data_panel.show, first="image"), network_panel.show, training.show
    for tab, panel in zip(tabs, panels, strict=True):
        if tab.open:
            with tab:
                panel(bench)
    with told:
        notices.show(bench)


def invite(bench: Workbench) -> None:
    """The present data are no images: presets that are, to begin with."""
    notices.elsewhere(bench)
    st.subheader("Networks that see")
    st.write(
        "This page is for images, and the experiment on the bench has none. Begin with one of these; what you have now "
        "stays one step of undo away."
    )
    found = {kind for kind, preset in PRESETS.items() if of_images(preset.experiment)}
    groups = [
        {**group, "cards": [card for card in group["cards"] if card["kind"] in found]} for group in gallery.cards()
    ]
    preset_gallery(
        [group for group in groups if group["cards"]],
        key="image_presets",
        search=False,
        on_pick=lambda kind: gallery.take(bench, kind) if kind in found else None,
    )


VIEWS = {
    "Filters": filters_panel.show,
    "Follow an image": follow_panel.show,
    "By hand": hand_panel.show,
    "How good": good_panel.show,
    "Why": why_panel.show,
    "Fool it": fool_panel.show,
    "Draw": draw_panel.show,
    "Dream": dream_panel.show,
}
"""What the middle of the page can show, by the name on its button."""
