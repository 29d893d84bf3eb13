"""The row of buttons over a view: which of several a person looks at, kept while they visit other pages."""

from __future__ import annotations

from collections.abc import Iterable

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
