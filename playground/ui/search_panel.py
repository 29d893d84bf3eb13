"""A search for good hyperparameters: set up, followed live, and come back to (Optuna)."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from playground.experiment.axes import said
from playground.network.standing import problem_of
from playground.runs import ServerFull
from playground.runs.searches import searches
from playground.settings import settings
from playground.studies.existing import exist
from playground.studies.spec import PRUNERS, SAMPLERS, StudySpec
from playground.studies.suggesting import examples
from playground.ui import search_form, search_watch
from playground.ui.person import person
from playground.ui.plain import plain
from playground.ui.search_draft import TRIALS, Draft
from playground.ui.search_shown import Shown
from playground.ui.workbench import Workbench

EXAMPLES = 3
FEW, LIST_HEIGHT = 8, 330
"""Searches that are listed as they are, and pixels for the list of more: it is scrolled then."""


def show(bench: Workbench) -> None:
    """Draw the view: the search that the address names, or the form of a new one."""
    searches().warm()
    name, lost = bench.carried.get("study"), ""
    try:
        shown = Shown.current(name) if name else None
    except ValueError as problem:  # a StudyError; to name it here would import Optuna with the page
        shown, lost = None, str(problem)
        bench.carry("study", None)
    if shown is None:
        _new(bench, lost)
    else:
        search_watch.show(bench, shown)


def _new(bench: Workbench, lost: str) -> None:
    """The form, and the searches that there have been."""
    if not bench.fits:
        return
    draft = Draft.current(bench.experiment)
    spec, problems = draft.spec(bench.experiment)
    left, middle, right = st.columns([20, 12, 11], gap="medium")
    with left, st.container(key="search_controls"):
        search_form.what(draft, bench.experiment, problems)
        if spec is not None:
            _examples(spec)
    with middle, st.container(key="search_how_controls"):
        search_form.how(draft, bench.experiment)
    with right, st.container(key="search_begin_controls"):
        if lost:
            st.warning(plain(lost))
        _go(bench, draft, spec, problems.get("", ""))
        _earlier(bench)


def _examples(spec: StudySpec) -> None:
    """A few trials as they might be, and why one of them could not be trained."""
    known = spec.fields
    drawn = list(examples(spec, EXAMPLES))
    rows = [[said(field, values[at]) if at in values else "–" for at, field in known.items()] for values in drawn]
    heads = [field.label for field in known.values()]
    if any(problems := [_problem(spec, values).split(". ")[0] for values in drawn]):
        heads.append("Problem")
        rows = [[*row, problem] for row, problem in zip(rows, problems, strict=True)]
    lines = [f"| {' | '.join(map(plain, row))} |" for row in (heads, *rows)]
    lines.insert(1, "|---" * len(heads) + "|")
    with st.container(key="search_examples"):
        st.caption("Trials might be, for example:")
        st.markdown("\n".join(lines))


def _problem(spec: StudySpec, values: dict) -> str:
    try:
        return problem_of(spec.experiment(values)) or ""
    except ValueError as wrong:
        return str(wrong)


def _go(bench: Workbench, draft: Draft, spec: StudySpec | None, problem: str) -> None:
    """The button, and what it would begin."""

    def go() -> None:
        draft.problem = ""
        try:
            bench.carry("study", searches().create(spec, person()))
        except (ServerFull, ValueError) as wrong:
            draft.problem = str(wrong)

    st.button(
        "Start search",
        icon=":material/search:",
        type="primary",
        key="search_go",
        width="stretch",
        disabled=spec is None,
        on_click=go,
        help="Train one trial after another, and learn from each which one to try next.",
    )
    if problem or draft.problem:
        st.error(plain(problem or draft.problem))
    if spec is not None:
        st.caption(_told(draft, spec))
        for remark in spec.remarks:
            st.caption(f":material/info: {remark}")


def _told(draft: Draft, spec: StudySpec) -> str:
    """What will happen, in a sentence or two."""
    budget = f"**{draft.trials:,} trials**" if draft.budget == TRIALS else f"**{draft.minutes:g} minutes** of trials"
    things = "one thing" if len(spec.dimensions) == 1 else f"{len(spec.dimensions)} things"
    ways = {
        "tpe": "learns where good values lie",
        "random": "draws at random",
        "cmaes": "moves downhill",
        "gp": "fits a surface",
    }
    text = f"{budget}, each this experiment with other values for {things}, trained for {spec.epochs:,} epochs. "
    text += f"{SAMPLERS[spec.sampler][0]} {ways[spec.sampler]}"
    return text + (
        f"; {PRUNERS[spec.pruner][0].lower()} pruning gives hopeless trials up early." if spec.prunes else "."
    )


def _earlier(bench: Workbench) -> None:
    """The person's searches, to come back to."""
    try:
        if not exist(settings.storage_url):
            return
        found, deleted = (searches().studies.list(person(), deleted=gone) for gone in (False, True))
    except (ValueError, SQLAlchemyError) as problem:
        st.error(plain(f"Your searches cannot be listed: {str(problem).splitlines()[0]}"))
        return
    _undo(bench, deleted)
    if not found:
        return
    st.markdown("**Your searches**", help=f"Kept in this server's database for you: {len(found)} of them.")
    with st.container(key="search_list", height="content" if len(found) <= FEW else LIST_HEIGHT, border=False):
        _list(found, "search_open", lambda name: bench.carry("study", name))


def _undo(bench: Workbench, deleted: list[dict]) -> None:
    """What can be had back: the search that was deleted just now by one press, the others out of a list."""

    def restore(name: str) -> None:
        try:
            searches().restore(name)
        except ValueError as problem:
            Draft.current(bench.experiment).problem = str(problem)
        else:
            bench.carry("study", name)

    names = [study["name"] for study in deleted]
    last = st.session_state.get(search_watch.DELETED)
    others = [study for study in deleted if study["name"] != last]
    if last in names:
        st.caption(plain(f"Deleted: {deleted[names.index(last)]['title']}"))
    with st.container(key="search_undo", horizontal=True):
        if last in names:
            undo, about = ":material/undo:", "Have the deleted search back, with all its trials."
            st.button("Undo", icon=undo, key="search_undelete", on_click=lambda: restore(last), help=about)
        if others:
            about = "Searches that you deleted within a day: they can be had back."
            with st.popover("Deleted searches", icon=":material/restore_from_trash:", help=about):
                _list(others, "search_restore", restore)


def _list(studies: list[dict], key: str, press: Callable[[str], None]) -> None:
    """A button for each of some studies."""
    for study in studies:
        st.button(
            search_watch.row(study),
            key=f"{key}_{study['name']}",
            width="stretch",
            on_click=lambda name=study["name"]: press(name),
            help=plain(study["title"]),
        )
