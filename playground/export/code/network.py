"""The network of a script: classes that PyTorch does not have, the stack of layers, and how it starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.experiment import Experiment, Head, walk
from playground.export.code.cell import Cell
from playground.export.code.writing import block, call, indent, lines
from playground.network.shapes import Path, Summary

SINE = '''
class Sine(nn.Module):
    """sin(frequency * x) (Sitzmann et al. 2020)."""

    def __init__(self, frequency=1.0):
        super().__init__()
        self.frequency = frequency

    def forward(self, x):
        return torch.sin(self.frequency * x)
'''

BATCH_NORM = '''
class BatchNorm(nn.BatchNorm1d):
    """Batch norm that takes a batch of one sample, too: by the running mean and variance."""

    def forward(self, x):
        if len(x) > 1 or not self.training:
            return super().forward(x)
        mean, var = self.running_mean, self.running_var
        return nn.functional.batch_norm(x, mean, var, self.weight, self.bias, eps=self.eps)
'''

DROPOUT = '''
class Dropout(nn.Module):
    """Sets a share p of the values to zero in training and scales up the others.

    Which ones is a hash of seed, layer, step and place: a run can be repeated exactly.
    """

    step = 0  # of training; the training loop counts it up

    def __init__(self, p, *path):
        super().__init__()
        self.p = p
        self.key = seed_for(SEED, "dropout", *path)

    def forward(self, x):
        if not self.training:
            return x
        low, high = self.key & 0xFFFFFFFF, self.key >> 32
        start = mix(mix(low ^ Dropout.step) ^ high)
        place = torch.arange(x.numel()).view(x.shape)
        kept = mix(start + place * 0x9E3779B1 & 0xFFFFFFFF) >= int(self.p * 2**32)
        return x * kept * (1 / (1 - self.p))
'''

RESIDUAL = '''
class Residual(nn.Module):
    """x + F(x): its layers only have to learn what to change (He et al. 2016)."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)
'''

PROJECTED = '''
class Residual(nn.Module):
    """x + F(x); where F changes the size, x goes through a linear layer of its own."""

    def __init__(self, *layers, shortcut=None):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x):
        return self.shortcut(x) + self.layers(x)
'''

OUTPUTS = {
    "identity": "{}",
    "tanh": "torch.tanh({})",
    "sigmoid": "torch.sigmoid({})",
    "softplus": "nn.functional.softplus({})",
    "relu": "torch.relu({})",
}
"""The output activation around the head."""


def network_cell(experiment: Experiment, summary: Summary, head: Head, lone: bool) -> Cell:
    """The cell that defines `Network`. lone: whether a batch may hold a single sample."""
    writer = _Writer(summary, lone)
    # The parts carry the names they have in the playground: weights taken from there can be loaded.
    stack = writer.stack(experiment.network, (), "self.layers = nn.Sequential(", ")") if experiment.network else ""
    forward = "self.head(self.layers(x))" if experiment.network else "self.head(x)"
    code = block(
        f'''
        class Network(nn.Module):
            """{_sizes(summary)}: {_count(summary.parameters, "parameter")}."""

            def __init__(self):
                super().__init__()
                <layers>
                self.head = nn.Linear({summary.head.inputs}, {head.outputs})

            def forward(self, x):
                return {OUTPUTS[head.activation].format(forward)}
        ''',
        layers=stack,
    )
    text = f"The stack of layers, and the head that follows from data and loss. {head.why}"
    return Cell("Network", text, "\n\n\n".join([*writer.classes, code]), ("import torch", "from torch import nn"))


def _sizes(summary: Summary) -> str:
    hidden = [card.outputs for card in summary.cards if card.kind == "linear"]
    parts = [_count(summary.inputs, "input"), *(["{} hidden".format(" + ".join(map(str, hidden)))] if hidden else [])]
    return ", ".join([*parts, _count(summary.head.outputs, "output")])


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


class _Writer:
    """Writes the layers of a network; `classes`: those it needed that PyTorch does not have, in order."""

    def __init__(self, summary: Summary, lone: bool) -> None:
        self.cards = {card.path: card for card in summary.cards}
        self.lone = lone
        self.projected = any(_projects(card, self.cards) for card in summary.cards)
        self.classes: list[str] = []

    def stack(self, layers: Any, prefix: tuple[int, ...], opening: str, closing: str) -> str:
        """The layers, one on a line, between brackets."""
        written = [f"{self.layer(layer, (*prefix, index))}," for index, layer in enumerate(layers)]
        return "\n".join([opening, *map(indent, written), closing])

    def layer(self, layer: Any, path: tuple[int, ...]) -> str:
        """One layer as a call of its class."""
        card = self.cards[path]
        match layer.kind:
            case "linear":
                return call("nn.Linear", str(card.inputs), str(card.outputs), bias=layer.bias)
            case "batch_norm":
                name = self._own("BatchNorm", BATCH_NORM) if self.lone else "nn.BatchNorm1d"
                return call(name, str(card.inputs), **layer.arguments())
            case "layer_norm":
                return call("nn.LayerNorm", str(card.inputs), **layer.arguments())
            case "dropout":
                return call(self._own("Dropout", DROPOUT), repr(layer.p), *map(str, path))
            case "residual":
                return self._residual(layer, path)
        name = self._own("Sine", SINE) if layer.kind == "sine" else f"nn.{layer.torch_name}"
        return call(name, **layer.arguments())

    def _residual(self, block: Any, path: tuple[int, ...]) -> str:
        name = self._own("Residual", PROJECTED if self.projected else RESIDUAL)
        card = self.cards[path]
        closing = ")"
        if _projects(card, self.cards):
            closing = indent(f"shortcut=nn.Linear({card.inputs}, {card.outputs}, bias=False),") + "\n)"
        if not block.layers:
            return f"{name}()"
        return self.stack(block.layers, path, f"{name}(", closing)

    def _own(self, name: str, code: str) -> str:
        code = code.strip("\n")
        if code not in self.classes:
            self.classes.append(code)
        return name


def _projects(card: Any, cards: dict[tuple[int, ...], Any]) -> bool:
    """Whether the card is of a block with a linear layer in its shortcut."""
    return card.kind == "residual" and card.inputs != card.outputs


# The start ----------------------------------------------------------------------------------------------------------


def start_cell(experiment: Experiment, summary: Summary) -> Cell:
    """The cell that defines `initialise`: the network's rules, then those of layers with rules of their own."""
    rules = experiment.init
    layers = [layer for _, layer in walk(experiment.network) if layer.kind == "linear"]
    every = all(layer.bias for layer in layers) and not any(_projects(card, {}) for card in summary.cards)
    biases = _fill("layer.bias", rules.biases, "*path", "biases", "layer.in_features")
    if not every:
        biases = "if layer.bias is not None:\n" + indent(biases)
    general = lines(_fill("layer.weight", rules.weights, "*path", "weights", ""), biases)
    path = 'path = [part for part in name.split(".") if part != "layers"]' if "*path" in general else ""
    code = block(
        '''
        def initialise(model):
            """Starts the linear layers, each from a seed of its own."""
            for name, layer in model.named_modules():
                if isinstance(layer, nn.Linear):
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
    inputs = {card.path: card.inputs for card in summary.cards}
    for path, layer in walk(experiment.network):
        if layer.kind == "linear":
            biases = layer.biases if layer.bias else None
            yield from _own_start(path, layer.weights, biases, inputs[path])
    yield from _own_start("head", experiment.head.weights, experiment.head.biases, summary.head.inputs)


def _own_start(path: Path, weights: Any, biases: Any, inputs: int) -> Iterator[str]:
    index = '"head"' if path == "head" else ", ".join(map(str, path))
    if weights is not None:
        yield _fill(f"{at(path)}.weight", weights, index, "weights", "")
    if biases is not None:
        yield _fill(f"{at(path)}.bias", biases, index, "biases", str(inputs))


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
    return lines(rng, call(name, tensor, **rule.arguments())[:-1] + f", {using})")
