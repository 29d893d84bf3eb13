"""A person's runs, side by side: all that they have trained, over restarts of the server."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.archive import ArchiveError, KeptRun
from playground.experiment.contrast import contrast
from playground.runs import hub
from playground.ui import runs_export, runs_rows
from playground.ui.looking import PLAYGROUND
from playground.ui.person import person
from playground.ui.plain import plain
from playground.ui.runs_draft import COLOURS, Draft, curves
from playground.ui.workbench import Workbench
from playground.web.explore_components import runs_view

KEPT = "compare"
"""In the address: the runs that a person has chosen to compare."""
LOOKS = 2.0
"""Seconds between two looks at what has been kept meanwhile."""
INCOMPARABLE = "Other data or another loss: compare their accuracy, not their losses."


def show(bench: Workbench) -> None:
    """Draw the view. It looks again by itself, so that runs which train are seen to move."""
    draft = Draft.current(person())
    with st.container(key="runs_area"):
        _follow(bench, draft)


@st.fragment(run_every=LOOKS)
def _follow(bench: Workbench, draft: Draft) -> None:
    if draft.leave:
        draft.leave = draft.moved = False
        st.switch_page(PLAYGROUND)
    if draft.moved:
        draft.moved = False
        st.rerun()  # the controls above are another run's now
    try:
        runs = draft.seen = sorted(hub().kept(draft.person), key=lambda run: run.created, reverse=True)
    except ArchiveError as away:
        st.error(plain(str(away)))
        if draft.seen is None:
            return
        runs = draft.seen  # what was seen does not vanish
    else:
        problem = draft.told or hub().keeping_problem
        if problem:
            st.warning(plain(problem))
    draft.adopt(bench.carried.get(KEPT), runs)
    compared = draft.compared(runs)
    bench.carry(KEPT, draft.text)
    draft.picture(compared)
    with st.container(key="runs_body"):
        if runs:
            runs_export.show(draft.person, compared, runs)
        _view(bench, draft, runs, compared)


def _view(bench: Workbench, draft: Draft, runs: Sequence[KeptRun], compared: Sequence[KeptRun]) -> None:
    experiments = [run.experiment for run in compared]
    comparable = len({(one.training.loss.kind, one.data.kind) for one in experiments}) < 2
    runs_view(
        runs=[runs_rows.row(run, bench.run) for run in runs],
        pinned=[run.id for run in compared],
        curves=_curves(compared),
        contrast=[{"label": row.label, "values": row.values} for row in contrast(experiments)],
        comparable=comparable,
        colours=COLOURS,
        job=draft.job,
        height="var(--np-explore)",
        key="runs_view",
        deleted=draft.deleted,
        restorable=[runs_rows.row(run, None) for run in draft.restorable],
        note="" if comparable else INCOMPARABLE,
        done=draft.done,
        on_act=lambda report: draft.take(bench, report),
        on_gone=draft.gone,
    )


def _curves(compared: Sequence[KeptRun]) -> dict[str, dict]:
    """The curves of those that can be read."""
    found = {}
    for run in compared:
        try:
            found[run.id] = curves(run.id, run.person, run.updated)
        except (ArchiveError, KeyError):
            continue  # deleted meanwhile, or damaged: the others are there
    return found
