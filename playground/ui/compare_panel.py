"""Two terrains compared: a published fact to see for oneself, or one's own experiment against a change of it."""

from __future__ import annotations

import streamlit as st

from playground.experiment.comparisons import FACTS
from playground.experiment.variants import variants
from playground.figures import theme
from playground.figures.compare import COLOURS
from playground.ui.compare_draft import LINK, MINE, Draft
from playground.ui.forms import fields, show_value
from playground.ui.plain import plain
from playground.ui.workbench import Workbench
from playground.web.components import compare_view

AT = ("compare",)


def show(bench: Workbench) -> None:
    """Draw the view: what is compared on the left, both terrains beside it."""
    draft = Draft.current()
    controls, picture = st.columns([9, 31], gap="small")
    with controls, st.container(key="compare_controls"):
        _subject(draft)
        if draft.chosen == MINE:
            _against(bench, draft)
        else:
            fact = FACTS[draft.chosen]
            st.markdown(plain(fact.claim))
            st.caption(plain(fact.source))
        _go(bench, draft)
        fields(draft, draft.settings, AT)
    if draft.chosen != MINE and draft.is_stale:
        draft.begin(bench.experiment)  # it takes a moment: it need not be asked for
    with picture:
        compare_view(
            draft.job,
            draft.names,
            height="var(--np-landscape)",
            key="compare_view",
            label=f"{draft.names[0]} and {draft.names[1]}",
            log=draft.log,
            colours=COLOURS,
            terrain=theme.TERRAIN,
            on_cancel=draft.cancel,
            on_gone=draft.gone,
        )


def _subject(draft: Draft) -> None:
    names = {**{name: fact.title for name, fact in FACTS.items()}, MINE: "This experiment and …"}
    show_value("compare_what", draft.chosen)
    st.selectbox(
        "Compare",
        list(names),
        format_func=names.get,
        key="compare_what",
        on_change=lambda: draft.choose(st.session_state["compare_what"]),
        help="Something that was published, to see for yourself, or your own experiment and a change of it.",
    )


def _against(bench: Workbench, draft: Draft) -> None:
    """What the own experiment is compared with."""
    known = {name: label for name, (label, _) in variants(bench.experiment).items()}
    names = {**known, LINK: "another experiment (link)"}
    if draft.variant not in names:
        draft.variant = next(iter(names))

    def choose() -> None:
        draft.variant = st.session_state["compare_with"]

    show_value("compare_with", draft.variant)
    st.selectbox(
        "with",
        list(names),
        format_func=names.get,
        key="compare_with",
        on_change=choose,
        help="The same experiment with one thing changed, or any other experiment.",
    )
    if draft.variant == LINK:

        def paste() -> None:
            draft.link = st.session_state["compare_link"]

        show_value("compare_link", draft.link)
        st.text_input(
            "Link",
            key="compare_link",
            on_change=paste,
            placeholder="https://…",
            help="The address of a page that shows the other experiment.",
        )


def _go(bench: Workbench, draft: Draft) -> None:
    """The button, the scale, and why there is nothing to see."""

    def scale() -> None:
        draft.log = st.session_state["compare_log"]

    st.button(
        "Compare",
        icon=":material/compare:",
        type="primary",
        key="compare_go",
        width="stretch",
        on_click=lambda: draft.begin(bench.experiment),
        help="Train both from scratch, and measure the loss around where each ends, along directions of one seed.",
    )
    if draft.problem:
        st.warning(plain(draft.problem))
    show_value("compare_log", draft.log)
    st.toggle(
        "Log height",
        key="compare_log",
        on_change=scale,
        help="Draws both losses on a logarithmic scale: valleys show.",
    )
