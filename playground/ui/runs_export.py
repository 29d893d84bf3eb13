"""Kept runs as files: those that are compared, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from playground.archive import KeptRun
from playground.runs import hub

FORMATS = {
    "csv": ("CSV", "text/csv", ":material/table:", "All curves as one table, as every spreadsheet and pandas read it."),
    "json": ("JSON", "application/json", ":material/data_object:", "Experiments, links and curves, all in one file."),
    "tensorboard": (
        "TensorBoard",
        "application/zip",
        ":material/monitoring:",
        "Event files, a folder for each run: unpack them, and start tensorboard --logdir there.",
    ),
}
ENDINGS = {"csv": "csv", "json": "json", "tensorboard": "zip"}
WHICH = ("Compared", "All")
PATIENCE = 600.0
"""Seconds that a download waits for its file."""


def show(person: str, compared: Sequence[KeptRun], runs: Sequence[KeptRun]) -> None:
    """A button that opens what there is to take away."""
    with st.container(key="runs_export"), st.popover("Export", icon=":material/download:", help="Takes runs along."):
        which = st.segmented_control(
            "Runs",
            WHICH,
            default=WHICH[0],
            required=True,
            key="runs_export_which",
            help="Those that you compare, or all that are kept.",
        )
        chosen = compared if which == WHICH[0] else runs
        for name, (label, mime, icon, help) in FORMATS.items():
            st.download_button(
                label,
                partial(file_of, person, [run.id for run in chosen], name),
                file_name=f"runs.{ENDINGS[name]}",
                mime=mime,
                icon=icon,
                help=help,
                disabled=not chosen,
                on_click="ignore",
                width="stretch",
                key=f"runs_export_{name}",
            )


def file_of(person: str, ids: Sequence[str], name: str) -> bytes:
    """The file, made by the studio. Raises ValueError, in words for a person."""
    job = hub().job(hub().begin("take_runs", {"person": person, "runs": list(ids), "format": name}))
    while job.state == "working":
        job = hub().job(job.id, job.revision, PATIENCE)
    if job.state != "done":
        raise ValueError(job.text or "This could not be written.")
    return job.data
