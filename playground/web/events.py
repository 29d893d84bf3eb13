"""What a component in the browser reports, handed on to Python."""

from collections.abc import Callable
from typing import Any

import streamlit as st


def forwarded(
    key: str, event: str, act: Callable[[Any], None] | None, kind: type | tuple[type, ...] = dict
) -> Callable[[], None]:
    """A Streamlit callback that calls ``act`` with what the component ``key`` reported as ``event``.

    Whoever sits at the browser can make it up, so a value that is no ``kind`` is passed over: no page of ours sends
    it. What is inside is for ``act`` to check.
    """

    def changed() -> None:
        value = (st.session_state.get(key) or {}).get(event)
        if act is not None and isinstance(value, kind):
            act(value)

    return changed
