"""Silenced units: a neuron that answers nothing, as if it were gone, while all around it stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


class Silence:
    """A forward hook that makes some features of a layer's output zero (n, features), or some channels of an image
    (n, channels, height, width); no gradient passes there."""

    def __init__(self, units: Iterable[int], device: torch.device | str) -> None:
        self.units = torch.tensor(sorted(units), dtype=torch.int64, device=device)

    def __call__(self, layer: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        return self.applied(output)

    def applied(self, output: Tensor) -> Tensor:
        """`output` with zeros there."""
        return output.index_fill(1, self.units, 0.0)


def silence_of(layer: nn.Module) -> Silence | None:
    """The silence that lies on a layer's output, if one does."""
    return next((hook for hook in layer._forward_hooks.values() if isinstance(hook, Silence)), None)


def unsilence(layer: nn.Module) -> None:
    """Take a layer's silence off; other hooks stay."""
    for key in [key for key, hook in layer._forward_hooks.items() if isinstance(hook, Silence)]:
        del layer._forward_hooks[key]
