"""The page of images: what is trained on the left, one of `VIEWS` in the middle, the image and the curves on the right."""

from __future__ import annotations

import streamlit as st

from playground.experiment.presets import PRESETS
from playground.ui import data_panel, filters_panel, follow_panel, gallery, good_panel, network_panel, preset_panel
from playground.ui import training_panel as training
from playground.ui.workbench import Workbench
from playground.web.components import board_view, live_view

SHOWN = "images_view"


def of_images(experiment: object) -> bool:
    """Whether an experiment's data are images."""
    return getattr(experiment.data, "family", "") == "image"


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
    chosen = st.segmented_control(
        "Look at",
        list(VIEWS),
        default=next(iter(VIEWS)),
        required=True,
        key=SHOWN,
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(key="images_view_body"):
        VIEWS[chosen or next(iter(VIEWS))](bench)


def _right(bench: Workbench) -> None:
    """The picked image with what the network says of it, and the curves."""
    board_view("samples", bench.run, height="calc(var(--np-images) * 0.4)", key="samples", label="Images to pick from")
    live_view(
        "curves", bench.run, height="calc(var(--np-images) * 0.36)", key="image_curves", label="Loss and accuracy"
    )


def _left(bench: Workbench) -> None:
    """As on the playground's page: presets, then one of three forms."""
    preset_panel.show(bench)
    notices = st.container(key="notices")
    tabs = st.tabs(["Data", "Network", "Training"], default="Network", key="image_tabs", on_change="rerun")
    for tab, panel in zip(tabs, (data_panel, network_panel, training), strict=True):
        if tab.open:
            with tab:
                panel.show(bench)
    with notices:
        preset_panel.notices(bench)


def invite(bench: Workbench) -> None:
    """The present data are no images: presets that are, to begin with."""
    st.subheader("Networks that see")
    st.write(
        "This page is for images, and the experiment on the bench has none. Begin with one of these; what you have now "
        "stays one step of undo away."
    )
    found = {kind: preset for kind, preset in PRESETS.items() if of_images(preset.experiment)}
    for column, (kind, preset) in zip(st.columns(max(len(found), 1)), found.items(), strict=False):
        with column, st.container(border=True):
            st.markdown(f"**{preset.title}**  \n{preset.about}")
            st.button("Open", key=f"open_{kind}", on_click=gallery.take, args=(bench, kind))


VIEWS = {
    "Filters": filters_panel.show,
    "Follow an image": follow_panel.show,
    "How good": good_panel.show,
}
"""What the middle of the page can show, by the name on its button; whole: Filters, Follow an image, By hand, How good,
Why, Fool it, Draw, Dream."""
