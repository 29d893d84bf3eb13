"""The main page: build a network, press play, watch it learn."""

import streamlit as st

from playground.ui import data_panel, network_panel, notices, preset_panel, stage, training_panel
from playground.ui.workbench import Workbench

bench = Workbench.current()
stage.controls(bench)
left, middle, right = st.columns([5, 8, 6], gap="small")
# The views first: whatever happens in a form, what is on the stage stays there.
with middle:
    stage.middle(bench)
with right:
    stage.outcome(bench)
with left, st.container(key="panel"):
    preset_panel.show(bench)
    told = st.container(key="notices")
    tabs = st.tabs(["Data", "Network", "Training"], default="Network", key="panel_tabs", on_change="rerun")
    for tab, panel in zip(tabs, (data_panel, network_panel, training_panel), strict=True):
        # Only the open one is drawn. Nothing is lost with the widgets: what they show is in the experiment.
        if tab.open:
            with tab:
                panel.show(bench)
    with told:
        notices.show(bench)  # last, when it is known which errors have been told at their fields
