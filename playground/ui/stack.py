"""The layer-stack editor: the experiment's network as cards, and a person's edits as a new network."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.experiment import edits
from playground.experiment.experiment import walk
from playground.network.shapes import Summary
from playground.settings import settings
from playground.ui.plain import plain
from playground.ui.stack_cards import STACK, Path, cards, palette, place
from playground.ui.widgets.components import stack_editor
from playground.ui.workbench import Workbench, sentence


def exists(network: tuple, path: Path) -> bool:
    """Whether there is a layer at `path`."""
    try:
        edits.layer_at(network, path)
    except IndexError:
        return False
    return True


def editor(bench: Workbench, summary: Summary) -> None:
    """Draw the stack and take edits."""

    def on_edit(event: dict[str, Any]) -> None:
        apply(bench, event)

    offered = palette(bench.experiment.data.family == "image")
    stack_editor(cards(bench, summary), offered, [len(bench.experiment.network)], key="stack", on_edit=on_edit)
    if message := bench.error(STACK):
        st.error(plain(message))


def apply(bench: Workbench, event: dict[str, Any]) -> None:
    """One edit from the cards or the diagram: `op` and what it needs. What makes no sense is told at the stack."""
    op, path = event.get("op"), _path(event.get("path", []))
    if op not in ("select", "set", "units", *STRUCTURAL):
        return
    if path is None:
        bench.errors = {STACK: NONSENSE}
    elif op == "select":
        bench.selected = None if bench.selected == path else path
    elif op in ("set", "units"):
        name = event.get("name", "units")
        if not isinstance(name, str):
            bench.errors = {STACK: NONSENSE}
        elif exists(bench.experiment.network, path):
            bench.set((*place(path), name), event.get("value") if op == "set" else event.get("units"))
        else:
            bench.errors = {STACK: "This layer is no longer there."}
    elif op in STRUCTURAL:
        before = bench.experiment.network
        try:
            after = _edited(bench, event, path)
        except (IndexError, KeyError, TypeError) as error:
            # The stack changed under the person's hand (another browser), or the event was made up.
            bench.errors = {STACK: sentence(str(error)) if isinstance(error, IndexError) else NONSENSE}
            return
        if bench.change(lambda experiment: experiment.replace(network=after), STACK):
            bench.selected = _followed(bench.selected, before, after)


STRUCTURAL = ("insert", "remove", "duplicate", "move")
NONSENSE = "This cannot be done."
"""What is said of an edit that no page of ours makes."""


def _path(given: Any) -> Path | None:
    """A path as the browser sends it: whole numbers from 0 on, or the head's; None for anything else."""
    if given == ["head"]:
        return ("head",)
    whole = isinstance(given, list) and all(type(index) is int and index >= 0 for index in given)
    return tuple(given) if whole and len(given) <= settings.max_depth + 1 else None


def _edited(bench: Workbench, event: dict[str, Any], path: Path) -> tuple:
    stack, op = bench.experiment.network, event["op"]
    if op == "insert":
        # Inside a block a new layer keeps the shape: the block still fits.
        return edits.insert(stack, path, edits.fresh(event["kind"], shape_at(bench.summary, path), len(path) > 1))
    if op == "move":
        return edits.move(stack, path, _path(event["to"]) or ())
    return edits.remove(stack, path) if op == "remove" else edits.duplicate(stack, path)


def _followed(selected: Any, before: tuple, after: tuple) -> Any:
    """Where the layer whose settings are open stands after an edit; None where it is gone.

    Edits carry layers over as they are, and make new only the blocks around the place of the edit.
    """
    if selected is None or selected == ("head",):
        return selected
    layer = edits.layer_at(before, selected)
    places = [path for path, other in walk(after) if other is layer]
    if layer.kind == "residual" and not places:
        places = [path for path, other in walk(after) if path == selected and other.kind == "residual"]
    return selected if selected in places else next(iter(places), None)


def shape_at(summary: Summary, path: Path) -> tuple[int, ...]:
    """The shape of the samples that reach a layer put in at `path`. Raises IndexError for a place that is none."""
    shapes = {card.path: card for card in summary.cards}
    if not path:
        raise IndexError("this is not the place of a layer")
    *parent, index = path
    before = (*parent, index - 1)
    if path in shapes:
        return shapes[path].before
    if before in shapes:
        return shapes[before].after
    if index == 0 and not parent:
        return summary.shape
    if index == 0 and tuple(parent) in shapes:
        return shapes[tuple(parent)].before
    raise IndexError("there is no such place in the stack")
