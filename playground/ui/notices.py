"""What concerns a whole page: a link that cannot be opened, no room for a run, an experiment that cannot be trained."""

from __future__ import annotations

import streamlit as st

from playground.ui.looking import PLAYGROUND
from playground.ui.plain import plain
from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """On a page with the experiment's forms, after them: also errors whose field is not on the page."""
    for message in bench.untold():
        st.error(plain(message))
    _of_any_page(bench)
    if not bench.in_step and not bench.full:
        _draft(bench)


def elsewhere(bench: Workbench) -> None:
    """On a page that has none of them."""
    _of_any_page(bench)
    if bench.fits:
        return
    reason = bench.data_problem[1] if bench.data_problem else bench.summary.problems[0][1]
    shown = " What is shown here is the last one that did." if bench.trained else ""
    with st.container(horizontal=True, vertical_alignment="center", key="not_trained"):
        st.warning(f"Your experiment cannot be trained yet. {plain(reason)}{shown}")
        if bench.trained:
            _go_back(bench)
        if st.button("Mend it in the Playground", icon=":material/build:", key="mend"):
            st.switch_page(PLAYGROUND)


def _of_any_page(bench: Workbench) -> None:
    if bench.notice:
        st.warning(plain(bench.notice))
    if bench.full:
        st.error(f"{bench.full} Your experiment is safe in this page's address.")
        st.button("Try again", icon=":material/refresh:", key="try_again")


def _draft(bench: Workbench) -> None:
    shown = " The views show the last one that did." if bench.trained else ""
    if bench.data_problem:
        st.warning(f"This data cannot be read: see the Data tab.{shown}")
    else:
        st.warning(f"This stack does not fit together yet: see the card marked red.{shown}")
    if bench.trained:
        _go_back(bench)


def _go_back(bench: Workbench) -> None:
    st.button("Go back to the one that trains", icon=":material/undo:", key="undo", on_click=bench.take_theirs)
