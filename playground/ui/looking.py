"""The row of buttons over a view: which of several a person looks at, kept while they visit other pages."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import streamlit as st


def chosen(views: Iterable[str], *, key: str, label: str = "Look at", tip: str | None = None) -> str:
    """Draw the buttons; the name of the view that is chosen, at first the first of them."""
    names = list(views)
    return (
        st.segmented_control(
            label,
            names,
            default=names[0],
            required=True,
            key=key,
            label_visibility="collapsed",
            persist_state="session",
            help=tip,
        )
        or names[0]
    )


def forget_unless(key: str, offered: Container[Any]) -> None:
    """Forget what was chosen under `key` where it is no longer among what is offered: its layer is gone, say."""
    if key in st.session_state and st.session_state[key] not in offered:
        del st.session_state[key]
