"""The plane in which a table of several inputs is looked at: a popover beside the boundary.

A way of looking, not part of the experiment: it is kept for this browser tab, for every table on its own.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.data import Dataset, load
from playground.data.planes import first_inputs
from playground.ui.workbench import Workbench

OWN, PCA, INPUTS = "own", "pca", "features"
KINDS = {OWN: "Predictions", PCA: "Components", INPUTS: "Two inputs"}
ABOUT = {
    OWN: "What it predicts over what is true, a point a row.",
    PCA: "The two principal components: the flat view in which the rows differ most.",
    INPUTS: "Two inputs, in their own numbers.",
}
MEAN, ROW = "mean", "row"
OTHERS = {MEAN: "At their mean", ROW: "As in a row"}


def show(bench: Workbench) -> None:
    """Draw the popover; nothing for data that has only one plane."""
    dataset = _table(bench)
    if dataset is None:
        return
    plane = st.popover("Plane", key="plane", help="Which inputs are drawn across and up.")
    # It opens below the boundary, where a small screen has little room: a few low rows.
    with plane, st.container(width=360, key="plane_choice"):
        kinds = [kind for kind in KINDS if kind != OWN or dataset.task == "regression"]
        kind = st.segmented_control(
            "What is drawn",
            kinds,
            format_func=KINDS.get,
            default=kinds[0],
            required=True,
            key=_key(dataset, "kind"),
            label_visibility="collapsed",
            persist_state="session",
        )
        if kind == INPUTS:
            _inputs(dataset)
        else:
            st.caption(f"{ABOUT[kind or kinds[0]]} The neurons in the diagram follow.")


def chosen(bench: Workbench) -> dict[str, Any] | None:
    """The plane as the option `plane` of the boundary and of the network; None for the data's own."""
    dataset = _table(bench)
    kind = _kept(dataset, "kind") if dataset else None
    if kind == PCA and dataset.task == "regression":
        return {"kind": PCA}
    if kind != INPUTS:
        return None
    x, y = (
        first if (kept := _kept(dataset, name)) is None else kept
        for name, first in zip("xy", first_inputs(dataset), strict=True)
    )
    row = (_kept(dataset, _row_name(dataset)) or 1) - 1 if _kept(dataset, "others") == ROW else None
    return None if x == y else {"kind": INPUTS, "x": x, "y": y, "row": row}


def _inputs(dataset: Dataset) -> None:
    across, up = st.columns(2)
    first = first_inputs(dataset)
    with across:
        x = _input(dataset, "x", first[0], "Across", "The input on the horizontal axis.")
    with up:
        y = _input(dataset, "y", first[1], "Up", "The input on the vertical axis.")
    if x == y:
        st.warning("Choose two different inputs.")
    elif len(dataset.inputs) > 2:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _others(dataset)


def _input(dataset: Dataset, name: str, first: int, label: str, help: str) -> int:
    return st.selectbox(
        label,
        range(len(dataset.inputs)),
        index=first,
        format_func=dataset.inputs.__getitem__,
        key=_key(dataset, name),
        help=help,
        persist_state="session",
    )


def _others(dataset: Dataset) -> None:
    others = st.segmented_control(
        "All other inputs",
        list(OTHERS),
        format_func=OTHERS.get,
        default=MEAN,
        required=True,
        key=_key(dataset, "others"),
        help="The plane cuts through many dimensions; this says where. The points are drawn whatever theirs are.",
        persist_state="session",
    )
    if others != ROW:
        return
    count = len(dataset.x_train)
    row = st.number_input(
        f"Row, 1 to {count:,}",
        min_value=1,
        max_value=count,
        step=1,
        key=_key(dataset, _row_name(dataset)),
        help="A row of the training part: the plane goes through its point, which is ringed.",
        persist_state="session",
    )
    st.text(_about(dataset, row - 1))  # its class may be a stranger's word: no markup


def _about(dataset: Dataset, row: int) -> str:
    target = dataset.y_train[row]
    mean, deviation = dataset.target_scale
    said = dataset.classes[target] if dataset.classes else f"{target * deviation + mean:.4g}"
    return f"{dataset.target.capitalize()} of this row: {said}"


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
