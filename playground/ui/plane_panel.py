"""The plane in which a table of several inputs is looked at: a popover beside the boundary.

A way of looking, not part of the experiment: it is kept for this browser tab, for every table on its own.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.data import Dataset, load
from playground.ui.workbench import Workbench

OWN, PCA, INPUTS = "own", "pca", "features"
KINDS = {OWN: "Predicted against actual", PCA: "Principal components", INPUTS: "Two inputs"}
MEAN, ROW = "mean", "row"
OTHERS = {MEAN: "At their mean", ROW: "As in one row"}


def show(bench: Workbench) -> None:
    """Draw the popover; nothing for data that has only one plane."""
    dataset = _table(bench)
    if dataset is None:
        return
    plane = st.popover("Plane", key="plane", help="Which inputs are drawn across and up.")
    with plane, st.container(width=340):
        kinds = [kind for kind in KINDS if kind != OWN or dataset.task == "regression"]
        kind = st.radio(
            "What is drawn",
            kinds,
            format_func=KINDS.get,
            key=_key(dataset, "kind"),
            help="The neurons in the diagram are drawn in the same plane.",
            persist_state="session",
        )
        if kind == INPUTS:
            _inputs(dataset)


def chosen(bench: Workbench) -> dict[str, Any] | None:
    """The plane as the option `plane` of the boundary and of the network; None for the data's own."""
    dataset = _table(bench)
    kind = _kept(dataset, "kind") if dataset else None
    if kind == PCA and dataset.task == "regression":
        return {"kind": PCA}
    if kind != INPUTS:
        return None
    x, y = _kept(dataset, "x") or 0, _kept(dataset, "y")
    y = 1 if y is None else y
    row = (_kept(dataset, _row_name(dataset)) or 1) - 1 if _kept(dataset, "others") == ROW else None
    return None if x == y else {"kind": INPUTS, "x": x, "y": y, "row": row}


def _inputs(dataset: Dataset) -> None:
    names = dataset.inputs
    places = range(len(names))
    x = _kept(dataset, "x") or 0
    st.selectbox("Across", places, format_func=names.__getitem__, key=_key(dataset, "x"), persist_state="session")
    st.selectbox("Up", places, index=1, format_func=names.__getitem__, key=_key(dataset, "y"), persist_state="session")
    if len(names) > 2:
        others = st.segmented_control(
            "All other inputs",
            list(OTHERS),
            format_func=OTHERS.get,
            default=MEAN,
            required=True,
            key=_key(dataset, "others"),
            help="The plane cuts through many dimensions; this says where.",
            persist_state="session",
        )
        if others == ROW:
            _row(dataset)
    if x == (_kept(dataset, "y") or 0):
        st.warning("Choose two different inputs.")


def _row(dataset: Dataset) -> None:
    count = len(dataset.x_train)
    row = st.number_input(
        f"Training row (1 to {count:,})",
        min_value=1,
        max_value=count,
        step=1,
        key=_key(dataset, _row_name(dataset)),
        help="The others stand at what they are in this row: the plane goes through its point.",
        persist_state="session",
    )
    target = dataset.y_train[row - 1]
    mean, deviation = dataset.target_scale
    said = dataset.classes[target] if dataset.classes else f"{target * deviation + mean:.4g}"
    st.caption(f"{dataset.target.capitalize()} of this row: {said}")


def _row_name(dataset: Dataset) -> str:
    """Another split has other rows, and another number of them."""
    return f"row of {len(dataset.x_train)}"


def _table(bench: Workbench) -> Dataset | None:
    """The data that the run trains on, where it has several planes."""
    data = bench.trained.data if bench.trained else None
    if data is None or data.family != "table":
        return None
    try:
        dataset = load(data)
    except ValueError:  # the table is not here any more
        return None
    return dataset if dataset.plane.kind == "pca" and len(dataset.inputs) > 1 else None


def _key(dataset: Dataset, name: str) -> str:
    return f"plane:{hash(dataset.inputs)}:{name}"


def _kept(dataset: Dataset, name: str) -> Any:
    return st.session_state.get(_key(dataset, name))
