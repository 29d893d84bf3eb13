"""The Training tab: loss, optimizer, schedule, what holds the weights back, and where it is computed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiment import losses_for, task_of
from playground.experiment.training import LIVE_FIELDS, EarlyStopping
from playground.runs import hub
from playground.ui import range_panel
from playground.ui.forms import entry_choice, field, fields, key_of, show_error, show_value
from playground.ui.workbench import Workbench

AT = ("training",)
STOPPING = (*AT, "early_stopping")


def show(bench: Workbench) -> None:
    """Draw the tab."""
    training = bench.experiment.training
    entry_choice(bench, "loss", (*AT, "loss"), label="Loss", among=losses_for(task_of(bench.experiment.data)))
    entry_choice(bench, "optimizer", (*AT, "optimizer"), label="Optimizer")
    range_panel.invitation()
    entry_choice(bench, "schedule", (*AT, "schedule"), label="Learning-rate schedule")
    left, right = st.columns(2)
    with left:
        field(bench, training, AT, "batch_size")
    with right:
        field(bench, bench.experiment, (), "seed")
    st.caption("These and the learning rate can change while the network trains:")
    fields(bench, training, AT, skip=[name for name in type(training).model_fields if name not in LIVE_FIELDS])
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        field(bench, training, AT, "max_epochs")
    with right:
        _early_stopping_switch(bench)
    if training.early_stopping:
        fields(bench, training.early_stopping, STOPPING)
    show_error(bench, AT)
    found = hub().devices()
    device(bench, found)
    if any(name.startswith("cuda") for name in found) or training.precision != "float32":
        field(bench, training, AT, "precision")


def _early_stopping_switch(bench: Workbench) -> None:
    key = key_of(STOPPING)

    def changed() -> None:
        bench.set(STOPPING, EarlyStopping() if st.session_state[key] else None)

    show_value(key, bench.experiment.training.early_stopping is not None)
    st.toggle(
        "Early stopping",
        key=key,
        on_change=changed,
        help="Stops when the test loss has not fallen for a while, and takes back the best weights.",
    )
    show_error(bench, STOPPING)


def device(bench: Workbench, found: Sequence[str]) -> None:
    """Where it trains: a choice where this server has a GPU, and otherwise a line that says that it has none.

    found: as `Hub.devices` tells them, "cpu" and "cuda:0 NVIDIA H200".
    """
    gpus = {name.split(" ")[0]: name for name in found if name.startswith("cuda")}
    if not gpus:
        st.caption("Device: CPU (this server has no CUDA GPU).")
        return
    names = {"auto": "Whichever is quicker", "cpu": "CPU", **gpus}
    show_value("device", bench.device or "auto")
    st.selectbox(
        "Device",
        list(names),
        format_func=names.get,
        key="device",
        on_change=lambda: bench.use_device(st.session_state["device"]),
        help="Where the network trains. Another device starts the run again; small networks are quicker on the CPU.",
    )
