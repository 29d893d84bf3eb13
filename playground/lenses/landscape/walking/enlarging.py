"""The layers that make an image larger, as steps: values are (G, channels, height, width, n); see `steps.Step`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from playground.lenses.landscape.walking.dense import Plain, Shape
from playground.lenses.landscape.walking.images import Pair
from playground.lenses.landscape.walking.products import products
from playground.lenses.landscape.walking.steps import Piece


@dataclass(frozen=True, slots=True)
class TransposedConvolution(Plain):
    """Without its bias: every value is spread by the window's weights, and what falls on the same place is added up.

    weight (groups, O / groups * height * width of the window, C / groups); size, stride, dilation, padding (what is cut
    off on each side) and extra (what is added below and on the right): (height, width) each.
    """

    weight: Piece
    outputs: int
    size: Pair
    stride: Pair
    dilation: Pair
    padding: Pair
    extra: Pair
    linear: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return (self.outputs, *(side - 2 * cut for side, cut in zip(self._whole(given[1:]), self.padding, strict=True)))

    def work(self, given: Shape) -> int:
        return math.prod(self.weight.shape) * math.prod(given[1:])

    def alone(self, given: Shape) -> int:
        groups, spread, _ = self.weight.shape
        return groups * spread * math.prod(given[1:]) + self.outputs * math.prod(self._whole(given[1:]))

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        weight = self.weight.of(kept)
        groups, _, inside = self.weight.shape
        # One point at a time: what is to be added up is as many times as large as the window.
        found = []
        for point, of_point in enumerate(weight):
            given = x[point if len(x) > 1 else 0]
            found.append(self._added(products(of_point, given.reshape(groups, inside, -1)), given.shape[1:]))
        return torch.stack(found)

    def _added(self, spread: Tensor, given: torch.Size) -> Tensor:
        """The image of one point, (O, height, width, n), from what each value is spread to."""
        rows, columns, n = given
        spread = spread.view(self.outputs, *self.size, rows, columns, n)
        found = spread.new_zeros(self.outputs, *self._whole((rows, columns)), n)
        for i in range(self.size[0]):
            for j in range(self.size[1]):
                top, left = i * self.dilation[0], j * self.dilation[1]
                down = slice(top, top + self.stride[0] * (rows - 1) + 1, self.stride[0])
                across = slice(left, left + self.stride[1] * (columns - 1) + 1, self.stride[1])
                found[:, down, across] += spread[:, i, j]
        (above, left), (height, width) = self.padding, found.shape[1:3]
        return found[:, above : height - above, left : width - left]

    def _whole(self, given: Shape) -> Pair:
        """(height, width) before anything is cut off."""
        return tuple(
            (given[a] - 1) * self.stride[a] + self.dilation[a] * (self.size[a] - 1) + 1 + self.extra[a] for a in (0, 1)
        )


@dataclass(frozen=True, slots=True)
class Upsample(Plain):
    """Each side so many times as long: by repeating, or by straight lines between the middles of the places."""

    factor: Pair
    bilinear: bool
    fixed: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return (given[0], given[1] * self.factor[0], given[2] * self.factor[1])

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        for side, factor in zip((2, 3), self.factor, strict=True):
            x = self._longer(x, side, factor)
        return x

    def _longer(self, x: Tensor, side: int, factor: int) -> Tensor:
        count = x.shape[side]
        places = torch.arange(count * factor, device=x.device)
        if not self.bilinear:
            return x.index_select(side, places // factor)
        where = ((places + 0.5) / factor - 0.5).clamp_min_(0.0)
        before = where.long()
        share = (where - before).view(-1, *(1 for _ in x.shape[side + 1 :]))
        after = (before + 1).clamp_max_(count - 1)
        return torch.lerp(x.index_select(side, before), x.index_select(side, after), share)
