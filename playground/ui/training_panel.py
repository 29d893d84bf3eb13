"""The Training tab: loss, optimizer, schedule, and what holds the weights back."""

from __future__ import annotations

import streamlit as st

from playground.experiment import losses_for, task_of
from playground.experiment.training import EarlyStopping
from playground.runs import hub
from playground.ui.forms import entry_choice, field, fields, key_of
from playground.ui.workbench import Workbench

AT = ("training",)


def show(bench: Workbench) -> None:
    """Draw the tab."""
    training = bench.experiment.training
    entry_choice(bench, "loss", (*AT, "loss"), label="Loss", among=losses_for(task_of(bench.experiment.data)))
    entry_choice(bench, "optimizer", (*AT, "optimizer"), label="Optimizer")
    left, right = st.columns(2)
    with left:
        field(bench, training, AT, "batch_size")
    with right:
        field(bench, bench.experiment, (), "seed")
    entry_choice(bench, "schedule", (*AT, "schedule"), label="Learning-rate schedule")
    st.caption("What holds the weights back. It can change while the network trains, and so can the learning rate.")
    fields(bench, training, AT, skip=("batch_size", "max_epochs"))
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        field(bench, training, AT, "max_epochs")
    with right:
        _early_stopping_switch(bench)
    if training.early_stopping:
        fields(bench, training.early_stopping, (*AT, "early_stopping"))
    st.caption("Trains on " + (", ".join(hub().devices()) or "the CPU"))


def _early_stopping_switch(bench: Workbench) -> None:
    where = (*AT, "early_stopping")
    key = key_of(where)

    def changed() -> None:
        bench.set(where, EarlyStopping() if st.session_state[key] else None)

    st.session_state[key] = bench.experiment.training.early_stopping is not None
    st.toggle(
        "Early stopping",
        key=key,
        on_change=changed,
        help="Stops when the test loss has not fallen for a while, and takes back the best weights.",
    )
