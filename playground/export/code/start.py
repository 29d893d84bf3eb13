"""How the network of a script starts: every layer from a seed of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from playground.experiment import Experiment, walk
from playground.export.code.cell import Cell
from playground.export.code.network import projects
from playground.export.code.writing import INDENT, WIDTH, block, call, indent, lines
from playground.network.shapes import Path, Summary


def start_cell(experiment: Experiment, summary: Summary) -> Cell:
    """The cell that defines `initialise`: the network's rules, then those of layers with rules of their own."""
    rules = experiment.init
    layers = [layer for _, layer in walk(experiment.network) if hasattr(layer, "weights")]
    every = all(layer.bias and layer.kind != "separable_conv2d" for layer in layers)
    every = every and not any(projects(card) for card in summary.cards)
    weighted = with_weights(summary)
    fan_in = "layer.in_features" if weighted == "nn.Linear" else "layer.weight[0].numel()"
    biases = _fill("layer.bias", rules.biases, "*path", "biases", fan_in)
    if not every:
        biases = "if layer.bias is not None:\n" + indent(biases)
    general = lines(_fill("layer.weight", rules.weights, "*path", "weights", ""), biases)
    path = 'path = [part for part in name.split(".") if part != "layers"]' if "*path" in general else ""
    code = block(
        f'''
        def initialise(model):
            """Starts the layers with weights, each from a seed of its own."""
            for name, layer in model.named_modules():
                if isinstance(layer, {weighted}):
                    <path>
                    <general>
            <special>
        ''',
        path=path,
        general=general,
        special=lines(*_special(experiment, summary)),
    )
    if not path:
        code = code.replace("for name, layer in model.named_modules():", "for layer in model.modules():")
    needs = ("import math",) if "math." in code else ()
    labels = f"weights: {rules.weights.label.lower()}, biases: {rules.biases.label.lower()}"
    text = f"How the weights start decides much ({labels}). {rules.weights.about}"
    return Cell("Start", text, code, (*needs, "from torch import nn"))


def _special(experiment: Experiment, summary: Summary) -> Iterator[str]:
    """The layers that do not start by the network's rules."""
    before = {card.path: card.before for card in summary.cards}
    for path, layer in walk(experiment.network):
        if hasattr(layer, "weights"):
            biases = layer.biases if layer.bias else None
            if layer.kind == "separable_conv2d":
                yield from _own_start(path, layer.weights, None, 0, "depthwise")
                yield from _own_start(path, layer.weights, biases, before[path][0], "pointwise")
            else:
                yield from _own_start(path, layer.weights, biases, _fan_in(layer, before[path]))
    yield from _own_start("head", experiment.head.weights, experiment.head.biases, summary.head.inputs)


def _own_start(path: Path, weights: Any, biases: Any, inputs: int, part: str = "") -> Iterator[str]:
    index = '"head"' if path == "head" else ", ".join(map(str, path))
    index, layer = (f'{index}, "{part}"', f"{at(path)}.{part}") if part else (index, at(path))
    if weights is not None:
        yield _fill(f"{layer}.weight", weights, index, "weights", "")
    if biases is not None:
        yield _fill(f"{layer}.bias", biases, index, "biases", str(inputs))


def _fan_in(layer: Any, before: tuple[int, ...]) -> int:
    """How many numbers one unit sums up, as PyTorch counts them."""
    if layer.kind == "conv2d":
        return before[0] // layer.groups * layer.kernel**2
    return layer.channels * layer.kernel**2 if layer.kind == "conv_transpose2d" else math.prod(before)


def with_weights(summary: Summary) -> str:
    """Source of the classes of all layers with weights, as `isinstance` takes them."""
    kinds = {card.kind for card in summary.cards}
    kinds |= {"conv2d" for card in summary.cards if projects(card) and len(card.before) == len(card.after) == 3}
    names = ["nn.Linear"]
    names += ["nn.Conv2d"] if kinds & {"conv2d", "separable_conv2d"} else []
    names += ["nn.ConvTranspose2d"] if "conv_transpose2d" in kinds else []
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def at(path: Path) -> str:
    """The layer at `path` in the script: model.layers[2].layers[0], or model.head."""
    return "model.head" if path == "head" else "model" + "".join(f".layers[{index}]" for index in path)


def _fill(tensor: str, rule: Any, index: str, what: str, fan_in: str) -> str:
    """Source that starts a tensor by a rule. index: the layer's path, for the seed; fan_in: for default biases."""
    name = f"nn.init.{rule.torch_name}"
    if rule.kind in ("zeros", "constant"):
        return call(name, tensor, *map(repr, rule.arguments().values()))
    rng, using = f'rng = torch_rng(SEED, "init", {index}, "{what}")', "generator=rng"
    if rule.kind == "default" and what == "weights":
        return lines(rng, f"nn.init.kaiming_uniform_({tensor}, a=math.sqrt(5), {using})")
    if rule.kind == "default":
        bound = f"bound = 1 / math.sqrt({fan_in})"
        return lines(rng, bound, f"nn.init.uniform_({tensor}, -bound, bound, {using})")
    if rule.kind == "uniform":
        return lines(rng, call(name, tensor, *map(repr, rule.arguments().values()), using))
    return lines(rng, _fitting(call(name, tensor, **rule.arguments())[:-1] + f", {using})"))


def _fitting(made: str) -> str:
    """A call on one line, or with its arguments on one of their own."""
    if len(made) <= WIDTH - len(INDENT):
        return made
    start = made.index("(") + 1
    return f"{made[:start]}\n{indent(made[start:-1])}\n)"
