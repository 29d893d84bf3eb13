"""Activations that `torch.nn` does not have."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Sine(nn.Module):
    """sin(frequency * x), elementwise (SIREN, Sitzmann et al. 2020, without its initialisation)."""

    def __init__(self, frequency: float = 1.0) -> None:
        super().__init__()
        self.frequency = frequency

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(self.frequency * x)

    def extra_repr(self) -> str:
        return f"frequency={self.frequency}"
