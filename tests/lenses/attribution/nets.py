"""Plain convolutional networks as hypothesis makes them, and images for them."""

from typing import NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

CLASSES = 3
SMALLEST = 3
"""Pixels that a map has at least, either way: another layer fits on it."""


class Case(NamedTuple):
    """net: (n, C, H, W) to (n, CLASSES); maps: its last layer with maps; x: one image with pixels from 0 to 1."""

    net: nn.Module
    maps: nn.Module
    x: Tensor
    target: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A network of one to three convolutions of any geometry, in float64 and evaluation mode, and an image for it."""
    torch.manual_seed(draw(st.integers(0, 1000)))
    channels, size = draw(st.sampled_from([1, 3])), (draw(st.integers(6, 10)), draw(st.integers(6, 10)))
    x = torch.rand(1, channels, *size, dtype=torch.float64)
    layers: list[nn.Module] = []
    for _ in range(draw(st.integers(1, 3))):
        convolution = _convolution(draw, channels)
        after = tuple(_after(convolution, length) for length in size)
        if min(after) < SMALLEST:
            continue
        channels, size = convolution.out_channels, after
        layers += [convolution, *_rest(draw, channels)]
        if draw(st.booleans()):
            layers.append(draw(st.sampled_from([nn.AvgPool2d, nn.MaxPool2d]))(2, stride=1, padding=1))
            size = tuple(length + 1 for length in size)
    if not layers:
        layers, channels, size = [nn.Conv2d(channels, 2, 1)], 2, size
    end: list[nn.Module] = [nn.Flatten()]
    if draw(st.booleans()):
        end, size = [nn.AdaptiveAvgPool2d(1), nn.Flatten()], (1, 1)
    net = nn.Sequential(*layers, *end, nn.Linear(channels * size[0] * size[1], CLASSES)).double().eval()
    return Case(net, layers[-1], x, draw(st.integers(0, CLASSES - 1)))


def _convolution(draw: st.DrawFn, inside: int) -> nn.Conv2d:
    groups = draw(st.sampled_from([1, inside]))
    return nn.Conv2d(
        inside, groups * draw(st.integers(1, 3 if groups < 4 else 1)), draw(st.integers(1, 3)),
        stride=draw(st.integers(1, 2)), padding=draw(st.integers(0, 2)), dilation=draw(st.integers(1, 2)),
        groups=groups, bias=draw(st.booleans()),
    )  # fmt: skip


def _after(layer: nn.Conv2d, length: int) -> int:
    reach = layer.dilation[0] * (layer.kernel_size[0] - 1) + 1
    return (length + 2 * layer.padding[0] - reach) // layer.stride[0] + 1


def _rest(draw: st.DrawFn, channels: int) -> list[nn.Module]:
    made: list[nn.Module] = []
    if draw(st.booleans()):
        norm = nn.BatchNorm2d(channels)
        norm.running_mean.uniform_(-1, 1), norm.running_var.uniform_(0.5, 2)
        made.append(norm)
    return [*made, draw(st.sampled_from([nn.ReLU, nn.Tanh, nn.GELU]))()]
