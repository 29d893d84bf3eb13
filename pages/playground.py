"""The main page: build a network, press play, watch it learn."""

import streamlit as st

from playground.ui import data_panel, network_panel, preset_panel, stage, training_panel
from playground.ui.workbench import Workbench

bench = Workbench.current()
stage.controls(bench)
left, middle, right = st.columns([5, 8, 6], gap="small")
# The views first: whatever happens in a form, what is on the stage stays there.
with middle:
    stage.diagram(bench)
with right:
    stage.outcome(bench)
with left, st.container(key="panel"):
    preset_panel.show(bench)
    data, network, training = st.tabs(["Data", "Network", "Training"], default="Network", key="panel_tabs")
    with data:
        data_panel.show(bench)
    with network:
        network_panel.show(bench)
    with training:
        training_panel.show(bench)
