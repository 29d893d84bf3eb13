"""One change at a time to an experiment: what its terrain is worth comparing with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from playground.experiment.experiment import Experiment
from playground.experiment.layers_image import IMAGE_LAYERS
from playground.settings import settings

Layers = list[dict[str, Any]]
NORMS = ("batch_norm", "layer_norm")
WITH_WEIGHTS = ("linear", "conv2d", "conv_transpose2d", "separable_conv2d")
OTHERS = ("residual", "dropout", *(layer.model_fields["kind"].annotation.__args__[0] for layer in IMAGE_LAYERS))
NO_ACTIVATIONS = (*WITH_WEIGHTS, *OTHERS, *NORMS)


def variants(experiment: Experiment) -> dict[str, tuple[str, Experiment]]:
    """What can be changed about `experiment`: by name, what it is then called, and the experiment.

    Only what makes a valid experiment that differs from it.
    """
    found = {}
    for name, change in _CHANGES.items():
        label, changed = change(experiment.model_dump(mode="json"))
        try:
            other = Experiment.model_validate(changed)
        except ValidationError:
            continue
        if other != experiment and _size(other) <= settings.max_layers:
            found[name] = label, other
    return found


def _size(experiment: Experiment) -> int:
    def count(layers: Iterable[Any]) -> int:
        return sum(1 + (count(layer.layers) if layer.kind == "residual" else 0) for layer in layers)

    return count(experiment.network)


def _each(layers: Layers, change: Callable[[dict[str, Any]], Layers]) -> Layers:
    """Every layer replaced by those that `change` makes of it, inside blocks too."""
    found = []
    for layer in layers:
        if layer["kind"] == "residual":
            layer = {**layer, "layers": _each(layer["layers"], change)}
        found += change(layer)
    return found


def _kinds(layers: Layers) -> list[str]:
    return [kind for layer in layers for kind in (layer["kind"], *_kinds(layer.get("layers", [])))]


def _blocks(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Each linear layer with what follows it goes into a block, but the first; or comes out of its block."""
    layers = given["network"]
    if "residual" in _kinds(layers):
        return "No residual blocks", {**given, "network": _each(layers, _opened)}
    starts = [index for index, layer in enumerate(layers) if layer["kind"] == "linear"]
    found = layers[: starts[1]] if len(starts) > 1 else layers
    for start, end in zip(starts[1:], [*starts[2:], len(layers)], strict=False):
        found = [*found, {"kind": "residual", "layers": layers[start:end], "shortcut": "projection"}]
    return "Residual blocks", {**given, "network": found}


def _opened(layer: dict[str, Any]) -> Layers:
    return layer["layers"] if layer["kind"] == "residual" else [layer]


def _batch_norm(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    layers = given["network"]
    if "batch_norm" in _kinds(layers):
        return "No batch norm", {**given, "network": _each(layers, lambda x: [] if x["kind"] == "batch_norm" else [x])}
    put = _each(layers, lambda x: [x, {"kind": "batch_norm"}] if x["kind"] in WITH_WEIGHTS else [x])
    return "Batch norm", {**given, "network": put}


def _activation(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    layers = given["network"]
    kinds = [kind for kind in _kinds(layers) if kind not in NO_ACTIVATIONS]
    other = "relu" if kinds.count("tanh") * 2 >= max(len(kinds), 1) else "tanh"
    changed = _each(layers, lambda x: [x if x["kind"] in NO_ACTIVATIONS else {"kind": other}])
    return {"relu": "ReLU", "tanh": "tanh"}[other], {**given, "network": changed}


def _wide(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    def wider(layer: dict[str, Any]) -> Layers:
        return [{**layer, **{name: 4 * layer[name] for name in ("units", "channels") if name in layer}}]

    return "Four times as wide", {**given, "network": _each(given["network"], wider)}


def _deep(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The stack twice; not one that ends in a list of values where it begins with an image."""
    twice = 1 if set(_kinds(given["network"])) & {*WITH_WEIGHTS[1:], *OTHERS[2:]} else 2
    return "Twice as deep", {**given, "network": given["network"] * twice}


def _training(label: str, **changes: Any) -> Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]:
    return lambda given: (label, {**given, "training": {**given["training"], **changes}})


def _optimizer(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Adam in place of anything else, and plain SGD in place of Adam."""
    adam = given["training"]["optimizer"]["kind"] != "adam"
    entry = {"kind": "adam", "lr": 0.01} if adam else {"kind": "sgd", "lr": 0.1}
    return _training("Adam" if adam else "SGD", optimizer=entry)(given)


def _seed(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "Other initial weights", {**given, "seed": given["seed"] + 1}


_CHANGES: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "residual": _blocks,
    "batch_norm": _batch_norm,
    "activation": _activation,
    "width": _wide,
    "depth": _deep,
    "optimizer": _optimizer,
    "full_batch": _training("Full batches", batch_size=settings.max_samples),
    "small_batch": _training("Batches of 2", batch_size=2),
    "seed": _seed,
}
