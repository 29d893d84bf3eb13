"""Residual blocks (He et al. 2016)."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn


class Residual(nn.Module):
    """x + F(x), where F is the stack `layers` and x goes through `shortcut` on its way."""

    def __init__(self, layers: Iterable[nn.Module], shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for layer in self.layers:
            y = layer(y)
        return self.shortcut(x) + y
