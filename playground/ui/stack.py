"""The layer-stack editor: the experiment's network as cards, and a person's edits as a new network."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.data import input_names
from playground.experiment import edits
from playground.experiment.activations import Activation
from playground.experiment.entry import Entry
from playground.experiment.experiment import walk
from playground.experiment.registry import REGISTRIES
from playground.figures.activation_plot import activation_svg
from playground.network.shapes import Summary
from playground.ui.forms import bounds
from playground.ui.widgets.components import stack_editor
from playground.ui.workbench import Workbench

# The one parameter worth having on the card itself.
MAIN = {"linear": "units", "dropout": "p"}


@st.cache_data(show_spinner=False)
def palette() -> list[dict[str, Any]]:
    """What can be added, in groups, each with its picture and sentence."""
    groups = (("Layers", "layer"), ("Activations", "activation"))
    return [
        {
            "title": title,
            "items": [
                {"kind": kind, "label": entry.label, "about": entry.about, "plot": _plot(entry)}
                for kind, entry in REGISTRIES[family].items()
            ],
        }
        for title, family in groups
    ]


def _plot(entry: type[Entry] | Entry) -> str | None:
    cls = entry if isinstance(entry, type) else type(entry)
    if not issubclass(cls, Activation):
        return None
    return activation_svg(_default(cls) if isinstance(entry, type) else entry, width=52, height=40)


def _default(cls: type[Entry]) -> Entry:
    return cls(kind=cls.model_fields["kind"].annotation.__args__[0])


def cards(bench: Workbench, summary: Summary) -> list[dict[str, Any]]:
    """The cards from input to head, as the editor's component takes them."""
    names = input_names(bench.experiment.data)
    network = bench.experiment.network
    shapes = {card.path: card for card in summary.cards}
    first = {
        "kind": "inputs",
        "title": "Inputs",
        "detail": ", ".join(names[:4]) + ("…" if len(names) > 4 else ""),
        "about": "What the network is fed; chosen under Data",
        "shape": _count(len(names), "value"),
        "parameters": "",
        "locked": True,
    }
    found = [_card(bench, layer, path, shapes[path], network) for path, layer in walk(network)]
    head = summary.head
    last = {
        "kind": "head",
        "title": "Head",
        "path": ["head"],
        "detail": f"Linear {head.outputs}" + ("" if head.activation == "identity" else f" · {head.activation}"),
        "about": head.why,
        "shape": f"{head.inputs} → {head.outputs}",
        "parameters": _count(head.parameters, "parameter"),
        "locked": True,
        "selected": bench.selected == ("head",),
        "problem": head.problem,
    }
    return [first, *found, last]


def _card(bench: Workbench, layer: Any, path: tuple[int, ...], shape: Any, network: tuple) -> dict[str, Any]:
    siblings = len(network) if len(path) == 1 else len(edits.layer_at(network, path[:-1]).layers)
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
        "parameters": _count(shape.parameters, "parameter") if shape.parameters else "",
        "problem": shape.problem,
        "up": [*parent, index - 1] if index > 0 else None,
        "down": [*parent, index + 2] if index < siblings - 1 else None,
        "add": [*path, len(layer.layers)] if layer.kind == "residual" else None,
        "selected": bench.selected == path,
    }


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
        told.append(f"{info.title} {value.label if isinstance(value, Entry) else value}")
    return " · ".join(told)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def editor(bench: Workbench, summary: Summary) -> None:
    """Draw the stack and take edits."""

    def on_edit(event: dict[str, Any]) -> None:
        apply(bench, event)

    stack_editor(cards(bench, summary), palette(), [len(bench.experiment.network)], key="stack", on_edit=on_edit)
    if ("network",) in bench.errors:
        st.error(bench.errors[("network",)])


def apply(bench: Workbench, event: dict[str, Any]) -> None:
    """One edit from the cards or the diagram: `op` and what it needs. What makes no sense is told at the stack."""
    op, path = event.get("op"), tuple(event.get("path") or ())
    if op == "select":
        bench.selected = None if bench.selected == path else path
        return
    edit = {
        "insert": lambda stack: edits.insert(stack, path, edits.fresh(event["kind"], width_at(bench.summary, path))),
        "remove": lambda stack: edits.remove(stack, path),
        "duplicate": lambda stack: edits.duplicate(stack, path),
        "move": lambda stack: edits.move(stack, path, tuple(event["to"])),
        "set": lambda stack: edits.replace(
            stack, path, _with(edits.layer_at(stack, path), event["name"], event["value"])
        ),
        "units": lambda stack: edits.replace(stack, path, _with(edits.layer_at(stack, path), "units", event["units"])),
    }.get(op)
    if edit is None:
        return
    if op in ("remove", "move"):
        bench.selected = None
    bench.change(lambda experiment: experiment.replace(network=edit(experiment.network)), ("network",))


def width_at(summary: Summary, path: tuple[int, ...]) -> int:
    """How many values reach a layer that is put in at `path`."""
    before = (*path[:-1], path[-1] - 1)
    for card in summary.cards:
        if card.path == path:
            return card.inputs
        if card.path == before:
            after = card.outputs
    if path[-1] == 0:
        # The first of an empty stack: what its block gets, or the network.
        return width_at(summary, path[:-1]) if len(path) > 1 else summary.inputs
    return after


def _with(layer: Any, name: str, value: Any) -> Any:
    return type(layer).model_validate({**dict(layer), name: value})
