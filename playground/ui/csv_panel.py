"""A person's own table: upload it, see what was found in it, choose the target and how it is read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from playground.data import load, store
from playground.data.errors import TableError
from playground.data.inspection import Inspection, inspect, task_for
from playground.data.names import clean
from playground.experiment import edits, task_of
from playground.experiment.data import CSV
from playground.settings import MEGABYTE, settings
from playground.ui.forms import field, key_of, show_error, show_value
from playground.ui.workbench import TABLE, Workbench

AT = ("data",)
TARGET = (*AT, "target")
COLUMNS = (*AT, "columns")
MISSING = {
    "drop": "Drop the row",
    "mean": "Fill with the column's mean",
    "median": "Fill with the column's median",
    "most_frequent": "Fill with its most frequent value",
}


def drawn_there(data: object) -> tuple[str, ...]:
    """Fields of `data` that the Data tab leaves out: they stand beside the table here, or mean nothing for its task."""
    if not isinstance(data, CSV):
        return ()
    return ("missing", "as_task", *(("balance", "label_noise") if task_of(data) == "regression" else ()))


def show(bench: Workbench) -> None:
    """The uploader and, when the experiment is on an uploaded table, its choices."""
    data = bench.experiment.data
    own = isinstance(data, CSV)
    if own:
        bench.table = data
    opened = own or TABLE in bench.errors
    with st.expander("Your own table (CSV)", icon=":material/upload_file:", expanded=opened):
        st.file_uploader(
            "CSV file",  # any name will do: what is in it decides, and a workbook is told what to do with it
            key="csv_upload",
            on_change=lambda: _uploaded(bench),
            label_visibility="collapsed",
            max_upload_size=max(1, settings.csv_bytes // MEGABYTE),
        )
        st.caption("It stays on this server, where everybody with the experiment's link can train on it.")
        show_error(bench, TABLE)
        if own:
            _choices(bench, data)
        elif bench.table is not None:
            st.button(
                f"Use {bench.table.name} again",
                icon=":material/undo:",
                key="csv_again",
                on_click=lambda: use(bench, bench.table),
            )


def _uploaded(bench: Workbench) -> None:
    upload = st.session_state["csv_upload"]
    if upload is not None:
        take(bench, upload.getvalue(), upload.name)


def take(bench: Workbench, content: bytes, name: str) -> None:
    """Keep an uploaded file and train on it as proposed; one that was chosen before keeps its choices."""
    bench.errors = {}
    try:
        found = inspect(content).proposal
        digest = store.put(content)
    except TableError as error:
        bench.errors[TABLE] = f"{clean(name)}: {error.message}"
        return
    if bench.table is not None and bench.table.table == digest:
        use(bench, bench.table)
        return
    proposed = {"target": found.target, "as_task": found.task, "columns": found.columns}
    bench.change(
        lambda experiment: edits.fit_loss(
            experiment, CSV.model_validate({"kind": "csv", "table": digest, "name": clean(name), **proposed})
        ),
        TABLE,
    )


def use(bench: Workbench, data: CSV) -> None:
    """Put the experiment on a table that was uploaded before."""
    bench.change(lambda experiment: edits.fit_loss(experiment, data), TABLE)


@st.cache_resource(show_spinner=False, max_entries=8)
def _inspection(digest: str) -> Inspection:
    return inspect(store.get(digest))


def _choices(bench: Workbench, data: CSV) -> None:
    try:
        found = _inspection(data.table)
    except TableError:
        return  # told above: the experiment cannot be trained either
    names = [column.name for column in found.table.columns]
    rows = len(found.table.columns[0].values)
    st.caption(
        f"{data.name}: {rows:,} rows, {len(names)} columns, {found.delimiter}-separated, {found.encoding.upper()}"
    )
    _target(bench, data, found, names)
    field(bench, data, AT, "as_task")
    _columns(bench, data, names)
    field(bench, data, AT, "missing", words=MISSING)
    _notes(bench, data)
    with st.popover("What was found in each column", width="stretch"):
        st.dataframe(_findings(found), hide_index=True)


def _notes(bench: Workbench, data: CSV) -> None:
    """What became of rows and columns, where the table can be used."""
    notes = load(data).notes if bench.summary else ()
    if notes:
        st.caption("; ".join(notes))


def _findings(found: Inspection) -> pd.DataFrame:
    advice = found.proposal.advice
    return pd.DataFrame(
        {
            "column": [a.name for a in advice],
            "type": [a.kind for a in advice],
            "missing": [a.missing for a in advice],
            "different values": [a.distinct for a in advice],
            "left out because it": [a.reason for a in advice],
            "note": [a.note for a in advice],
        }
    )


def _target(bench: Workbench, data: CSV, found: Inspection, names: list[str]) -> None:
    key = key_of(TARGET)

    def changed() -> None:
        set_target(bench, found, st.session_state[key])

    show_value(key, data.target)
    st.selectbox("Target", names, key=key, on_change=changed, help="The column the network learns to predict.")
    show_error(bench, TARGET)


def set_target(bench: Workbench, found: Inspection, target: str) -> None:
    """Predict another column: the old target becomes an input, the new one stops being one, the task is proposed."""

    def predicting(data: CSV) -> CSV:
        column = next(column for column in found.table.columns if column.name == target)
        columns = tuple(name for name in (*data.columns, data.target) if name != target)
        return CSV.model_validate({**dict(data), "target": target, "columns": columns, "as_task": task_for(column)})

    bench.change(lambda experiment: edits.fit_loss(experiment, predicting(experiment.data)), TARGET)


def _columns(bench: Workbench, data: CSV, names: list[str]) -> None:
    key = key_of(COLUMNS)
    show_value(key, list(data.columns))
    st.multiselect(
        "Inputs",
        [name for name in names if name != data.target],
        key=key,
        on_change=lambda: bench.set(COLUMNS, tuple(st.session_state[key])),
        help="The columns the network is fed. Words become one input per value; numbers are standardised.",
    )
    show_error(bench, COLUMNS)
