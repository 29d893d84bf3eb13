"""What a pair is, and the one that fits every layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Pair(Protocol):
    """A layer's forward with its backward; both are called in turn, under `torch.no_grad`.

    Made of (layer, wanted, learns). wanted: whether `backward` must return the gradient of the input; where it need
    not, what it returns is not looked at. learns: whether it must write those of the layer's parameters.
    """

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output, and whatever `backward` will need is kept."""
        ...

    def backward(self, grad: Tensor) -> Tensor | None:
        """From the gradient of the output, which stays as it is, to that of the input; `p.grad` of every parameter
        is overwritten. What `forward` kept may be let go: the memory is near the processor still, and of use to what
        comes next."""
        ...


def kernel(name: str) -> Callable[..., Any]:
    """An operation of ATen that has no name in `torch`, called with nothing in between."""
    overload = getattr(torch.ops.aten, name).default
    return getattr(overload, "_op", overload)  # the callable itself first looks whether something is being traced


class Autograd:
    """Any layer: autograd records it alone."""

    def __init__(self, layer: nn.Module, wanted: bool, learns: bool) -> None:
        self._layer, self._wanted = layer, wanted
        self._parameters = list(layer.parameters()) if learns else []

    def forward(self, x: Tensor) -> Tensor:
        with torch.enable_grad():
            self._x = x.detach().requires_grad_(self._wanted)
            self._y = self._layer.forward(self._x)
        return self._y.detach()

    def backward(self, grad: Tensor) -> Tensor | None:
        inputs = [self._x, *self._parameters] if self._wanted else self._parameters
        found = list(torch.autograd.grad(self._y, inputs, grad, materialize_grads=True))
        into_input = found.pop(0) if self._wanted else None
        for parameter, value in zip(self._parameters, found, strict=True):
            parameter.grad.copy_(value)
        return into_input
