"""A search that is under way, or was: its figures and trials, and the best of them training beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from sqlalchemy import make_url

from playground.experiment.axes import said
from playground.experiment.data import BROUGHT
from playground.runs import ServerFull
from playground.runs.searches import searches
from playground.settings import settings
from playground.studies.spec import PRUNERS, SAMPLERS, Range, StudySpec
from playground.ui.looking import PLAYGROUND
from playground.ui.person import person
from playground.ui.plain import plain
from playground.ui.search_shown import Shown
from playground.ui.workbench import Workbench
from playground.web.components import live_view
from playground.web.explore_components import search_view

FIGURES = {
    "curves": ("Curves", "What every trial measured while it was trained: who was given up, and when."),
    "history": ("History", "Every result in the order of the trials, and the best until then."),
    "importances": ("Importances", "How much each choice matters for the result."),
    "parallel": ("Parallel", "Every finished trial as a line through all that was chosen; the best in orange."),
    "slice": ("Slice", "The results over each choice, one at a time."),
    "contour": ("Contour", "The results over two choices at once."),
    "pareto": ("Pareto front", "The best compromises between the two goals."),
}
STATES = {"running": "searching", "paused": "paused", "stopped": "stopped", "finished": "finished", "failed": "failed"}
DELETED = "search_deleted"
"""In the session: the search that was deleted last."""
_OPENED = "search_opened"


def show(bench: Workbench, shown: Shown) -> None:
    """Draw the study: what it has found on the left, its best on the right."""
    if st.session_state.pop(_OPENED, False):
        st.switch_page(PLAYGROUND)
    left, right = st.columns([27, 13], gap="small")
    with right:
        place = st.container(key="search_best")
    with left:
        _bar(bench, shown)
        search_view(
            shown.job,
            shown.name,
            look=shown.look,
            figures=_figures(shown),
            objectives=[goal.label for goal in shown.spec.sought],
            params=[{"at": at, "label": field.label} for at, field in shown.spec.fields.items()],
            shown=shown.best,
            height="calc(var(--np-explore) - 44px)",
            key="search_view",
            label="The search and what it has found",
            on_look=shown.see,
            on_act=lambda event: _act(shown, event.get("op")),
            on_open=lambda event: _open(bench, shown, event.get("trial")),
            on_best=lambda event: shown.train(event.get("trial")),
            on_gone=shown.gone,
        )
        if shown.problem:
            st.error(plain(shown.problem))
    with place:
        _best(bench, shown)


def _figures(shown: Shown) -> list[dict[str, str]]:
    """Those that say something of this study."""
    left_out = {"pareto"} if len(shown.spec.objectives) == 1 else set()
    if len(shown.spec.dimensions) == 1:
        left_out |= {"importances", "contour", "parallel"}
    return [
        {"name": name, "label": label, "help": about}
        for name, (label, about) in FIGURES.items()
        if name not in left_out
    ]


def _bar(bench: Workbench, shown: Shown) -> None:
    """A new search, the description of this one, and how others can help."""
    with st.container(key="search_bar", horizontal=True, vertical_alignment="center"):
        st.button(
            "New search",
            icon=":material/add:",
            key="search_new",
            on_click=lambda: bench.carry("study", None),
            help="Set up another one. This one goes on, and stays in the list of your searches.",
        )
        with st.popover("More machines", icon=":material/lan:", key="search_join", help="Let other computers help."):
            _join(shown)
        with st.popover("About", icon=":material/info:", key="search_about", help="What this search is."):
            _about(bench, shown)


def _join(shown: Shown) -> None:
    url, here = _address()
    st.markdown("On another machine with this project, this command joins the search as one more worker:")
    st.code(f"python -m playground.worker --storage {url} --study {shown.name}", language="bash", wrap_lines=True)
    if shown.spec.base.data.kind in BROUGHT:
        st.caption("Your own data are only on this server: workers on other machines leave this search alone.")
    if not here:
        st.caption("URL is this server's setting PLAYGROUND_STORAGE: whoever runs it can tell you.")
    elif url.startswith("sqlite"):
        st.caption(
            "Studies are kept in a file here, which only programs on this machine can use. With "
            "PLAYGROUND_STORAGE=postgresql://... other machines can join, too."
        )
    st.markdown("Optuna's own tools open it as well:")
    st.code(f'optuna.load_study(study_name="{shown.name}", storage="{url}")', language="python", wrap_lines=True)


def _address() -> tuple[str, bool]:
    """The database's address, and whether it is told: only to who sits at this machine, and without a password."""
    host = urlsplit(st.context.url or "").hostname
    if st.context.ip_address is not None or host not in ("localhost", "127.0.0.1", "::1"):
        return "URL", False
    return make_url(settings.storage_url).render_as_string(hide_password=True), True


def _about(bench: Workbench, shown: Shown) -> None:
    spec = shown.spec
    budget = f"{spec.trials:,} trials" if spec.trials else f"{spec.minutes:g} minutes"
    goals = " and ".join(goal.label.lower() for goal in spec.sought)
    st.markdown(f"Looks for the best {plain(goals)} in {budget} of {spec.epochs:,} epochs each.")
    st.markdown("\n".join(f"- {plain(line)}" for line in varied(spec)))
    early = f"{PRUNERS[spec.pruner][0].lower()} pruning" if spec.prunes else "nothing given up early"
    st.caption(f"{SAMPLERS[spec.sampler][0]}, {early}, seed {spec.seed}.")
    st.caption(
        "Whoever has this page's address can look at this search, pause it and let it go on. "
        "It is kept when the server starts again."
    )

    def delete() -> None:
        with suppress(ValueError):  # it is gone already
            searches().delete(shown.name)
            st.session_state[DELETED] = shown.name
            shown.forget()
        bench.carry("study", None)

    def use() -> None:
        bench.change(lambda _: spec.base, told="The experiment of a search")

    with st.container(horizontal=True):
        st.button(
            "Load its experiment", key="search_base", on_click=use, help="What the search began with, to go on from."
        )
        if _is_own(shown):
            help = "Ends it, and takes it off the list of your searches. You can have it back for a day."
            st.button("Delete this search", key="search_delete", on_click=delete, help=help)


def varied(spec: StudySpec) -> Iterator[str]:
    """What a study tries: "Learning rate 0.001 to 1, logarithmic", "Optimizer SGD or Adam"."""
    for dimension in spec.dimensions:
        field = spec.fields[dimension.at]
        if isinstance(dimension, Range):
            ends = " to ".join(said(field, end) for end in (dimension.low, dimension.high))
            yield f"{field.label}: {ends}{', logarithmic' if dimension.log else ''}"
        else:
            yield f"{field.label}: {' or '.join(said(field, value) for value in dimension.values)}"


def _is_own(shown: Shown) -> bool:
    """Whether the visitor began the search: whoever has its address may pause or stop it, which can be taken back."""
    try:
        return any(study["name"] == shown.name for study in searches().studies.list(person()))
    except ValueError:
        return False


def _act(shown: Shown, op: Any) -> None:
    """Pause, resume or stop; all workers of the study hear of it."""
    try:
        if op in ("pause", "resume", "stop"):
            getattr(searches(), op)(shown.name)
        shown.problem = ""
    except (ValueError, ServerFull) as problem:
        shown.problem = str(problem)


def _open(bench: Workbench, shown: Shown, number: Any) -> None:
    """Have a trial on the bench, and go where it can be played."""
    experiment = shown.trial(number)
    if experiment is not None and bench.change(lambda _: experiment, told=f"Trial {number} of a search"):
        st.session_state[_OPENED] = True


def _best(bench: Workbench, shown: Shown) -> None:
    """The best so far, training."""
    if shown.best is None or shown.run is None:
        st.markdown("**The best so far**")
        st.caption("It trains here, live, as soon as a trial has come to its end.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="search_best_bar"):
        st.markdown(f"**The best so far: trial {shown.best}**", help="Trained once more, as it was in the search.")
        st.button(
            "Open",
            icon=":material/open_in_new:",
            key="search_best_open",
            on_click=lambda: _open(bench, shown, shown.best),
            help="Put it on the bench, and go to the Playground.",
        )
    live_view(
        "boundary",
        shown.run,
        height="calc(var(--np-explore) * 0.56)",
        key="search_boundary",
        label="What the best network answers",
    )
    live_view(
        "curves",
        shown.run,
        height="calc(var(--np-explore) * 0.34)",
        options={"log": True},
        key="search_curves",
        label="Loss and accuracy of the best so far",
    )


def row(study: dict[str, Any]) -> str:
    """A search in a list: when it was begun, how far it is, what it varies."""
    when = datetime.fromtimestamp(study["begun"], UTC).astimezone().strftime("%d %b %H:%M")
    of = f" of {study['trials']:,}" if study["trials"] else ""
    return f"{when} · {study['done']:,}{of} trials, {STATES.get(study['state'], '')}"
