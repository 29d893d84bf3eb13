"""Activations: the value of x, and the gradient of x from (the output's gradient, x, the output)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from playground.network.activations import Sine
from playground.training.engines.pairs.pair import kernel

Value = Callable[[Tensor], Tensor]
Slope = Callable[[Tensor, Tensor, Tensor], Tensor]

_nn = torch._C._nn  # what `torch.nn.functional` calls once it has looked at its arguments
_elu, _gelu, _hardswish = kernel("elu_backward"), kernel("gelu_backward"), kernel("hardswish_backward")
_hardtanh, _leaky_relu, _mish = kernel("hardtanh_backward"), kernel("leaky_relu_backward"), kernel("mish_backward")
_sigmoid, _silu, _softplus = kernel("sigmoid_backward"), kernel("silu_backward"), kernel("softplus_backward")
_tanh, _threshold, _prelu = kernel("tanh_backward"), kernel("threshold_backward"), kernel("_prelu_kernel_backward")

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


class Elementwise:
    """An activation without parameters."""

    def __init__(self, layer: nn.Module, wanted: bool, learns: bool) -> None:
        self._value, self._slope = ELEMENTWISE[type(layer)](layer)

    def forward(self, x: Tensor) -> Tensor:
        self._x = x
        self._y = y = self._value(x)
        return y

    def backward(self, grad: Tensor) -> Tensor:
        x, y = self._x, self._y
        self._x = self._y = None
        return self._slope(grad, x, y)


class PReLU:
    """`nn.PReLU` with one slope for all features."""

    def __init__(self, layer: nn.PReLU, wanted: bool, learns: bool) -> None:
        self._slope, self._grad, self._learns = layer.weight.detach(), layer.weight.grad, learns

    def forward(self, x: Tensor) -> Tensor:
        self._x = x
        return torch.prelu(x, self._slope)

    def backward(self, grad: Tensor) -> Tensor:
        into_input, into_slope = _prelu(grad, self._x, self._slope.view(1, 1))
        if self._learns:
            torch.sum(into_slope.reshape(-1), 0, keepdim=True, out=self._grad)
        return into_input


def _elu_pair(layer: nn.ELU) -> tuple[Value, Slope]:
    alpha = layer.alpha
    return lambda x: _nn.elu(x, alpha), lambda grad, x, y: _elu(grad, alpha, 1.0, 1.0, False, x)


def _celu_pair(layer: nn.CELU) -> tuple[Value, Slope]:
    alpha = layer.alpha
    return lambda x: torch.celu(x, alpha), lambda grad, x, y: _elu(grad, alpha, 1.0, 1.0 / alpha, False, x)


def _leaky_relu_pair(layer: nn.LeakyReLU) -> tuple[Value, Slope]:
    slope = layer.negative_slope
    return lambda x: _nn.leaky_relu(x, slope), lambda grad, x, y: _leaky_relu(grad, x, slope, False)


def _softplus_pair(layer: nn.Softplus) -> tuple[Value, Slope]:
    beta, threshold = layer.beta, layer.threshold
    return lambda x: _nn.softplus(x, beta, threshold), lambda grad, x, y: _softplus(grad, x, beta, threshold)


def _hardtanh_pair(layer: nn.Hardtanh) -> tuple[Value, Slope]:
    low, high = layer.min_val, layer.max_val
    return lambda x: _nn.hardtanh(x, low, high), lambda grad, x, y: _hardtanh(grad, x, low, high)


def _gelu_pair(layer: nn.GELU) -> tuple[Value, Slope]:
    kind = layer.approximate
    return lambda x: _nn.gelu(x, approximate=kind), lambda grad, x, y: _gelu(grad, x, approximate=kind)


def _sine_pair(layer: Sine) -> tuple[Value, Slope]:
    frequency = layer.frequency
    return lambda x: torch.sin(frequency * x), lambda grad, x, y: (frequency * x).cos_().mul_(frequency).mul_(grad)


ELEMENTWISE: dict[type[nn.Module], Callable[[Any], tuple[Value, Slope]]] = {
    nn.ReLU: lambda _: (torch.relu, lambda grad, x, y: _threshold(grad, y, 0)),
    nn.Tanh: lambda _: (torch.tanh, lambda grad, x, y: _tanh(grad, y)),
    nn.Sigmoid: lambda _: (torch.sigmoid, lambda grad, x, y: _sigmoid(grad, y)),
    nn.LeakyReLU: _leaky_relu_pair,
    nn.ELU: _elu_pair,
    nn.SELU: lambda _: (torch.selu, lambda grad, x, y: _elu(grad, SELU_ALPHA, SELU_SCALE, 1.0, False, x)),
    nn.CELU: _celu_pair,
    nn.GELU: _gelu_pair,
    nn.SiLU: lambda _: (_nn.silu, lambda grad, x, y: _silu(grad, x)),
    nn.Mish: lambda _: (_nn.mish, lambda grad, x, y: _mish(grad, x)),
    nn.Softplus: _softplus_pair,
    # The derivative of x / (1 + |x|) is one over the square of what it divides by.
    nn.Softsign: lambda _: (nn.functional.softsign, lambda grad, x, y: grad / x.abs().add_(1.0).square_()),
    nn.Hardtanh: _hardtanh_pair,
    nn.Hardswish: lambda _: (_nn.hardswish, lambda grad, x, y: _hardswish(grad, x)),
    Sine: _sine_pair,
}
