"""Networks of the same layers as one: every operation works on all cells at once.

Values of samples are (cells, n, features). Maps are (n, cells * channels, height, width): every cell's channels are a
group, so that a convolution of all is one convolution in groups, and what works on each channel by itself (pooling,
batch norm, activations) works as it is. Inputs that all cells share are held once (`Signal.cells` is 1) up to the first
layer whose numbers differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from playground.experiment.randomness import LOW, ODD, base_of
from playground.network.dropout import Dropout, Dropout2d, mix
from playground.network.network import Network
from playground.network.norm import BatchNorm
from playground.network.pooling import MaxPool2d
from playground.network.residual import Residual
from playground.network.separable import SeparableConv2d
from playground.training.engines.pairs.activations import ELEMENTWISE

EACH_CHANNEL = (MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.Upsample, nn.Identity, *ELEMENTWISE)
"""Layers that do the same to every channel, and have no numbers of their own."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Values on their way. cells: of how many cells, 1 while all have the same. training, step: which it is."""

    x: Tensor
    cells: int
    training: bool
    step: int

    @property
    def is_image(self) -> bool:
        """Whether these are maps."""
        return self.x.dim() == 4

    def of(self, x: Tensor, cells: int | None = None) -> Signal:
        """The same with other values."""
        return replace(self, x=x, cells=self.cells if cells is None else cells)


Layer = Callable[[Signal], Signal]


class Layers:
    """The layers of `networks`, which are built alike, as one function.

    place: where a parameter or buffer of the first of them lies in all: (cells, *shape). Raises KeyError, with the
    class, for a layer that is not known.
    """

    def __init__(self, networks: list[Network], place: Callable[[Tensor], Tensor]) -> None:
        self._count, self._place = len(networks), place
        parts = zip(*((*n.layers, n.head, n.head_activation) for n in networks), strict=True)
        self._steps = [self._layer(layers) for layers in parts]

    def __call__(self, x: Tensor, cells: int, training: bool, step: int = 0) -> Tensor:
        """x as above; cells: of how many cells it is, 1 where all get the same. The outputs, (cells, n, K)."""
        signal = Signal(x, cells, training, step)
        for take in self._steps:
            signal = take(signal)
        return self._flat(self._own(signal)).x

    def _layer(self, layers: tuple[Any, ...]) -> Layer:
        """What takes one layer of every network; `layers` are those."""
        layer, kind = layers[0], type(layers[0])
        if isinstance(layer, Residual):
            return self._residual(layers)
        if isinstance(layer, nn.Linear):
            return self._linear(layer)
        if isinstance(layer, Dropout):
            return self._dropout(layers)
        if kind in EACH_CHANNEL:
            return lambda signal: signal.of(layer.forward(signal.x))
        return self._makers[kind](self, layer)

    # Shapes ------------------------------------------------------------------------------------------------------

    def _own(self, signal: Signal) -> Signal:
        """The same with values for every cell."""
        if signal.cells == self._count:
            return signal
        x = signal.x
        x = x.repeat(1, self._count, 1, 1) if signal.is_image else x.expand(self._count, -1, -1)
        return signal.of(x, self._count)

    def _flat(self, signal: Signal) -> Signal:
        """Maps as the features of samples."""
        if not signal.is_image:
            return signal
        x = signal.x.contiguous()
        return signal.of(x.view(len(x), signal.cells, -1).transpose(0, 1))

    # Layers ------------------------------------------------------------------------------------------------------

    def _linear(self, layer: nn.Linear) -> Layer:
        weight, bias = self._place(layer.weight), None if layer.bias is None else self._place(layer.bias)

        def take(signal: Signal) -> Signal:
            signal = self._own(self._flat(signal))
            x, turned = signal.x, weight.mT
            return signal.of(torch.bmm(x, turned) if bias is None else torch.baddbmm(bias[:, None], x, turned))

        return take

    def _convolution(self, layer: nn.Conv2d | nn.ConvTranspose2d) -> Layer:
        weight, bias = self._place(layer.weight), None if layer.bias is None else self._place(layer.bias)

        def take(signal: Signal) -> Signal:
            if layer.groups > 1 or layer.transposed:
                signal = self._own(signal)  # else what all share can be convolved by all filters
            found = torch.convolution(
                signal.x, weight.flatten(0, 1), None if bias is None else bias.flatten(), layer.stride, layer.padding,
                layer.dilation, layer.transposed, layer.output_padding, layer.groups * signal.cells,
            )  # fmt: skip
            return signal.of(found, self._count)

        return take

    def _separable(self, layer: SeparableConv2d) -> Layer:
        first, second = self._convolution(layer.depthwise), self._convolution(layer.pointwise)
        return lambda signal: second(first(signal))

    def _flatten(self, layer: nn.Flatten) -> Layer:
        return self._flat

    def _batch_norm(self, layer: BatchNorm) -> Layer:
        places = [None if of is None else self._place(of) for of in (layer.weight, layer.bias)]
        running = [self._place(of) for of in (layer.running_mean, layer.running_var)]

        def take(signal: Signal) -> Signal:
            signal = self._own(signal)
            x, flat = signal.x, not signal.is_image
            n = x.shape[1] if flat else len(x)
            if flat:
                x = x.transpose(0, 1).reshape(n, -1)
            statistics = [of.clone(memory_format=torch.contiguous_format).view(-1) for of in running]
            use_batch = signal.training and x.numel() > x.shape[1]
            x = F.batch_norm(
                x, *statistics, *(None if of is None else of.flatten() for of in places), use_batch, layer.momentum,
                layer.eps,
            )  # fmt: skip
            if use_batch:
                for of, new in zip(running, statistics, strict=True):
                    of.copy_(new.view(of.shape))
            return signal.of(x.view(n, self._count, -1).transpose(0, 1) if flat else x)

        return take

    def _layer_norm(self, layer: nn.LayerNorm) -> Layer:
        shape = list(layer.normalized_shape)
        weight, bias = (None if of is None else self._place(of) for of in (layer.weight, layer.bias))

        def take(signal: Signal) -> Signal:
            x, image = signal.x, signal.is_image
            if image:
                x = x.contiguous().view(len(x), signal.cells, *shape)
            x = F.layer_norm(x, shape, eps=layer.eps)
            if weight is not None:  # (cells, 1, features), or (cells, channels, height, width)
                x = x * (weight if image else weight[:, None]) + (bias if image else bias[:, None])
            if not image:
                return signal.of(x, len(x))
            return signal.of(x.flatten(1, 2), x.shape[1])

        return take

    def _prelu(self, layer: nn.PReLU) -> Layer:
        slope = self._place(layer.weight)

        def take(signal: Signal) -> Signal:
            signal = self._own(signal)
            x, each = signal.x, slope[:, :, None]
            if signal.is_image:
                each = slope.expand(-1, x.shape[1] // self._count).reshape(1, -1, 1, 1)
            return signal.of(torch.where(x > 0, x, each * x))

        return take

    def _dropout(self, layers: tuple[Dropout, ...]) -> Layer:
        p, keys = layers[0].p, [layer.key for layer in layers]
        channels = isinstance(layers[0], Dropout2d)

        def take(signal: Signal) -> Signal:
            if not signal.training or p == 0.0:
                return signal
            signal = self._own(signal)
            x, image = signal.x, signal.is_image
            n = len(x) if image else x.shape[1]
            shape = (n, self._count, x.shape[1] // self._count, *x.shape[2:]) if image else (self._count, *x.shape[1:])
            features = shape[2] if channels or not image else shape[2] * shape[3] * shape[4]
            kept = _kept([base_of(key, signal.step) for key in keys], n, features, p, x.device)
            if image:
                kept = kept.transpose(0, 1).reshape(n, -1, *((1, 1) if channels else shape[3:]))
            return signal.of(x * kept * (1.0 / (1.0 - p)))

        return take

    def _residual(self, blocks: tuple[Residual, ...]) -> Layer:
        inside = [self._layer(layers) for layers in zip(*(block.layers for block in blocks), strict=True)]
        beside = self._layer(tuple(block.shortcut for block in blocks))

        def take(signal: Signal) -> Signal:
            inner, around = signal, self._own(beside(signal))
            for step in inside:
                inner = step(inner)
            inner = self._own(inner)
            if inner.is_image != around.is_image:
                inner, around = self._flat(inner), self._flat(around)
            return inner.of(around.x + inner.x)

        return take

    _makers: ClassVar[dict[type[nn.Module], Callable[[Layers, Any], Layer]]] = {
        nn.Conv2d: _convolution,
        nn.ConvTranspose2d: _convolution,
        SeparableConv2d: _separable,
        nn.Flatten: _flatten,
        BatchNorm: _batch_norm,
        nn.LayerNorm: _layer_norm,
        nn.PReLU: _prelu,
    }


def _kept(bases: list[int], rows: int, features: int, p: float, device: torch.device) -> Tensor:
    """Which elements every cell keeps, as `network.dropout` documents it: (cells, rows, features) bool."""
    element = torch.arange(rows * features, device=device) * ODD
    hashed = mix((element + torch.tensor(bases, device=device)[:, None]) & LOW)
    return (hashed >= int(p * 2**32)).view(len(bases), rows, features)
