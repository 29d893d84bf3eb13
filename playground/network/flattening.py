"""A linear layer that gets an image."""

from __future__ import annotations

from torch import Tensor, nn


class FlatLinear(nn.Linear):
    """`nn.Linear` over all values of a sample: (n, channels, height, width) to (n, units), pixels in memory's order."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(1))
