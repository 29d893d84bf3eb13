"""What a step is: one layer, taken at many points of the plane at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Piece:
    """Where something that a step needs lies among all that is kept: columns `start` to `end`, of this shape."""

    start: int
    end: int
    shape: tuple[int, ...]

    def of(self, kept: Tensor) -> Tensor:
        """It, at every point: kept (G, Q) -> (G, *shape)."""
        return kept[:, self.start : self.end].view(len(kept), *self.shape)


class Step(Protocol):
    """One layer. Values lie samples last: (G, features, n), or (G, channels, height, width, n) for images, with G = 1
    while they are the same at every point. A shape is without points and samples."""

    linear: bool
    """Whether what it gives is linear in the parameters, and is so in nothing else: then it need not be taken at every
    point, as long as what it is given is the same everywhere."""

    fixed: bool
    """Whether it has no parameters at all."""

    rising: bool
    """Whether it is a function of single numbers that never falls: the largest of its values is then its value at the
    largest."""

    def shape(self, given: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what it gives, from that of what it is given."""
        ...

    def take(self, x: Tensor, kept: Tensor, own: bool) -> Tensor:
        """What the layer gives. kept (G, Q): what steps need, at every point. own: whether `x` may be written over."""
        ...

    def work(self, given: tuple[int, ...]) -> int:
        """About how many multiplications it takes for one sample."""
        ...

    def held(self, given: tuple[int, ...]) -> int:
        """How many numbers of one sample it holds beside what it is given and gives."""
        ...

    def alone(self, given: tuple[int, ...]) -> int:
        """How many numbers of one sample it holds besides at one point after another."""
        ...
