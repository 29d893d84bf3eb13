"""The form of a new search: what is varied and between which values, how it is searched, for what and how long."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.experiment import Experiment
from playground.experiment.axes import Field, fields, said
from playground.experiment.data import SEED_LIMIT
from playground.studies.spec import (
    MOST_DIMENSIONS,
    MOST_EPOCHS,
    MOST_MINUTES,
    MOST_TRIALS,
    PRUNERS,
    SAMPLERS,
    Choices,
    Range,
    objectives_for,
)
from playground.ui.forms import show_value
from playground.ui.plain import plain
from playground.ui.search_draft import MINUTES, TRIALS, Draft

BUDGETS = {TRIALS: "Trials", MINUTES: "Minutes"}
NONE = ""


def what(draft: Draft, experiment: Experiment, problems: dict[str, str]) -> None:
    """What is varied: a row each."""
    known = fields(experiment)
    st.markdown("**What may vary**", help="A trial is this experiment with a value of its own for each of these.")
    with st.container(key="search_rows"):
        for at, dimension in draft.dimensions.items():
            field = known[at]
            with st.container(key=f"search_row_{at.replace('.', '_')}", horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(field.label)}", help=plain(field.help) or None, width=150)
                if isinstance(dimension, Range):
                    _range(draft, field, dimension)
                else:
                    _choices(draft, field, dimension)
                _remove(draft, at, field)
            if at in problems:
                st.error(plain(problems[at]))
    _add(draft, known)


def _range(draft: Draft, field: Field, now: Range) -> None:
    whole = field.kind == "integer"
    cast = int if whole else float
    for name, label in (("low", "From"), ("high", "To")):
        key = f"search:{field.at}:{name}"
        show_value(key, cast(getattr(now, name)))
        st.number_input(
            f"{label}, {field.label}",
            value=None,
            required=True,
            min_value=None if field.low is None else cast(field.low),
            max_value=None if field.high is None else cast(field.high),
            step=cast(1 if whole else field.step or 0.001),
            format="%d" if whole else "%g",
            key=key,
            label_visibility="collapsed",
            on_change=lambda name=name, key=key: draft.span(field.at, **{name: st.session_state[key]}),
            help="The least value that is tried." if name == "low" else "The greatest value that is tried.",
        )
        if name == "low":
            st.markdown("to", width="content")
    key = f"search:{field.at}:log"
    show_value(key, now.log)
    st.toggle(
        "log",
        key=key,
        on_change=lambda: draft.span(field.at, log=st.session_state[key]),
        help="On: from 0.001 to 0.01 there is as much to try as from 0.01 to 0.1. Off: all distances count the same.",
    )


def _choices(draft: Draft, field: Field, now: Choices) -> None:
    key = f"search:{field.at}:values"
    options = [value for value, _ in field.choices] or list(now.values)
    # By index: a switch's True would be taken for the number 1.
    chosen = [index for index, value in enumerate(options) if any(_same(value, other) for other in now.values)]
    show_value(key, chosen)
    st.multiselect(
        f"Values, {field.label}",
        range(len(options)),
        format_func=lambda index: said(field, options[index]),
        key=key,
        label_visibility="collapsed",
        on_change=lambda: draft.choose(field.at, [options[index] for index in st.session_state[key]]),
        help="One of these is taken for each trial.",
    )


def _same(value: Any, other: Any) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _remove(draft: Draft, at: str, field: Field) -> None:
    st.button(
        "",
        icon=":material/close:",
        key=f"search_remove_{at.replace('.', '_')}",
        type="tertiary",
        on_click=lambda: draft.remove(at),
        disabled=len(draft.dimensions) == 1,
        help=f"Leave this as it is: {plain(said(field, field.now))}.",
    )


def _add(draft: Draft, known: dict[str, Field]) -> None:
    """Any other field of the experiment: type to find it."""
    rest = [at for at in known if at not in draft.dimensions]

    def add() -> None:
        at = st.session_state["search_add"]
        if at in known:
            draft.add(known[at])
        st.session_state["search_add"] = None

    st.selectbox(
        "Vary something else",
        rest,
        index=None,
        format_func=lambda at: f"{known[at].group} · {known[at].label}" if at in known else str(at),
        key="search_add",
        placeholder="Vary something else: type to find it",
        label_visibility="collapsed",
        on_change=add,
        disabled=len(draft.dimensions) >= MOST_DIMENSIONS,
        help=f"Any number, switch or choice of the experiment, {MOST_DIMENSIONS} at most.",
    )


def how(draft: Draft, experiment: Experiment) -> None:
    """How it is searched, for what, and for how long."""
    st.markdown("**How to search**", help="Which values are tried next, and which trials are given up early.")
    _pick("Sampler", "sampler", SAMPLERS, draft)
    _pick("Give up early", "pruner", PRUNERS, draft)
    _objectives(draft, experiment)
    left, middle, right = st.columns([10, 11, 10], gap="small", vertical_alignment="bottom")
    with left:
        _amount(draft, "epochs", "Epochs", 1, MOST_EPOCHS, "How long a trial is trained, unless it is given up.")
    with middle:
        show_value("search_budget", draft.budget)
        st.selectbox(
            "Budget",
            list(BUDGETS),
            format_func=BUDGETS.get,
            key="search_budget",
            on_change=lambda: setattr(draft, "budget", st.session_state["search_budget"]),
            help="Whether the search ends after so many trials or so many minutes.",
        )
    with right:
        if draft.budget == TRIALS:
            _amount(draft, "trials", "How many", 1, MOST_TRIALS, "The search ends after so many trials.")
        else:
            _amount(draft, "minutes", "How many", 0.1, float(MOST_MINUTES), "No more trials begin after so long.")
    with st.expander("Advanced"):
        about = "Draws what is tried, not how a trial is trained: with another seed the search takes another way."
        _amount(draft, "seed", "Seed", 0, SEED_LIMIT, about, step=1)


def _pick(label: str, name: str, entries: dict[str, tuple[str, str]], draft: Draft) -> None:
    key, now = f"search_{name}", getattr(draft, name)
    show_value(key, now)
    st.selectbox(
        label,
        list(entries),
        format_func=lambda kind: entries[kind][0],
        key=key,
        on_change=lambda: setattr(draft, name, st.session_state[key]),
        help="  \n".join(f"**{title}**: {about}" for title, about in entries.values()),
    )


def _objectives(draft: Draft, experiment: Experiment) -> None:
    known = objectives_for(experiment)
    learnt = [name for name in known if name in ("loss", "accuracy", "r2")]
    first, *second = draft.objectives
    left, right = st.columns(2, gap="small")
    with left:
        show_value("search_first", first)
        st.selectbox(
            "Look for",
            learnt,
            format_func=lambda name: _goal(known[name]),
            key="search_first",
            on_change=lambda: draft.seek(0, st.session_state["search_first"]),
            help="  \n".join(f"**{known[name].label}**: {known[name].help}" for name in learnt),
        )
    others = [name for name in known if name != first]
    with right:
        show_value("search_second", second[0] if second else NONE)
        st.selectbox(
            "and",
            [NONE, *others],
            format_func=lambda name: _goal(known[name]) if name else "nothing else",
            key="search_second",
            on_change=lambda: draft.seek(1, st.session_state["search_second"]),
            help="A second goal: then the best compromises between both are shown, and no trial is given up early.",
        )


def _goal(objective: Any) -> str:
    return f"{'Low' if objective.direction == 'minimize' else 'High'} {_lower(objective.label)}"


def _lower(text: str) -> str:
    return text if text[1:2] in ("", "²") else text[:1].lower() + text[1:]


def _amount(draft: Draft, name: str, label: str, least: float, most: float, about: str, step: int = 10) -> None:
    key, now = f"search_{name}", getattr(draft, name)
    show_value(key, now)

    def changed() -> None:
        if st.session_state[key] is not None:
            setattr(draft, name, st.session_state[key])

    whole = isinstance(now, int)
    st.number_input(
        label,
        value=None,
        required=True,
        min_value=least,
        max_value=most,
        step=step if whole else 1.0,
        format="%d" if whole else "%g",
        key=key,
        on_change=changed,
        help=about,
    )
