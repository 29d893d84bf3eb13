"""From a network to its pairs: stacks, residual blocks, and how far back a gradient has to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from playground.experiment.freezing import Place
from playground.network.dropout import Dropout, Dropout2d
from playground.network.flattening import FlatLinear
from playground.network.network import Network
from playground.network.norm import BatchNorm
from playground.network.pooling import MaxPool2d
from playground.network.residual import Residual
from playground.network.separable import SeparableConv2d
from playground.network.silence import Silence, silence_of
from playground.training.engines.pairs.activations import ELEMENTWISE, Elementwise, PReLU
from playground.training.engines.pairs.images import (
    AvgPoolPair,
    ConvPair,
    FlatLinearPair,
    FlattenPair,
    GlobalAvgPair,
    MaxPoolPair,
    SeparablePair,
    UpsamplePair,
    channels_last,
)
from playground.training.engines.pairs.layers import (
    BatchNormPair,
    DropoutPair,
    LayerNormPair,
    LinearPair,
    Silenced,
)
from playground.training.engines.pairs.mixed import mixed
from playground.training.engines.pairs.pair import Autograd, Pair

PAIRS: dict[type[nn.Module], Callable[[Any, bool, bool], Pair]] = {
    nn.Linear: LinearPair,
    Dropout: DropoutPair,
    Dropout2d: DropoutPair,
    BatchNorm: BatchNormPair,
    nn.LayerNorm: LayerNormPair,
    nn.PReLU: PReLU,
    FlatLinear: FlatLinearPair,
    nn.Flatten: FlattenPair,
    nn.Conv2d: ConvPair,
    nn.ConvTranspose2d: ConvPair,
    SeparableConv2d: SeparablePair,
    MaxPool2d: MaxPoolPair,
    nn.AvgPool2d: AvgPoolPair,
    nn.AdaptiveAvgPool2d: GlobalAvgPair,
    nn.Upsample: UpsamplePair,
    **dict.fromkeys(ELEMENTWISE, Elementwise),
}
"""By the exact class; any other layer is autograd's."""
IN_FLOAT32 = (BatchNormPair, LayerNormPair, PReLU, Autograd)
"""Pairs that want float32 in mixed precision, too."""


@dataclass(frozen=True, slots=True)
class Making:
    """What pairs are made by. fixed: the layers that keep their numbers; low: the type of number that products are
    computed in, where that is not float32."""

    fixed: frozenset[nn.Module] = frozenset()
    low: torch.dtype | None = None


class Chain:
    """Layers one after another. Nothing goes back beyond the first of them that learns, unless it is wanted there.

    shaped: what brings the input into the shape that the first takes, if it has another.
    """

    def __init__(
        self,
        layers: Iterable[nn.Module],
        wanted: bool,
        making: Making,
        shaped: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self._forwards: list[Callable[[Tensor], Tensor]] = [] if shaped is None else [shaped]
        backwards: list[Callable[[Tensor], Tensor | None]] = []
        for layer in _in_quickest_order(layers):
            learns = _learns(layer, making.fixed)
            pair = _pair(layer, wanted, learns, making)
            wanted = wanted or learns
            if pair is None:
                continue
            self._forwards.append(pair.forward)
            if wanted:
                backwards.append(pair.backward)
        self._backwards = backwards[::-1]

    def forward(self, x: Tensor) -> Tensor:
        """The output of the last layer."""
        for function in self._forwards:
            x = function(x)
        return x

    def backward(self, grad: Tensor) -> Tensor:
        """From the gradient of the output to that of the input; it means nothing where that was not wanted."""
        for function in self._backwards:
            grad = function(grad)
        return grad


class ResidualPair:
    """x + F(x): the gradient comes back both ways and is added up."""

    def __init__(self, block: Residual, wanted: bool, making: Making) -> None:
        self._wanted = wanted
        self._inside = Chain(block.layers, wanted, making)
        self._shortcut = Chain([block.shortcut], wanted, making)

    def forward(self, x: Tensor) -> Tensor:
        return self._shortcut.forward(x) + self._inside.forward(x)

    def backward(self, grad: Tensor) -> Tensor | None:
        inside, beside = self._inside.backward(grad), self._shortcut.backward(grad)
        return beside + inside if self._wanted else None


def network_pairs(network: Network, frozen: Iterable[Place], low: torch.dtype | None = None) -> Chain:
    """`network` from its input to the output that the loss takes, as its silences are now.

    After `backward` the `p.grad` of every parameter is the gradient; those of the layers `frozen` are not touched.
    low: the 16-bit type of number of mixed precision (`mixed`), None for float32 throughout. Needed anew when the
    silences, the frozen layers or the network's memory change.
    """
    layers = (*network.layers, network.head, network.head_activation)
    shaped = None if network.image is None else lambda x: channels_last(network.shaped(x))
    fixed = frozenset(part for place in frozen for part in network.at(place).modules())
    return Chain(layers, False, Making(fixed, low), shaped)


def silences(network: Network) -> tuple[Silence | None, ...]:
    """What lies on the layers, for seeing whether it has changed."""
    return (*(silence_of(layer) for _path, layer in network.paths()), silence_of(network.head_activation))


def _in_quickest_order(layers: Iterable[nn.Module]) -> list[nn.Module]:
    """The layers, but a ReLU after a max pooling that follows it: the largest of what is positive is the positive part
    of the largest, value and gradient, and there are fewer of them."""
    layers = list(layers)
    for first in range(len(layers) - 1):
        pair = layers[first], layers[first + 1]
        if type(pair[0]) is nn.ReLU and type(pair[1]) is MaxPool2d and not any(map(silence_of, pair)):
            layers[first], layers[first + 1] = pair[1], pair[0]
    return layers


def _pair(layer: nn.Module, wanted: bool, learns: bool, making: Making) -> Pair | None:
    """The layer's pair; None where it passes all on."""
    if isinstance(layer, Residual):
        pair = ResidualPair(layer, wanted, making)
    elif type(layer) is nn.Identity:
        pair = None
    else:
        made = PAIRS.get(type(layer), Autograd)
        pair = made(layer, wanted, learns)
        if making.low is not None:
            pair = mixed(pair, making.low, whole=made in IN_FLOAT32)
    silence = silence_of(layer)
    return pair if silence is None else Silenced(pair, silence)


def _learns(layer: nn.Module, fixed: frozenset[nn.Module]) -> bool:
    """Whether it, or a layer inside it, has parameters that may move."""
    return any(part._parameters and part not in fixed for part in layer.modules())
