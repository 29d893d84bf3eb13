"""How the layers of convolutional stacks are read as steps; see `reading.Reader`.

Each takes the reader and a layer, and gives its steps. Raises KeyError, with the class, for what is not known exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import nn

from playground.lenses.landscape.walking import enlarging, images
from playground.lenses.landscape.walking.steps import Step
from playground.network.pooling import MaxPool2d
from playground.network.separable import SeparableConv2d

if TYPE_CHECKING:
    from playground.lenses.landscape.walking.reading import Reader

SMALL = 2
"""An image of so many times as many places as the window has, at most, is convolved as one matrix: that takes up to so
many times as many multiplications, and no copies."""


def _convolution(reader: Reader, layer: nn.Conv2d) -> list[Step]:
    reader.image(layer)
    if layer.padding_mode != "zeros":
        raise KeyError(type(layer))
    height, width = reader.shape[1:]
    small = layer.groups == 1 and height * width <= SMALL * layer.kernel_size[0] * layer.kernel_size[1]
    return [(_as_matrix if small else _as_copies)(reader, layer), *_bias(reader, layer)]


def _bias(reader: Reader, layer: nn.Conv2d | nn.ConvTranspose2d) -> list[Step]:
    bias = reader.of(layer.bias)
    return [] if bias is None else [images.Bias(reader.keep_channels(bias))]


def _as_copies(reader: Reader, layer: nn.Conv2d) -> Step:
    weight = reader.of(layer.weight)
    piece = reader.keep(weight.reshape(3, layer.groups, layer.out_channels // layer.groups, -1))
    window = images.Window(layer.kernel_size, layer.stride, layer.dilation, _sides(layer))
    alone = layer.groups > 1 and layer.in_channels == layer.groups
    return (images.Depthwise if alone else images.Convolution)(piece, window)


def _as_matrix(reader: Reader, layer: nn.Conv2d) -> Step:
    count = torch.Size(reader.shape).numel()
    ones = torch.eye(count, device=reader.planes.device).view(count, *reader.shape)
    # What the layer makes of an image of a single one is a column of its matrix.
    found = [
        nn.functional.conv2d(ones, weight, None, layer.stride, layer.padding, layer.dilation)
        for weight in reader.of(layer.weight)
    ]
    piece = reader.keep(torch.stack([columns.flatten(1).T for columns in found]))
    return images.SmallConvolution(piece, tuple(found[0].shape[1:]))


def _separable(reader: Reader, layer: SeparableConv2d) -> list[Step]:
    return reader.stack([layer.depthwise, layer.pointwise])


def _sides(layer: nn.Conv2d) -> images.Sides:
    """What a convolution adds around its image."""
    if layer.padding == "valid":
        return 0, 0, 0, 0
    if layer.padding == "same":
        down, across = (d * (size - 1) for d, size in zip(layer.dilation, layer.kernel_size, strict=True))
        return across // 2, across - across // 2, down // 2, down - down // 2
    down, across = layer.padding
    return across, across, down, down


def _transposed(reader: Reader, layer: nn.ConvTranspose2d) -> list[Step]:
    reader.image(layer)
    groups, weight = layer.groups, reader.of(layer.weight)
    inside = layer.in_channels // groups
    spread = weight.reshape(3, groups, inside, -1).transpose(2, 3)
    step = enlarging.TransposedConvolution(
        reader.keep(spread), layer.out_channels, layer.kernel_size, layer.stride, layer.dilation, layer.padding,
        layer.output_padding,
    )  # fmt: skip
    return [step, *_bias(reader, layer)]


def _upsample(reader: Reader, layer: nn.Upsample) -> list[Step]:
    reader.image(layer)
    factors = layer.scale_factor if isinstance(layer.scale_factor, tuple) else (layer.scale_factor,) * 2
    whole = all(factor and factor >= 1 and float(factor).is_integer() for factor in factors)
    if not whole or layer.mode not in ("nearest", "bilinear") or layer.align_corners:
        raise KeyError(type(layer))
    return [enlarging.Upsample(tuple(int(factor) for factor in factors), layer.mode == "bilinear")]


def _pair(value: int | tuple[int, ...]) -> images.Pair:
    return (value, value) if isinstance(value, int) else tuple(value)


def _pool_window(layer: nn.MaxPool2d | nn.AvgPool2d, dilation: images.Pair) -> images.Window:
    if layer.ceil_mode:
        raise KeyError(type(layer))
    size, (down, across) = _pair(layer.kernel_size), _pair(layer.padding)
    stride = size if layer.stride is None else _pair(layer.stride)
    return images.Window(size, stride, dilation, (across, across, down, down))


def _max_pool(reader: Reader, layer: nn.MaxPool2d) -> list[Step]:
    reader.image(layer)
    if layer.return_indices:
        raise KeyError(type(layer))
    return [images.MaxPool(_pool_window(layer, _pair(layer.dilation)))]


def _mean_pool(reader: Reader, layer: nn.AvgPool2d) -> list[Step]:
    reader.image(layer)
    window = _pool_window(layer, (1, 1))
    if any(window.sides) and not layer.count_include_pad:
        raise KeyError(type(layer))
    return [images.MeanPool(window, layer.divisor_override or window.size[0] * window.size[1])]


def _whole_mean(reader: Reader, layer: nn.AdaptiveAvgPool2d) -> list[Step]:
    reader.image(layer)
    if layer.output_size not in (1, (1, 1)):
        raise KeyError(type(layer))
    return [images.WholeMean()]


def _flatten(reader: Reader, layer: nn.Flatten) -> list[Step]:
    if layer.start_dim != 1 or layer.end_dim not in (-1, len(reader.shape)):
        raise KeyError(type(layer))
    return [images.Shaped((torch.Size(reader.shape).numel(),))]


def _unflatten(reader: Reader, layer: nn.Unflatten) -> list[Step]:
    reader.flat(layer)
    if layer.dim not in (1, -1):
        raise KeyError(type(layer))
    return [images.Shaped(tuple(torch.empty(reader.shape, device="meta").unflatten(0, layer.unflattened_size).shape))]


READERS: dict[type[nn.Module], Callable[[Reader, nn.Module], list[Step]]] = {
    nn.Conv2d: _convolution,
    nn.ConvTranspose2d: _transposed,
    SeparableConv2d: _separable,
    **dict.fromkeys((nn.MaxPool2d, MaxPool2d), _max_pool),
    nn.AvgPool2d: _mean_pool,
    nn.AdaptiveAvgPool2d: _whole_mean,
    nn.Upsample: _upsample,
    nn.Flatten: _flatten,
    nn.Unflatten: _unflatten,
}
