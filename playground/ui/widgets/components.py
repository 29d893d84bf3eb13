"""The components' Python side: registered once, described by plain data, answering with one event at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from playground.web.events import forwarded
from playground.web.protocol import LARGEST

HERE = Path(__file__).parent


def _register(name: str) -> Any:
    return st.components.v2.component(
        f"playground_{name}",
        html=f'<div class="{name}"></div>',
        css=(HERE / f"{name}.css").read_text(),
        js=(HERE / f"{name}.js").read_text(),
    )


_stack = _register("stack")
_picker = _register("picker")
_drawing = _register("drawing")
_history = _register("history")
_gallery = _register("gallery")


def stack_editor(
    cards: list[dict], palette: list[dict], end: list[int], *, key: str, on_edit: Callable[[dict], None]
) -> None:
    """The layer-stack editor. `cards` and `palette` as `playground.ui.stack` describes them; `end`: the path after the
    last layer. Calls `on_edit` with a dict whose `op` is insert, remove, duplicate, move, set or select."""

    data = {"cards": cards, "palette": palette, "end": end}
    _stack(key=key, data=data, on_edit_change=forwarded(key, "edit", on_edit))


def drawing(svg: str, *, key: str) -> None:
    """A small SVG of ours, inline; Streamlit's own `st.html` strips SVG."""
    _drawing(key=key, data={"svg": svg})


def picker(label: str, items: list[dict], value: str, *, key: str, on_pick: Callable[[str], None]) -> None:
    """Pictures to pick one from; each item has kind, label, about and picture (SVG of ours)."""

    kinds = {item["kind"] for item in items}

    def picked(event: dict) -> None:
        if event.get("kind") in kinds:
            on_pick(event["kind"])

    data = {"label": label, "items": items, "value": value}
    _picker(key=key, data=data, on_picked_change=forwarded(key, "picked", picked))


def history(steps: list[dict], now: int, said: str, *, key: str, on_go: Callable[[int], None]) -> None:
    """Undo, redo and the list of steps; each has serial and told, and `now` is the serial of the present one.

    said: what was last done. Calls `on_go` with the serial of the step wanted, whatever the browser says that is.
    """

    heard = f"{key}: heard"

    def go(event: dict) -> None:
        serial = event.get("serial")
        if isinstance(serial, int) and 0 <= serial < LARGEST:
            st.session_state[heard] = serial
        if isinstance(event.get("to"), int):
            on_go(event["to"])

    data = {"steps": steps, "now": now, "said": said, "heard": st.session_state.get(heard, 0)}
    _history(key=key, data=data, on_go_change=forwarded(key, "go", go))


def gallery(groups: list[dict], *, key: str, on_pick: Callable[[str], None], search: bool = True) -> None:
    """Cards in groups, with a search field unless they are few; a group has a title and cards, a card has kind, title,
    about, observe and picture (SVG of ours). Calls `on_pick` with the kind of a card."""

    def picked(event: dict) -> None:
        if isinstance(event.get("kind"), str):
            on_pick(event["kind"])

    _gallery(key=key, data={"groups": groups, "search": search}, on_picked_change=forwarded(key, "picked", picked))
