"""The layers of dense stacks as steps; see `steps.Step`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from playground.lenses.landscape.walking.activations import Elementwise
from playground.lenses.landscape.walking.products import products
from playground.lenses.landscape.walking.steps import Piece, Step

Shape = tuple[int, ...]


class Plain:
    """What is so of most steps."""

    linear: ClassVar[bool] = False
    fixed: ClassVar[bool] = False
    rising: ClassVar[bool] = False

    def work(self, given: Shape) -> int:
        return math.prod(given)

    def held(self, given: Shape) -> int:
        return 0

    def alone(self, given: Shape) -> int:
        return 0


class Same(Plain):
    """For a step that leaves the shape as it is."""

    def shape(self, given: Shape) -> Shape:
        return given


@dataclass(frozen=True, slots=True)
class Linear(Plain):
    """y = W x + b. weight (O, I), bias (O, 1)."""

    weight: Piece
    bias: Piece | None
    linear: ClassVar[bool] = True

    def shape(self, given: Shape) -> Shape:
        return self.weight.shape[:1]

    def work(self, given: Shape) -> int:
        return math.prod(self.weight.shape)

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        found = products(self.weight.of(kept), x)
        return found if self.bias is None else found.add_(self.bias.of(kept))  # baddbmm spreads it out first


@dataclass(frozen=True, slots=True)
class Activation(Same):
    """Any function of single numbers; rising: it never falls."""

    function: Elementwise
    rising: bool = False
    fixed: ClassVar[bool] = True

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return self.function(x, own)


@dataclass(frozen=True, slots=True)
class PReLU(Same):
    """x above zero and a slope times x below it; slope (1 or features, 1, ...)."""

    slope: Piece

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        below = x.clamp_max(0.0)
        above = x.clamp_min_(0.0) if own else x.clamp_min(0.0)
        slope = self.slope.of(kept)
        return torch.addcmul(above, below, slope)


@dataclass(frozen=True, slots=True)
class Scaled(Same):
    """Batch norm by its running statistics: scale and shift (features, 1) with these worked into them."""

    scale: Piece
    shift: Piece
    linear: ClassVar[bool] = True

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return torch.addcmul(self.shift.of(kept), x, self.scale.of(kept))


@dataclass(frozen=True, slots=True)
class Fixed(Same):
    """The same without parameters: scale and shift (features, 1) are tensors."""

    scale: Tensor
    shift: Tensor
    fixed: ClassVar[bool] = True

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return x.mul_(self.scale).add_(self.shift) if own else torch.addcmul(self.shift, x, self.scale)


@dataclass(frozen=True, slots=True)
class LayerNorm(Same):
    """Over the features of each sample (Ba et al. 2016); scale and shift (features, 1), or None."""

    eps: float
    scale: Piece | None
    shift: Piece | None

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        mean = x.mean(1, keepdim=True)
        x = x.sub_(mean) if own else x - mean
        over = x.square().mean(1, keepdim=True).add_(self.eps).rsqrt_()
        if self.scale is None:
            return x.mul_(over)
        over = over * self.scale.of(kept)
        return x * over if self.shift is None else torch.addcmul(self.shift.of(kept), x, over)


@dataclass(frozen=True, slots=True)
class Silenced(Same):
    """Some features are zero; units: their numbers."""

    units: Tensor
    fixed: ClassVar[bool] = True

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        return x.index_fill_(1, self.units, 0.0) if own else x.index_fill(1, self.units, 0.0)


@dataclass(frozen=True, slots=True)
class Residual(Plain):
    """x + F(x), where x goes through `shortcut` on its way (He et al. 2016)."""

    inside: tuple[Step, ...]
    shortcut: tuple[Step, ...]

    def shape(self, given: Shape) -> Shape:
        for step in self.inside:
            given = step.shape(given)
        return given

    def work(self, given: Shape) -> int:
        found = 0
        for branch in (self.inside, self.shortcut):
            shape = given
            for step in branch:
                found += step.work(shape)
                shape = step.shape(shape)
        return found

    def held(self, given: Shape) -> int:
        return math.prod(given) + max(most_of(branch, given)[0] for branch in (self.inside, self.shortcut))

    def alone(self, given: Shape) -> int:
        return max(most_of(branch, given)[1] for branch in (self.inside, self.shortcut))

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        inside, ours = run(self.inside, x, kept, own=False)
        around, _ = run(self.shortcut, x, kept, own=False)
        # Only what is no longer x itself, and is as large as the sum, can take it.
        return inside.add_(around) if ours and len(inside) >= len(around) else inside + around


def run(steps: tuple[Step, ...], x: Tensor, kept: Tensor, own: bool) -> tuple[Tensor, bool]:
    """Take `steps` one after another; what they give, and whether it may be written over."""
    for step in steps:
        after = step.take(x, kept, own)
        own = own or after.data_ptr() != x.data_ptr()
        x = after
    return x, own


def most_of(steps: Iterable[Step], given: Shape) -> tuple[int, int]:
    """The most numbers of one sample that are held at once while `steps` are taken: at every point, and besides at a
    single one."""
    most = alone = 0
    for step in steps:
        after = step.shape(given)
        most = max(most, math.prod(given) + math.prod(after) + step.held(given))
        alone = max(alone, step.alone(given))
        given = after
    return most, alone
