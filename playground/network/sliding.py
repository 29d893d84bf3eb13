"""Windows that slide over maps, as a few operations on slices: PyTorch's own pooling looks at single numbers unless
there are sixteen channels, and takes longer than the convolution before it.

A window is taken apart into its columns and then its rows: k slices each way rather than k * k.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

LEAST = float("-inf")
"""What is put around maps of which the largest is looked for."""


class Slices:
    """For every place of a window of `kernel` pixels along one side of the maps: what all windows have there.

    axis: -1 for columns, -2 for rows; size: how long that side of the maps is, padding included.
    """

    def __init__(self, axis: int, size: int, kernel: int, stride: int) -> None:
        reach = (size - kernel) // stride * stride + 1
        after = (slice(None),) * (-1 - axis)
        self._places = [(..., slice(first, first + reach, stride), *after) for first in range(kernel)]
        self._apart = stride >= kernel  # no pixel belongs to two windows
        self._whole = stride == kernel and size % kernel == 0  # and every one to one

    def largest(self, x: Tensor) -> Tensor:
        """The largest of each window."""
        first, *others = self._places
        y = x[first]
        for place in others:
            y = torch.maximum(y, x[place])
        return y

    def to_largest(self, grad: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """From the gradient of `y = largest(x)` to that of `x`: the first of the largest gets all, as in PyTorch."""
        found = self._nothing(x)
        *others, last = self._places
        for place in others:
            if self._apart:  # straight to where it belongs: the gradients are most of what is moved here
                here = torch.mul(grad, x[place] == y, out=found[place])
            else:
                here = grad * (x[place] == y)
                found[place] += here
            if self._apart and place is others[-1]:
                torch.sub(grad, here, out=found[last])
                return found
            grad = grad - here
        self._put(found, last, grad)
        return found

    def total(self, x: Tensor) -> Tensor:
        """The sum of each window."""
        first, *others = self._places
        y = x[first]
        for place in others:
            y = y + x[place]
        return y

    def to_all(self, grad: Tensor, like: Tensor) -> Tensor:
        """From the gradient of `total(x)` to that of `x`, which is of the shape and layout of `like`."""
        found = self._nothing(like)
        for place in self._places:
            self._put(found, place, grad)
        return found

    def _nothing(self, like: Tensor) -> Tensor:
        """Room for a gradient: zeros, where not all of it will be written."""
        return torch.empty_like(like) if self._whole else torch.zeros_like(like)

    def _put(self, found: Tensor, place: tuple, grad: Tensor) -> None:
        if self._apart:
            found[place] = grad
        else:
            found[place] += grad


def both_ways(x: Tensor, kernel: int, stride: int) -> tuple[Slices, Slices]:
    """The slices of maps along their columns, then along their rows."""
    height, width = x.shape[-2:]
    return Slices(-1, width, kernel, stride), Slices(-2, height, kernel, stride)


def ringed(x: Tensor, rings: int, value: float) -> Tensor:
    """The maps with rings of `value` around them."""
    return functional.pad(x, (rings,) * 4, value=value) if rings else x


def without_rings(x: Tensor, rings: int) -> Tensor:
    """The maps inside so many rings."""
    return x[..., rings:-rings, rings:-rings] if rings else x
