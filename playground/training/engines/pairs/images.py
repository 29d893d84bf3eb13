"""Layers that work on images, each one's backward beside its forward.

Maps lie with their channels side by side in memory (channels last) wherever that is so for the input: a processor's
convolutions are up to four times as quick then.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.network.flattening import FlatLinear
from playground.network.pooling import MaxPool2d, by_slices
from playground.network.separable import SeparableConv2d
from playground.network.sliding import LEAST, Slices, both_ways, ringed, without_rings
from playground.training.engines.pairs.layers import LinearPair
from playground.training.engines.pairs.pair import kernel

_nn = torch._C._nn
_convolution_backward = kernel("convolution_backward")
_max_pool, _max_pool_backward = kernel("max_pool2d_with_indices"), kernel("max_pool2d_with_indices_backward")
_avg_pool_backward = kernel("avg_pool2d_backward")
_bilinear_backward = kernel("upsample_bilinear2d_backward")


class ConvPair:
    """A convolution, or a transposed one. low: the type of number it computes in, if not the input's."""

    low: torch.dtype | None = None

    def __init__(self, layer: nn.Conv2d | nn.ConvTranspose2d, wanted: bool, learns: bool) -> None:
        self._weight = layer.weight.detach()
        self._bias = None if layer.bias is None else layer.bias.detach()
        self._grads = [layer.weight.grad, *([] if layer.bias is None else [layer.bias.grad])] if learns else []
        self._how = (
            layer.stride, layer.padding, layer.dilation, layer.transposed, layer.output_padding, layer.groups,
        )  # fmt: skip
        self._asked = [wanted, learns, learns and layer.bias is not None]
        self._biases = None if layer.bias is None else list(layer.bias.shape)

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self._weight, self._bias
        if self.low is not None:
            x, weight = x.to(self.low), weight.to(self.low)
            bias = None if bias is None else bias.to(self.low)
        self._x, self._used = x, weight
        return torch.convolution(x, weight, bias, *self._how)

    def backward(self, grad: Tensor) -> Tensor | None:
        grad = grad if self.low is None else grad.to(self.low)
        x, self._x = self._x, None
        into_input, *others = _convolution_backward(grad, x, self._used, self._biases, *self._how, self._asked)
        for place, value in zip(self._grads, others, strict=False):
            place.copy_(value)
        return into_input


class SeparablePair:
    """`network.separable.SeparableConv2d`: one convolution after another."""

    def __init__(self, layer: SeparableConv2d, wanted: bool, learns: bool) -> None:
        self._depthwise = ConvPair(layer.depthwise, wanted, learns)
        self._pointwise = ConvPair(layer.pointwise, wanted or learns, learns)

    @property
    def low(self) -> torch.dtype | None:
        """As of `ConvPair`, for both."""
        return self._pointwise.low

    @low.setter
    def low(self, low: torch.dtype | None) -> None:
        self._depthwise.low = self._pointwise.low = low

    def forward(self, x: Tensor) -> Tensor:
        return self._pointwise.forward(self._depthwise.forward(x))

    def backward(self, grad: Tensor) -> Tensor | None:
        return self._depthwise.backward(self._pointwise.backward(grad))


class MaxPoolPair:
    """`network.pooling.MaxPool2d`."""

    def __init__(self, layer: MaxPool2d, wanted: bool, learns: bool) -> None:
        self._kernel, self._stride, self._padding = layer.kernel_size, layer.stride, layer.padding
        self._how = [layer.kernel_size] * 2, [layer.stride] * 2, [layer.padding] * 2, [1, 1], False

    def forward(self, x: Tensor) -> Tensor:
        self._sliced = by_slices(x)
        if not self._sliced:
            self._x = x
            y, self._places = _max_pool(x, *self._how)
            return y
        self._x = x = ringed(x, self._padding, LEAST)
        self._columns, self._rows = both_ways(x, self._kernel, self._stride)
        self._between = self._columns.largest(x)
        self._y = self._rows.largest(self._between)
        return self._y

    def backward(self, grad: Tensor) -> Tensor:
        if not self._sliced:
            return _max_pool_backward(grad, self._x, *self._how, self._places)
        x, between, y = self._x, self._between, self._y
        self._x = self._between = self._y = None
        into_between = self._rows.to_largest(grad, between, y)
        return without_rings(self._columns.to_largest(into_between, x, between), self._padding)


class AvgPoolPair:
    """`nn.AvgPool2d`: the rings count as zeros."""

    def __init__(self, layer: nn.AvgPool2d, wanted: bool, learns: bool) -> None:
        self._kernel, self._stride, self._padding = layer.kernel_size, layer.stride, layer.padding
        self._how = [layer.kernel_size] * 2, [layer.stride] * 2, [layer.padding] * 2, False, True, None

    def forward(self, x: Tensor) -> Tensor:
        self._sliced = by_slices(x)
        if not self._sliced:
            self._x = x
            return _nn.avg_pool2d(x, *self._how)
        self._x = x = ringed(x, self._padding, 0.0)
        self._columns, self._rows = both_ways(x, self._kernel, self._stride)
        self._between = self._columns.total(x)
        return self._rows.total(self._between) / self._kernel**2

    def backward(self, grad: Tensor) -> Tensor:
        if not self._sliced:
            return _avg_pool_backward(grad, self._x, *self._how)
        between = self._rows.to_all(grad / self._kernel**2, self._between)
        return without_rings(self._columns.to_all(between, self._x), self._padding)


class GlobalAvgPair:
    """`nn.AdaptiveAvgPool2d(1)`."""

    def __init__(self, layer: nn.AdaptiveAvgPool2d, wanted: bool, learns: bool) -> None: ...

    def forward(self, x: Tensor) -> Tensor:
        self._x = x
        return x.mean((-1, -2), keepdim=True)

    def backward(self, grad: Tensor) -> Tensor:
        return torch.empty_like(self._x).copy_(grad / self._x.shape[-2:].numel())


class UpsamplePair:
    """`nn.Upsample` by a whole factor."""

    def __init__(self, layer: nn.Upsample, wanted: bool, learns: bool) -> None:
        self._factor, self._smooth = int(layer.scale_factor), layer.mode == "bilinear"

    def forward(self, x: Tensor) -> Tensor:
        self._shape, factor = x.shape, self._factor
        if self._smooth:
            return _nn.upsample_bilinear2d(x, None, False, [float(factor)] * 2)
        n, channels, height, width = x.shape
        columns, rows = self._slices(factor * height, factor * width)
        wide = columns.to_all(x, as_laid_out(x.new_empty((n, channels, height, factor * width)), x))
        return rows.to_all(wide, as_laid_out(x.new_empty((n, channels, factor * height, factor * width)), x))

    def backward(self, grad: Tensor) -> Tensor:
        if self._smooth:
            size, scales = list(grad.shape[-2:]), [float(self._factor)] * 2
            return _bilinear_backward(grad, size, list(self._shape), False, *scales)
        columns, rows = self._slices(*grad.shape[-2:])
        return columns.total(rows.total(grad))

    def _slices(self, height: int, width: int) -> tuple[Slices, Slices]:
        return Slices(-1, width, self._factor, self._factor), Slices(-2, height, self._factor, self._factor)


class FlattenPair:
    """`nn.Flatten`: pixels in the order (channel, row, column), however they lie in memory."""

    def __init__(self, layer: nn.Module, wanted: bool, learns: bool) -> None: ...

    def forward(self, x: Tensor) -> Tensor:
        self._shape, self._last = x.shape, lies_channels_last(x)
        return x.flatten(1)

    def backward(self, grad: Tensor) -> Tensor:
        grad = grad.reshape(self._shape)
        return grad.contiguous(memory_format=torch.channels_last) if self._last else grad


class FlatLinearPair(LinearPair):
    """`network.flattening.FlatLinear`."""

    def __init__(self, layer: FlatLinear, wanted: bool, learns: bool) -> None:
        super().__init__(layer, wanted, learns)
        self._flat = FlattenPair(layer, wanted, learns)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(self._flat.forward(x))

    def backward(self, grad: Tensor) -> Tensor | None:
        found = super().backward(grad)
        return None if found is None else self._flat.backward(found)


def as_laid_out(values: Tensor, like: Tensor) -> Tensor:
    """The same values in the order of `like` in memory."""
    return values.contiguous(memory_format=torch.channels_last) if lies_channels_last(like) else values


def lies_channels_last(x: Tensor) -> bool:
    """Whether the channels of maps are side by side in memory."""
    return x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)


def channels_last(x: Tensor) -> Tensor:
    """Images (n, C, H, W) with their channels side by side in memory; of a single channel a view that says so."""
    channels, height, width = x.shape[1:]
    if channels == 1 and x.is_contiguous():
        return x.as_strided(x.shape, (height * width, 1, width, 1))
    return x.contiguous(memory_format=torch.channels_last)
