"""Whose runs are whose: the person at a browser, by the cookie that came with its page."""

import streamlit as st

from playground.web.visitor import COOKIE, new_token, person_of

_KEY = "person"


def person() -> str:
    """The visitor's id, unguessable and the same as long as their browser keeps its cookies; where those are off, the
    same until the page is closed."""
    known = person_of(st.context.cookies.get(COOKIE))
    if known is not None:
        return known
    if _KEY not in st.session_state:
        st.session_state[_KEY] = person_of(new_token())
    return st.session_state[_KEY]
