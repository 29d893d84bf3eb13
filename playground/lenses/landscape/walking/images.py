"""The layers of convolutional stacks as steps: values are (G, channels, height, width, n); see `steps.Step`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from playground.lenses.landscape.walking.dense import Plain, Same, Shape
from playground.lenses.landscape.walking.products import products
from playground.lenses.landscape.walking.steps import Piece

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]
"""What is added around an image: left, right, above, below."""
_NONE = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """What slides over an image: (height, width) each, and what is added around it first."""

    size: Pair
    stride: Pair
    dilation: Pair
    sides: Sides

    def places(self, height: int, width: int) -> Pair:
        """Where it stops: (rows, columns)."""
        left, right, above, below = self.sides
        room = height + above + below, width + left + right
        return tuple((room[a] - self.dilation[a] * (self.size[a] - 1) - 1) // self.stride[a] + 1 for a in (0, 1))

    def padded(self, x: Tensor, value: float) -> Tensor:
        """x with `value` around it."""
        return F.pad(x, (0, 0, *self.sides), value=value) if any(self.sides) else x

    def shifted(self, x: Tensor) -> Tensor:
        """A view of padded x: (g, C, height and width of the window, rows, columns, n)."""
        g, channels, height, width, n = x.shape
        reach = [self.dilation[a] * (self.size[a] - 1) + 1 for a in (0, 1)]
        rows, columns = ((side - reach[a]) // self.stride[a] + 1 for a, side in enumerate((height, width)))
        point, channel, down, across, one = x.stride()
        return x.as_strided(
            (g, channels, *self.size, rows, columns, n),
            (point, channel, down * self.dilation[0], across * self.dilation[1], down * self.stride[0],
             across * self.stride[1], one),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Convolution(Plain):
    """Without its bias: one matrix product of weights and shifted copies of the image, for each group.

    weight (groups, O / groups, C / groups * height * width of the window).
    """

    weight: Piece
    window: Window
    linear: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        groups, each, _ = self.weight.shape
        return (groups * each, *self.window.places(*given[1:]))

    def work(self, given: Shape) -> int:
        return math.prod(self.shape(given)) * self.weight.shape[2]

    def alone(self, given: Shape) -> int:
        groups, _, inside = self.weight.shape
        return groups * inside * math.prod(self.window.places(*given[1:]))

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        weight = self.weight.of(kept)
        groups, each, inside = self.weight.shape
        shifted = self.window.shifted(self.window.padded(x, 0.0))
        rows, columns, n = shifted.shape[-3:]
        if len(x) < len(weight):  # what is the same at every point is copied once
            copies = shifted.reshape(groups, inside, rows * columns * n)
            found = [products(of_point, copies) for of_point in weight]
        else:
            # The copies of one point at a time: they are large.
            found = [
                products(of_point, shifted[point].reshape(groups, inside, rows * columns * n))
                for point, of_point in enumerate(weight)
            ]
        return torch.stack(found).view(len(weight), groups * each, rows, columns, n)


@dataclass(frozen=True, slots=True)
class Depthwise(Plain):
    """Likewise where every channel is convolved by itself: shifted views, weighted and added up, without copies.

    weight (C, O / C, height * width of the window).
    """

    weight: Piece
    window: Window
    linear: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        channels, each, _ = self.weight.shape
        return (channels * each, *self.window.places(*given[1:]))

    def work(self, given: Shape) -> int:
        return math.prod(self.shape(given)) * self.weight.shape[2]

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        weight = self.weight.of(kept)
        channels, each, _ = self.weight.shape
        shifted = self.window.shifted(self.window.padded(x, 0.0))[:, :, None]
        places = [(i, j) for i in range(self.window.size[0]) for j in range(self.window.size[1])]
        # One point at a time: its sum then stays in the processor's own memory.
        found = []
        for point, of_point in enumerate(weight.view(len(weight), channels, each, -1, 1, 1, 1)):
            views = shifted[point if len(x) > 1 else 0]
            total = views[:, :, 0, 0] * of_point[:, :, 0]
            for place, (i, j) in enumerate(places[1:], 1):
                total.addcmul_(views[:, :, i, j], of_point[:, :, place])
            found.append(total)
        return torch.stack(found).view(len(weight), channels * each, *shifted.shape[-3:])


@dataclass(frozen=True, slots=True)
class SmallConvolution(Plain):
    """Likewise for an image not much larger than the window: as one matrix (O * rows * columns, C * height * width),
    which needs no copies. after: the shape of what it gives."""

    matrix: Piece
    after: Shape
    linear: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return self.after

    def work(self, given: Shape) -> int:
        return math.prod(self.matrix.shape)

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        found = products(self.matrix.of(kept), x.flatten(1, 3))
        return found.view(len(found), *self.after, x.shape[-1])


@dataclass(frozen=True, slots=True)
class Bias(Same):
    """x + b; b (C, 1, 1, 1)."""

    bias: Piece
    rising: ClassVar[bool] = True

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        bias = self.bias.of(kept)
        return x.add_(bias) if own and len(x) == len(bias) else x + bias


def _largest(views: Tensor, side: int) -> Tensor:
    """The maximum along a side, view by view: `amax` would go against memory."""
    first, *others = views.unbind(side)
    found = torch.maximum(first, others.pop()) if others else first.contiguous()
    for view in others:
        torch.maximum(found, view, out=found)
    return found


@dataclass(frozen=True, slots=True)
class MaxPool(Plain):
    """The largest under the window, as the maxima of strided views."""

    window: Window
    fixed: ClassVar[bool] = True

    def alone(self, given: Shape) -> int:
        return math.prod(given)

    def shape(self, given: Shape) -> Shape:
        return (given[0], *self.window.places(*given[1:]))

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        size, stride, dilation = self.window.size, self.window.stride, self.window.dilation
        x = self.window.padded(x, -math.inf)
        down = Window((size[0], 1), (stride[0], 1), (dilation[0], 1), _NONE).shifted(x)
        across = Window((1, size[1]), (1, stride[1]), (1, dilation[1]), _NONE).shifted(_largest(down.squeeze(3), 2))
        return _largest(across.squeeze(2), 2)


@dataclass(frozen=True, slots=True)
class MeanPool(Plain):
    """The mean under the window; what was added around the image counts as zeros. divisor: what the sum is divided
    by."""

    window: Window
    divisor: int
    fixed: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return (given[0], *self.window.places(*given[1:]))

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return self.window.shifted(self.window.padded(x, 0.0)).sum((2, 3)).div_(self.divisor)


@dataclass(frozen=True, slots=True)
class WholeMean(Plain):
    """The mean of each channel over the whole image."""

    fixed: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return (given[0], 1, 1)

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return x.mean((2, 3), keepdim=True)


@dataclass(frozen=True, slots=True)
class Shaped(Plain):
    """The same numbers in another shape."""

    after: Shape
    fixed: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return self.after

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return x.reshape(len(x), *self.after, x.shape[-1])
