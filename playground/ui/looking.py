"""What a person looks at: the row of buttons over a view, kept while they visit other pages, and the main page."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import streamlit as st

PLAYGROUND = "../../pages/playground.py"
"""Where `st.switch_page` finds the main page: from the shell, which runs every page."""


def chosen(views: Iterable[str], *, key: str, label: str = "Look at", tip: str | None = None) -> str:
    """Draw the buttons; the name of the view that is chosen, at first the first of them."""
    names = list(views)
    given = st.session_state.pop(_given(key), False)  # Streamlit warns of a default beside a value that is set
    return (
        st.segmented_control(
            label,
            names,
            default=None if given else names[0],
            required=True,
            key=key,
            label_visibility="collapsed",
            persist_state="session",
            help=tip,
        )
        or names[0]
    )


def choose(key: str, name: str) -> None:
    """Have the buttons of `key`, on whichever page they are drawn next, show this view."""
    st.session_state[key] = name
    st.session_state[_given(key)] = True


def _given(key: str) -> str:
    return f"{key}_given"


def forget_unless(key: str, offered: Container[Any]) -> None:
    """Forget what was chosen under `key` where it is no longer among what is offered: its layer is gone, say."""
    if key in st.session_state and st.session_state[key] not in offered:
        del st.session_state[key]
