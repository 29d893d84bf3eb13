"""The activations for sixteen numbers at once: each one's derivative stands below its value.

`KINDS` numbers them as the program of a network does. a: the one parameter of those that have one (slope, alpha, beta,
frequency).
"""

from __future__ import annotations

import math

from playground.experiment.activations import SELU_ALPHA, SELU_SCALE
from playground.training.engines.fused.compiling import inner, part
from playground.training.engines.fused.functions import clamp, cos, erf, exp, expm1, sigmoid, sin, softplus, tanh
from playground.training.engines.fused.lanes import fma, load, size, store, where_less, where_most

KINDS = (
    "identity", "relu", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "softsign",
    "sigmoid", "tanh", "hardtanh", "hardswish", "sine",
)  # fmt: skip

(
    IDENTITY, RELU, LEAKY_RELU, PRELU, ELU, SELU, CELU, GELU, SILU, MISH, SOFTPLUS, SOFTSIGN,
    SIGMOID, TANH, HARDTANH, HARDSWISH, SINE,
) = range(len(KINDS))  # fmt: skip

_SELU = SELU_SCALE * SELU_ALPHA
_ROOT_HALF = math.sqrt(0.5)
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


@inner
def _below(x):
    """min(x, 0)."""
    return where_less(0.0, x, 0.0, x)


@inner
def _mish_gate(x):
    """n and n + 2 with tanh(ln(1 + e^x)) = n / (n + 2); 20 is as good as anything above it."""
    e = exp(where_less(20.0, x, 20.0, x))
    n = e * (e + 2.0)
    return n, n + 2.0


@inner
def value(kind, x, a):
    """f(x)."""
    if kind == RELU:
        return where_most(x, 0.0, 0.0, x)
    if kind == TANH:
        return tanh(x)
    if kind == SIGMOID:
        return sigmoid(x)
    if kind in (LEAKY_RELU, PRELU):
        return where_less(0.0, x, x, a * x)
    if kind == ELU:
        return where_less(0.0, x, x, a * expm1(_below(x)))
    if kind == SELU:
        return where_less(0.0, x, SELU_SCALE * x, _SELU * expm1(_below(x)))
    if kind == CELU:
        return where_less(0.0, x, x, a * expm1(_below(x) / a))
    if kind == GELU:
        return 0.5 * x * (1.0 + erf(_ROOT_HALF * x))
    if kind == SILU:
        return x * sigmoid(x)
    if kind == MISH:
        n, d = _mish_gate(x)
        return x * (n / d)
    if kind == SOFTPLUS:
        return softplus(a * x) / a
    if kind == SOFTSIGN:
        return x / (1.0 + size(x))
    if kind == HARDTANH:
        return clamp(x, -1.0, 1.0)
    if kind == HARDSWISH:
        return x * where_less(3.0, x, 1.0, where_less(x, -3.0, 0.0, (x + 3.0) / 6.0))
    if kind == SINE:
        return sin(a * x)
    return x


@inner
def derivative(kind, x, y, a):
    """f'(x), where y = f(x); at a kink the value that PyTorch's autograd takes."""
    if kind == RELU:
        return where_less(0.0, x, 1.0, 0.0)
    if kind == TANH:
        return 1.0 - y * y
    if kind == SIGMOID:
        return y * (1.0 - y)
    if kind in (LEAKY_RELU, PRELU):
        return where_less(0.0, x, 1.0, a)
    if kind == ELU:
        return where_less(0.0, x, 1.0, y + a)
    if kind == SELU:
        return where_less(0.0, x, SELU_SCALE, y + _SELU)
    if kind == CELU:
        return where_less(0.0, x, 1.0, exp(_below(x) / a))
    if kind == GELU:
        return fma(x * _PEAK, exp(-0.5 * x * x), 0.5 * (1.0 + erf(_ROOT_HALF * x)))
    if kind == SILU:
        s = sigmoid(x)
        return s * (1.0 + x * (1.0 - s))
    if kind == MISH:
        n, d = _mish_gate(x)
        return n / d + x * sigmoid(x) * (4.0 * (n + 1.0) / (d * d))
    if kind == SOFTPLUS:
        return sigmoid(a * x)
    if kind == SOFTSIGN:
        d = 1.0 + size(x)
        return 1.0 / (d * d)
    if kind == HARDTANH:
        return where_less(-1.0, x, where_less(x, 1.0, 1.0, 0.0), 0.0)
    if kind == HARDSWISH:
        return where_less(3.0, x, 1.0, where_less(x, -3.0, 0.0, (2.0 * x + 3.0) / 6.0))
    if kind == SINE:
        return a * cos(a * x)
    return fma(0.0, x, 1.0)


@part
def forward(kind, a, work, source, target, count):
    """work[target : target + count] = f(work[source : source + count])."""
    for i in range(0, count, 16):
        store(work, target + i, value(kind, load(work, source + i), a))


@part
def backward(kind, a, work, source, target, given, wanted, count, add):
    """The derivative of the loss by the input, at `wanted`, from that by the output, at `given`; added to what is there
    where `add` is set."""
    for i in range(0, count, 16):
        slope = derivative(kind, load(work, source + i), load(work, target + i), a)
        found = slope * load(work, given + i)
        if add:
            found = found + load(work, wanted + i)
        store(work, wanted + i, found)
