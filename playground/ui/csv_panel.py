"""A person's own table: upload it, see what was found in it, choose the target and how it is read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from playground.data import store
from playground.data.errors import TableError
from playground.data.inspection import Inspection, inspect, task_for
from playground.data.names import clean
from playground.experiment import edits
from playground.experiment.data import CSV
from playground.ui.forms import field, key_of
from playground.ui.workbench import Workbench

AT = ("data",)
UPLOAD = ("csv",)
FIELDS = ("missing", "as_task")
"""The fields drawn here, beside the table they belong to."""


def show(bench: Workbench) -> None:
    """The uploader and, when the experiment is on an uploaded table, its choices."""
    data = bench.experiment.data
    own = isinstance(data, CSV)
    with st.expander("Your own table (CSV)", icon=":material/upload_file:", expanded=own or UPLOAD in bench.errors):
        st.file_uploader(
            "CSV file",
            type=["csv", "tsv", "txt"],
            key="csv_upload",
            on_change=lambda: _uploaded(bench),
            label_visibility="collapsed",
            help="It stays on this server, where everybody with the experiment's link can train on it.",
        )
        if UPLOAD in bench.errors:
            st.error(bench.errors[UPLOAD])
        if own:
            _choices(bench, data)


def _uploaded(bench: Workbench) -> None:
    upload = st.session_state["csv_upload"]
    if upload is None:
        return
    bench.errors = {}
    try:
        content = upload.getvalue()
        found = inspect(content).proposal
        digest = store.put(content)
        data = CSV(
            kind="csv",
            table=digest,
            name=clean(upload.name),
            target=found.target,
            as_task=found.task,
            columns=found.columns,
        )
    except TableError as error:
        bench.errors[UPLOAD] = error.message
        return
    bench.change(lambda experiment: edits.fit_loss(experiment, data), UPLOAD)


@st.cache_data(show_spinner=False, max_entries=16)
def _inspection(digest: str) -> Inspection:
    return inspect(store.get(digest))


def _choices(bench: Workbench, data: CSV) -> None:
    try:
        found = _inspection(data.table)
    except TableError as error:
        st.error(error.message)
        return
    names = [column.name for column in found.table.columns]
    rows = len(found.table.columns[0].values)
    st.caption(f"{data.name}: {rows:,} rows, {len(names)} columns, {found.delimiter}-separated, {found.encoding}")
    _target(bench, data, found, names)
    _columns(bench, data, found, names)
    left, right = st.columns(2)
    with left:
        field(bench, data, AT, FIELDS[0])
    with right:
        field(bench, data, AT, FIELDS[1])
    with st.popover("What was found in each column", width="stretch"):
        advice = found.proposal.advice
        st.dataframe(
            pd.DataFrame(
                {
                    "column": [a.name for a in advice],
                    "type": [a.kind for a in advice],
                    "missing": [a.missing for a in advice],
                    "different values": [a.distinct for a in advice],
                    "left out because it": [a.reason for a in advice],
                    "note": [a.note for a in advice],
                }
            ),
            hide_index=True,
        )


def _target(bench: Workbench, data: CSV, found: Inspection, names: list[str]) -> None:
    key = key_of((*AT, "target"))

    def changed() -> None:
        target = st.session_state[key]
        column = next(column for column in found.table.columns if column.name == target)
        # The old target becomes an input, the new one stops being one.
        columns = tuple(name for name in (*data.columns, data.target) if name != target)
        new = {**dict(data), "target": target, "columns": columns, "as_task": task_for(column)}
        bench.change(lambda experiment: edits.fit_loss(experiment, CSV.model_validate(new)), (*AT, "target"))

    st.session_state[key] = data.target
    st.selectbox("Target", names, key=key, on_change=changed, help="The column the network learns to predict.")
    if (*AT, "target") in bench.errors:
        st.error(bench.errors[(*AT, "target")])


def _columns(bench: Workbench, data: CSV, found: Inspection, names: list[str]) -> None:
    key = key_of((*AT, "columns"))

    def changed() -> None:
        bench.set((*AT, "columns"), tuple(st.session_state[key]))

    st.session_state[key] = list(data.columns)
    st.multiselect(
        "Inputs",
        [name for name in names if name != data.target],
        key=key,
        on_change=changed,
        help="The columns the network is fed. Words become one input per value; numbers are standardised.",
    )
    if (*AT, "columns") in bench.errors:
        st.error(bench.errors[(*AT, "columns")])
