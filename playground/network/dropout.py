"""Dropout whose masks are a function of (seed, layer, step, element) and nothing else.

So a run that is resumed or rewound drops the same values, and another engine can drop them too. The hash, all in
unsigned 32-bit arithmetic that wraps around, where `key` are the 64 bits of `randomness.key(seed, "dropout", *path)`
and `mix` is `lowbias32` (Chris Wellons, https://nullprogram.com/blog/2018/07/31/, bias 0.17):

    mix(h):  h ^= h >> 16;  h *= 0x7feb352d;  h ^= h >> 15;  h *= 0x846ca68b;  h ^= h >> 16
    base   = mix(mix(low(key) ^ low(step)) ^ high(key) ^ high(step))
    hash   = mix(base + element * 0x9e3779b1)       element = row in the batch * features + feature
    kept   = hash >= floor(p * 2**32)

`low` and `high` are the lower and upper 32 bits. A kept value is divided by 1 - p. The features of an image are its
values in the order (channel, row, column); where whole channels are dropped, they are the channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.experiment.randomness import LOW, ODD, base_of


def mix(h: Tensor) -> Tensor:
    """`experiment.randomness`'s hash of int64 numbers below 2**32."""
    # int64 holds a 32-bit number with room; a product wraps modulo 2**64, which leaves its lower 32 bits right.
    h = h ^ (h >> 16)
    h = (h * 0x7FEB352D) & LOW
    h ^= h >> 15
    h.mul_(0x846CA68B).bitwise_and_(LOW)
    return h.bitwise_xor_(h >> 16)


def keep_mask(key: int, step: int, rows: int, features: int, p: float, device: torch.device | str = "cpu") -> Tensor:
    """Which elements of a batch are kept: (rows, features) bool; a share of about 1 - p is True."""
    element = torch.arange(rows * features, device=device)
    return (mix((element * ODD + base_of(key, step)) & LOW) >= int(p * 2**32)).view(rows, features)


class Dropout(nn.Module):
    """Sets a share `p` of the values to zero while training, and scales the rest by 1 / (1 - p).

    `key` and `step` choose the mask; `Network.set_step` sets the step. In evaluation mode it passes all on.
    """

    def __init__(self, p: float = 0.5, key: int = 0) -> None:
        super().__init__()
        self.p = p
        self.key = key
        self.step = 0

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return x
        return x * self.mask(x) * (1.0 / (1.0 - self.p))

    def mask(self, x: Tensor) -> Tensor:
        """What is kept of a batch at this step: bool, as `x` or to be broadcast to it."""
        shape = self._shape(x)
        return keep_mask(self.key, self.step, shape[0], shape[1:].numel(), self.p, x.device).view(shape)

    def _shape(self, x: Tensor) -> torch.Size:
        return x.shape

    def extra_repr(self) -> str:
        return f"p={self.p}"


class Dropout2d(Dropout):
    """`Dropout` of whole channels of images (n, channels, height, width)."""

    def _shape(self, x: Tensor) -> torch.Size:
        return torch.Size((*x.shape[:2], 1, 1))
