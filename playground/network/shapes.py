"""Shapes and parameter counts of a stack of layers, without torch; what does not fit is said at its card."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playground.experiment import Experiment, head_of
from playground.experiment.layers_image import sees_images
from playground.network import geometry
from playground.network.geometry import Shape, Signal, arriving, joined, projection_stride, size_text
from playground.network.limits import within_limits

Path = tuple[int, ...] | str
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Card:
    """One layer of the stack.

    path: where it stands; (2, 0) is layer 0 in the residual block at 2. before, after: the shape of a sample before
    and after it, (features,) or (channels, height, width). parameters: what it learns; of a residual block all that is
    inside it and its shortcut. products: multiplications for one sample, likewise. problem: one or two plain
    sentences, or None. field, stride, corner: of a value after it, in pixels of the input image, as `Signal` has them.
    """

    path: tuple[int, ...]
    kind: str
    label: str
    before: Shape
    after: Shape
    parameters: int
    problem: str | None = None
    products: int = 0
    field: tuple[int, int] | None = None
    stride: float | None = None
    corner: float | None = None

    @property
    def inputs(self) -> int:
        """Values per sample before it."""
        return math.prod(self.before)

    @property
    def outputs(self) -> int:
        """Values per sample after it."""
        return math.prod(self.after)


@dataclass(frozen=True, slots=True)
class HeadCard:
    """The head: the last linear layer and its output activation; fields as `Card` and `experiment.Head`."""

    before: Shape
    outputs: int
    parameters: int
    activation: str
    choices: tuple[str, ...]
    why: str
    path: str = HEAD
    kind: str = HEAD
    label: str = "Head"
    problem: str | None = None

    @property
    def inputs(self) -> int:
        """Values per sample before it."""
        return math.prod(self.before)

    @property
    def after(self) -> Shape:
        """The shape of a sample after it."""
        return (self.outputs,)


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole network: cards in the order of `experiment.walk` (a block before what is inside it), the head last.

    shape: what goes in, (features,), or (channels, height, width) where the stack sees images.
    """

    shape: Shape
    cards: tuple[Card, ...]
    head: HeadCard

    @property
    def inputs(self) -> int:
        """Values per sample that go in."""
        return math.prod(self.shape)

    @property
    def sees_images(self) -> bool:
        """Whether the first layers work on images."""
        return len(self.shape) == 3

    @property
    def parameters(self) -> int:
        """What the network learns in total."""
        return sum(card.parameters for card in self.cards if len(card.path) == 1) + self.head.parameters

    @property
    def products(self) -> int:
        """Multiplications by weights for one sample on its way through."""
        return sum(card.products for card in self.cards if len(card.path) == 1) + self.head.inputs * self.head.outputs

    @property
    def problems(self) -> tuple[tuple[Path, str], ...]:
        """(path, what is wrong), in the order of the cards; empty when the network can be built."""
        return tuple((card.path, card.problem) for card in (*self.cards, self.head) if card.problem)


def infer(experiment: Experiment, inputs: int | Shape, classes: int) -> Summary:
    """Shapes and parameter counts of `experiment`'s network.

    inputs: values per sample, or the shape of an image (channels, height, width): a stack whose first layers work on
    images then sees them, any other sees a list of its pixels. classes: how many classes the data has, 0 for
    regression. Never raises for what a person can build: problems stand at the cards. Agrees exactly with what `build`
    makes.
    """
    cards: list[Card] = []
    x = arriving(shape_seen(experiment.network, inputs))
    y = _stack(experiment.network, (), x, cards)
    return within_limits(Summary(x.shape, tuple(cards), _head(experiment, y, classes)), experiment.training.batch_size)


def shape_seen(layers: Iterable[Any], inputs: int | Shape) -> Shape:
    """The shape in which a stack is fed samples of `inputs`, as `infer` takes them."""
    shape = (inputs,) if isinstance(inputs, int) else tuple(inputs)
    return shape if len(shape) == 3 and sees_images(layers) else (math.prod(shape),)


def _stack(layers: Iterable[Any], prefix: tuple[int, ...], x: Signal, cards: list[Card]) -> Signal:
    """Append the cards of `layers`; returns what leaves the last."""
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        if layer.kind == "residual":
            x = _residual(layer, path, x, cards)
            continue
        y, problem = layer_after(layer, x)
        cards.append(_card(layer, path, x, y, _parameters(layer, x.shape), problem, _products(layer, x.shape, y.shape)))
        x = y
    return x


def layer_after(layer: Any, x: Signal) -> tuple[Signal, str | None]:
    """What leaves a layer that is no block, and what is wrong with it there (None: nothing)."""
    if layer.kind == "linear":
        return Signal((layer.units,)), None
    if getattr(layer, "needs_image", False) or layer.kind == "flatten":
        return geometry.after(layer, x)
    return x, None


def _card(
    layer: Any, path: tuple[int, ...], x: Signal, y: Signal, parameters: int, problem: str | None, products: int
) -> Card:
    return Card(
        path, layer.kind, layer.label, x.shape, y.shape, parameters, problem, products, y.field, y.stride, y.corner
    )


def _residual(block: Any, path: tuple[int, ...], x: Signal, cards: list[Card]) -> Signal:
    place = len(cards)
    cards.append(None)  # type: ignore[arg-type]  # the block's card stands before those inside it
    y = _stack(block.layers, path, x, cards)
    own = [card for card in cards[place + 1 :] if len(card.path) == len(path) + 1]
    parameters, products = sum(card.parameters for card in own), sum(card.products for card in own)
    problem = _shortcut_problem(block, x, y)
    if block.shortcut == "projection" and problem is None:
        weights = projection_parameters(x.shape, y.shape)
        parameters, products = parameters + weights, products + weights * _places(y.shape)
    y = joined(y, x) if x.is_image else y
    cards[place] = _card(block, path, x, y, parameters, problem, products)
    return y


def _shortcut_problem(block: Any, x: Signal, y: Signal) -> str | None:
    """What keeps the input of a block from being added to its output."""
    if x.shape == y.shape:
        return None
    sizes = f"The block turns {_values(x.shape)} into {size_text(y.shape)}"
    if block.shortcut == "projection":
        if x.is_image and y.is_image and projection_stride(x, y) is None:
            return f"{sizes}; no convolution of single pixels does that, whatever its stride. Change the sizes inside."
        return None
    if x.is_image or y.is_image:
        return f"{sizes}; with an identity shortcut they must be equal. Choose the projection shortcut, or other sizes."
    return (
        f"{sizes}; with an identity shortcut they must be equal. "
        f"Give its last linear layer {size_text(x.shape)} units, or choose the projection shortcut."
    )


def projection_parameters(before: Shape, after: Shape) -> int:
    """Weights of a projection shortcut: none where the shapes agree, otherwise a matrix without bias, from channels to
    channels where both are images."""
    if before == after:
        return 0
    if len(before) == len(after) == 3:
        return before[0] * after[0]
    return math.prod(before) * math.prod(after)


def _parameters(layer: Any, shape: Shape) -> int:
    """What a single layer learns on samples of this shape."""
    width = math.prod(shape)
    match layer.kind:
        case "linear":
            return width * layer.units + (layer.units if layer.bias else 0)
        case "conv2d":
            return shape[0] // layer.groups * layer.channels * layer.kernel**2 + (layer.channels if layer.bias else 0)
        case "conv_transpose2d":
            return shape[0] * layer.channels * layer.kernel**2 + (layer.channels if layer.bias else 0)
        case "separable_conv2d":
            return shape[0] * (layer.kernel**2 + layer.channels) + (layer.channels if layer.bias else 0)
        case "batch_norm":
            return 2 * shape[0] if layer.affine else 0
        case "layer_norm":
            return 2 * width if layer.affine else 0
        case "prelu":
            return 1
    return 0


def _products(layer: Any, before: Shape, after: Shape) -> int:
    """Multiplications of a single layer for one sample, those by weights only."""
    match layer.kind:
        case "linear":
            return math.prod(before) * layer.units
        case "conv2d":
            return before[0] // layer.groups * layer.kernel**2 * math.prod(after)
        case "conv_transpose2d":
            return math.prod(before) * layer.channels * layer.kernel**2
        case "separable_conv2d":
            return before[0] * (layer.kernel**2 + layer.channels) * _places(after)
    return 0


def _places(shape: Shape) -> int:
    """Pixels of a map."""
    return math.prod(shape[1:])


def _head(experiment: Experiment, x: Signal, classes: int) -> HeadCard:
    try:
        head = head_of(experiment, classes)
    except ValueError as error:
        return HeadCard(x.shape, 0, 0, "identity", (), "", problem=f"{str(error)[:1].upper()}{str(error)[1:]}.")
    parameters = (x.count + 1) * head.outputs
    return HeadCard(x.shape, head.outputs, parameters, head.activation, tuple(head.choices), head.why)


def _values(shape: Shape) -> str:
    if len(shape) == 3:
        return size_text(shape)
    return "1 value" if shape[0] == 1 else f"{size_text(shape)} values"
