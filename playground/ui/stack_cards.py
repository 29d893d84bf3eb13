"""The cards of the layer stack, and the palette to add from: what the editor's component draws."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from playground.data import input_names, input_shape
from playground.experiment import edits
from playground.experiment.activations import Activation
from playground.experiment.entry import FROZEN, Entry
from playground.experiment.experiment import walk
from playground.experiment.layers_image import IMAGE_LAYERS
from playground.experiment.registry import REGISTRIES
from playground.figures.activation_plot import activation_svg
from playground.network.geometry import size_text
from playground.network.shapes import Card, Summary
from playground.ui import changes
from playground.ui.forms import bounds
from playground.ui.workbench import Workbench

Path = tuple[int, ...]
STACK: changes.Path = ("network",)

MAIN = {"linear": "units", "dropout": "p", "dropout2d": "p", "upsample": "factor"}
"""The one parameter worth having on the card itself; of layers with channels these, of those with a window only its
size."""
OF_IMAGES = tuple(entry.model_fields["kind"].annotation.__args__[0] for entry in IMAGE_LAYERS)


@cache
def palette(images: bool = False) -> list[dict[str, Any]]:
    """What can be added, in groups, each with its picture and sentence. images: to a network whose data are images."""
    layers, activations = REGISTRIES["layer"], REGISTRIES["activation"]
    plain = {kind: entry for kind, entry in layers.items() if kind not in OF_IMAGES}
    groups = {"For images": {kind: layers[kind] for kind in OF_IMAGES}} if images else {}
    groups |= {"Layers": plain, "Activations": activations}
    return [
        {
            "title": title,
            "items": [
                {"kind": kind, "label": entry.label, "about": entry.about, "plot": _plot(edits.fresh(kind))}
                for kind, entry in entries.items()
            ],
        }
        for title, entries in groups.items()
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


def count(number: int, what: str) -> str:
    """ "1 parameter", "1,024 parameters"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def cards(bench: Workbench, summary: Summary) -> list[dict[str, Any]]:
    """The cards from input to head, as the editor's component takes them."""
    network = bench.experiment.network
    shapes = {card.path: card for card in summary.cards}
    layers = [_card(bench, layer, path, shapes[path]) for path, layer in walk(network)]
    return [_inputs_card(bench, summary), *layers, _head_card(bench, summary)]


def _inputs_card(bench: Workbench, summary: Summary) -> dict[str, Any]:
    data = bench.experiment.data
    return {
        "kind": "inputs",
        "title": "Images" if summary.sees_images else "Inputs",
        "detail": _pixels(input_shape(data)) if data.family == "image" else _first(input_names(data)),
        "about": "What the network is fed; chosen under Data",
        "shape": size_text(summary.shape) if summary.sees_images else count(summary.inputs, "value"),
        "parameters": "",
        "locked": True,
    }


def _first(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")


def _pixels(shape: tuple[int, ...]) -> str:
    return f"{shape[2]} × {shape[1]} pixels{', in colour' if shape[0] == 3 else ''}"


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
        "shape": _through(head.before, head.after),
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
        "shape": _through(shape.before, shape.after) if shape.outputs else "",
        "sees": _sees(shape),
        "parameters": count(shape.parameters, "parameter") if shape.parameters else "",
        "problem": shape.problem or _refusal(bench, layer, path),
        "up": [*parent, index - 1] if index > 0 else None,
        "down": [*parent, index + 2] if index < len(siblings) - 1 else None,
        "add": [*path, len(layer.layers)] if layer.kind == "residual" else None,
        "selected": bench.selected == path,
    }


def _refusal(bench: Workbench, layer: Any, path: Path) -> str | None:
    """Why the last edit of the card's own parameter was refused; while its settings are open it is told there."""
    name = _main_name(layer)
    if name is None or bench.selected == path:
        return None
    return bench.error((*place(path), name)) or None


def _through(before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """ "2 → 6"; of an image only what it is afterwards, as the card above says what it was."""
    return size_text(after) if len(after) == 3 else f"{size_text(before)} → {size_text(after)}"


def _sees(shape: Card) -> str:
    """The receptive field in words; empty for lists of values."""
    if shape.field is None:
        return ""
    height, width = shape.field
    pixels = "1 pixel" if height == width == 1 else f"{width} × {height} pixels"
    step = f", its neighbour's {shape.stride:g} further" if shape.stride > 1 and max(shape.after[1:]) > 1 else ""
    return f"A value here sees {pixels} of the image{step}."


def _main_name(layer: Any) -> str | None:
    fields = type(layer).model_fields
    return MAIN.get(layer.kind) or next((name for name in ("channels", "kernel") if name in fields), None)


def _main(layer: Any) -> dict[str, Any] | None:
    name = _main_name(layer)
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
    main = _main_name(layer)
    told = [f"{layer.kernel} × {layer.kernel}"] if main == "channels" else []
    for name, info in type(layer).parameters().items():
        value = getattr(layer, name)
        if name in (main, "layers") or value == info.default or (told and name == "kernel"):
            continue
        told.append("frozen" if name == FROZEN else f"{info.title.lower()}: {_said(value)}")
    return " · ".join(told)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value.label if isinstance(value, Entry) else f"{value:g}" if isinstance(value, float) else str(value)
