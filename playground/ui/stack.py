"""The layer-stack editor: the experiment's network as cards, and a person's edits as a new network."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import streamlit as st

from playground.data import input_names
from playground.experiment import edits
from playground.experiment.activations import Activation
from playground.experiment.entry import FROZEN, Entry
from playground.experiment.experiment import walk
from playground.experiment.registry import REGISTRIES
from playground.figures.activation_plot import activation_svg
from playground.network.shapes import Card, Summary
from playground.settings import settings
from playground.ui import changes
from playground.ui.forms import bounds
from playground.ui.plain import plain
from playground.ui.widgets.components import stack_editor
from playground.ui.workbench import Workbench, sentence

Path = tuple[int, ...]
STACK: changes.Path = ("network",)

MAIN = {"linear": "units", "dropout": "p"}
"""The one parameter worth having on the card itself."""


@cache
def palette() -> list[dict[str, Any]]:
    """What can be added, in groups, each with its picture and sentence."""
    groups = (("Layers", "layer"), ("Activations", "activation"))
    return [
        {
            "title": title,
            "items": [
                {"kind": kind, "label": entry.label, "about": entry.about, "plot": _plot(edits.fresh(kind))}
                for kind, entry in REGISTRIES[family].items()
            ],
        }
        for title, family in groups
    ]


@lru_cache(maxsize=256)
def picture(activation: Activation, width: int, height: int) -> str:
    """An activation's plot as SVG; drawn once (a few milliseconds) for each setting of its parameters."""
    return activation_svg(activation, width=width, height=height)


def _plot(layer: Entry) -> str | None:
    return picture(layer, 52, 40) if isinstance(layer, Activation) else None


def place(path: Path) -> changes.Path:
    """The layer at `path` as a place in the experiment: (2, 0) is ("network", 2, "layers", 0)."""
    where: changes.Path = (*STACK, path[0])
    for index in path[1:]:
        where = (*where, "layers", index)
    return where


def exists(network: tuple, path: Path) -> bool:
    """Whether there is a layer at `path`."""
    try:
        edits.layer_at(network, path)
    except IndexError:
        return False
    return True


def count(number: int, what: str) -> str:
    """ "1 parameter", "1,024 parameters"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def cards(bench: Workbench, summary: Summary) -> list[dict[str, Any]]:
    """The cards from input to head, as the editor's component takes them."""
    network = bench.experiment.network
    shapes = {card.path: card for card in summary.cards}
    layers = [_card(bench, layer, path, shapes[path]) for path, layer in walk(network)]
    return [_inputs_card(bench), *layers, _head_card(bench, summary)]


def _inputs_card(bench: Workbench) -> dict[str, Any]:
    names = input_names(bench.experiment.data)
    return {
        "kind": "inputs",
        "title": "Inputs",
        "detail": ", ".join(names[:4]) + (", …" if len(names) > 4 else ""),
        "about": "What the network is fed; chosen under Data",
        "shape": count(len(names), "value"),
        "parameters": "",
        "locked": True,
    }


def _head_card(bench: Workbench, summary: Summary) -> dict[str, Any]:
    head = summary.head
    return {
        "kind": "head",
        "title": "Head",
        "path": ["head"],
        "detail": " · ".join(
            [f"Linear {head.outputs}"]
            + [head.activation] * (head.activation != "identity")
            + ["frozen"] * bench.experiment.head.frozen
        ),
        "about": head.why,
        "shape": f"{head.inputs} → {head.outputs}",
        "parameters": count(head.parameters, "parameter"),
        "locked": True,
        "selected": bench.selected == ("head",),
        "problem": head.problem,
    }


def _card(bench: Workbench, layer: Any, path: Path, shape: Card) -> dict[str, Any]:
    network = bench.experiment.network
    siblings = network if len(path) == 1 else edits.layer_at(network, path[:-1]).layers
    parent, index = list(path[:-1]), path[-1]
    return {
        "kind": "activation" if isinstance(layer, Activation) else layer.kind,
        "title": layer.label,
        "about": layer.about,
        "path": list(path),
        "depth": len(path) - 1,
        "plot": _plot(layer),
        "main": _main(layer),
        "detail": _detail(layer),
        "shape": f"{shape.inputs} → {shape.outputs}" if shape.outputs else "",
        "parameters": count(shape.parameters, "parameter") if shape.parameters else "",
        "problem": shape.problem or _refusal(bench, layer, path),
        "up": [*parent, index - 1] if index > 0 else None,
        "down": [*parent, index + 2] if index < len(siblings) - 1 else None,
        "add": [*path, len(layer.layers)] if layer.kind == "residual" else None,
        "selected": bench.selected == path,
    }


def _refusal(bench: Workbench, layer: Any, path: Path) -> str | None:
    """Why the last edit of the card's own parameter was refused; while its settings are open it is told there."""
    name = MAIN.get(layer.kind)
    if name is None or bench.selected == path:
        return None
    return bench.error((*place(path), name)) or None


def _main(layer: Any) -> dict[str, Any] | None:
    name = MAIN.get(layer.kind)
    if name is None:
        return None
    info = type(layer).model_fields[name]
    least, most = bounds(info)
    return {
        "name": name,
        "label": info.title,
        "value": getattr(layer, name),
        "min": least,
        "max": most,
        "step": info.json_schema_extra["step"],
    }


def _detail(layer: Any) -> str:
    """What differs from the defaults, in few words."""
    told = []
    for name, info in type(layer).parameters().items():
        value = getattr(layer, name)
        if name in (MAIN.get(layer.kind), "layers") or value == info.default:
            continue
        told.append("frozen" if name == FROZEN else f"{info.title.lower()}: {_said(value)}")
    return " · ".join(told)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value.label if isinstance(value, Entry) else f"{value:g}" if isinstance(value, float) else str(value)


def editor(bench: Workbench, summary: Summary) -> None:
    """Draw the stack and take edits."""

    def on_edit(event: dict[str, Any]) -> None:
        apply(bench, event)

    stack_editor(cards(bench, summary), palette(), [len(bench.experiment.network)], key="stack", on_edit=on_edit)
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
        return edits.insert(stack, path, _fresh(event["kind"], width_at(bench.summary, path), len(path) > 1))
    if op == "move":
        return edits.move(stack, path, _path(event["to"]) or ())
    return edits.remove(stack, path) if op == "remove" else edits.duplicate(stack, path)


def _fresh(kind: str, width: int, inside: bool) -> Any:
    """A new layer where `width` values arrive. Inside a block a linear one keeps the width: the block still fits."""
    layer = edits.fresh(kind, width)
    if kind == "linear" and inside:
        layer = layer.model_copy(update={"units": min(width, settings.max_units)})
    return layer


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


def width_at(summary: Summary, path: Path) -> int:
    """How many values reach a layer that is put in at `path`. Raises IndexError for a place that is none."""
    shapes = {card.path: card for card in summary.cards}
    if not path:
        raise IndexError("this is not the place of a layer")
    *parent, index = path
    before = (*parent, index - 1)
    if path in shapes:
        return shapes[path].inputs
    if before in shapes:
        return shapes[before].outputs
    if index == 0 and not parent:
        return summary.inputs
    if index == 0 and tuple(parent) in shapes:
        return shapes[tuple(parent)].inputs
    raise IndexError("there is no such place in the stack")
