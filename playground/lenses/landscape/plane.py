"""A plane through the space of a network's parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from torch import Tensor

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """theta(x, y) = centre + x * first + y * second.

    centre, first, second (P,) float32, in the order of `module.parameters()`; buffers (the running statistics of batch
    norm) are never moved. values (P + B,): all numbers of the network at the centre. step: the moment it was laid
    through. names: of the axes. extent: the part of the axes that is worth seeing. origin: what is added to a
    coordinate where an axis is labelled. explained: of principal components, the share of the path's variance that
    each holds, elsewhere NaN.
    """

    centre: Tensor
    first: Tensor
    second: Tensor
    values: Tensor
    step: int
    names: tuple[str, str]
    extent: tuple[Interval, Interval]
    origin: tuple[float, float] = (0.0, 0.0)
    explained: tuple[float, float] = (math.nan, math.nan)

    def point(self, x: float, y: float) -> Tensor:
        """All numbers of the network at a point of the plane, (P + B,)."""
        found = self.values.clone()
        found[: len(self.centre)] += x * self.first + y * self.second
        return found

    def axes(self, resolution: int, radius: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """The coordinates of the columns and of the rows of a grid, two (resolution,) float64, each with an exact 0.

        radius: how many times as far as `extent` it reaches, from its middle.
        """
        return tuple(axis(low, high, resolution, radius) for low, high in self.extent)


def axis(low: float, high: float, count: int, radius: float) -> np.ndarray:
    """`count` evenly spaced numbers over about an interval that has 0 in it, made `radius` times as long; one is 0."""
    middle, half = (low + high) / 2, (high - low) / 2 * radius
    low, high = min(middle - half, 0.0), max(middle + half, 0.0)
    gap = (high - low) / (count - 1)
    return (np.arange(count) - round(-low / gap)) * gap
