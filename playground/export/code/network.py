"""The network of a script: the stack of layers, and the classes it needs that PyTorch does not have."""

from __future__ import annotations

from typing import Any

from playground.experiment import Experiment, Head
from playground.export.code import classes
from playground.export.code.cell import Cell
from playground.export.code.writing import block, call, indent
from playground.network.geometry import Signal, projection_stride, size_text
from playground.network.shapes import Card, Summary

LAID = "x = x.to(memory_format=torch.channels_last)  # pixel by pixel: quicker"
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
    inside = "self.layers(x)" if experiment.network else "x"
    forward = f"self.head({inside}{'.flatten(1)' if len(summary.head.before) == 3 else ''})"
    code = block(
        f'''
        class Network(nn.Module):
            """{_sizes(summary)}: {_count(summary.parameters, "parameter")}."""

            def __init__(self):
                super().__init__()
                <layers>
                self.head = nn.Linear({summary.head.inputs}, {head.outputs})

            def forward(self, x):
                <laid>
                return {OUTPUTS[head.activation].format(forward)}
        ''',
        layers=stack,
        laid=LAID if summary.sees_images else "",
    )
    text = f"The stack of layers, and the head that follows from data and loss. {head.why}"
    return Cell("Network", text, "\n\n\n".join([*writer.classes, code]), ("import torch", "from torch import nn"))


def _sizes(summary: Summary) -> str:
    hidden = [card.outputs for card in summary.cards if card.kind == "linear"]
    given = f"Images of {size_text(summary.shape)}" if summary.sees_images else _count(summary.inputs, "input")
    parts = [given, *(["{} hidden".format(" + ".join(map(str, hidden)))] if hidden else [])]
    return ", ".join([*parts, _count(summary.head.outputs, "output")])


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


class _Writer:
    """Writes the layers of a network; `classes`: those it needed that PyTorch does not have, in order."""

    def __init__(self, summary: Summary, lone: bool) -> None:
        self.cards = {card.path: card for card in summary.cards}
        self.lone = lone
        self.projected = any(projects(card) for card in summary.cards)
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
                return self._linear(card, layer.bias)
            case "batch_norm":
                return call(self._batch_norm(card), str(card.before[0]), **layer.arguments())
            case "layer_norm":
                shape = card.before if len(card.before) == 3 else card.inputs
                return call("nn.LayerNorm", str(shape), **layer.arguments())
            case "dropout":
                return call(self._own("Dropout", classes.DROPOUT), repr(layer.p), *map(str, path))
            case "dropout2d":
                self._own("Dropout", classes.DROPOUT)
                return call(self._own("Dropout2d", classes.DROPOUT_2D), repr(layer.p), *map(str, path))
            case "residual":
                return self._residual(layer, path)
            case "global_avg_pool":
                return "nn.AdaptiveAvgPool2d(1)"
        if hasattr(layer, "kernel"):
            return self._window(layer, card)
        name = self._own("Sine", classes.SINE) if layer.kind == "sine" else f"nn.{layer.torch_name}"
        return call(name, **layer.arguments())

    def _linear(self, card: Card, bias: bool) -> str:
        image = len(card.before) == 3
        name = self._own("FlatLinear", classes.FLAT_LINEAR) if image else "nn.Linear"
        return call(name, str(card.inputs), str(card.outputs), bias=bias)

    def _batch_norm(self, card: Card) -> str:
        """The class of a norm over features, or over the pixels of each channel."""
        if len(card.before) == 1:
            return self._own("BatchNorm", classes.BATCH_NORM) if self.lone else "nn.BatchNorm1d"
        single = self.lone and card.inputs == card.before[0]
        return self._own("BatchNorm2d", classes.BATCH_NORM_2D) if single else "nn.BatchNorm2d"

    def _window(self, layer: Any, card: Card) -> str:
        """A layer with a window that slides over the image."""
        given = layer.arguments()
        sizes = [str(given.pop("kernel_size"))]
        if "out_channels" in given:
            sizes = [str(card.before[0]), str(given.pop("out_channels")), *sizes]
        elif given["stride"] == layer.kernel:
            del given["stride"]  # what pooling does by itself
        if layer.kind == "separable_conv2d":
            return call(self._own("SeparableConv2d", classes.SEPARABLE), *sizes, **given)
        return call(f"nn.{layer.torch_name.rpartition(':')[2]}", *sizes, **given)

    def _shortcut(self, card: Card) -> str:
        before, after = Signal(card.before), Signal(card.after)
        if not (before.is_image and after.is_image):
            return self._linear(card, bias=False)
        sizes = str(card.before[0]), str(card.after[0]), "1"
        return call("nn.Conv2d", *sizes, stride=projection_stride(before, after), bias=False)

    def _residual(self, block: Any, path: tuple[int, ...]) -> str:
        name = self._own("Residual", classes.PROJECTED if self.projected else classes.RESIDUAL)
        card = self.cards[path]
        closing = ")"
        if projects(card):
            closing = indent(f"shortcut={self._shortcut(card)},") + "\n)"
        if not block.layers:
            return f"{name}()"
        return self.stack(block.layers, path, f"{name}(", closing)

    def _own(self, name: str, code: str) -> str:
        code = code.strip("\n")
        if code not in self.classes:
            self.classes.append(code)
        return name


def projects(card: Card) -> bool:
    """Whether the card is of a block with a layer of its own in its shortcut."""
    return card.kind == "residual" and card.before != card.after
