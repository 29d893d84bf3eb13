"""Activations: elementwise functions, each as a value and derivative pair beside the PyTorch class it names.

`value` and `derivative` are plain numpy: they draw the small plots, and PyTorch is tested against them.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from playground.experiment.entry import Entry, freezable, parameter

Array = np.ndarray

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def _normal_cdf(x: Array) -> Array:
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))


class Activation(Entry):
    """An elementwise function of the layer before it."""

    def value(self, x: Array) -> Array:
        """f(x), same shape as x."""
        raise NotImplementedError

    def derivative(self, x: Array) -> Array:
        """df/dx, same shape as x; at a kink the value PyTorch's autograd takes."""
        raise NotImplementedError


class Identity(Activation):
    kind: Literal["identity"]
    label = "Identity"
    about = "Passes its input on unchanged; a stack of linear layers with nothing else is one linear layer."
    formula = r"f(x) = x"
    torch_name = "Identity"

    def value(self, x: Array) -> Array:
        return np.asarray(x, float).copy()

    def derivative(self, x: Array) -> Array:
        return np.ones_like(x, float)


class ReLU(Activation):
    kind: Literal["relu"]
    label = "ReLU"
    about = "Cuts off below zero: cheap, does not saturate above, but a unit stuck below zero stops learning."
    formula = r"f(x) = \max(0, x)"
    torch_name = "ReLU"

    def value(self, x: Array) -> Array:
        return np.maximum(x, 0.0)

    def derivative(self, x: Array) -> Array:
        return (x > 0).astype(float)


class LeakyReLU(Activation):
    kind: Literal["leaky_relu"]
    negative_slope: float = parameter(0.01, label="Slope", help="Slope below zero.", ge=0.0, le=1.0, step=0.01)
    label = "Leaky ReLU"
    about = "A ReLU that leaks a little below zero, so that no unit can die for good."
    formula = r"f(x) = \begin{cases} x & x > 0 \\ a\,x & x \le 0 \end{cases}"
    torch_name = "LeakyReLU"

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self.negative_slope * x)

    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, self.negative_slope)


class PReLU(Activation):
    kind: Literal["prelu"]
    init: float = parameter(
        0.25,
        label="Initial slope",
        help="Slope below zero at the start; it is learnt.",
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    frozen: bool = freezable()
    label = "PReLU"
    about = "A leaky ReLU whose slope below zero is learnt with the weights."
    formula = r"f(x) = \max(0, x) + a \min(0, x), \quad a \text{ learnt}"
    torch_name = "PReLU"

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self.init * x)

    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, self.init)


class ELU(Activation):
    kind: Literal["elu"]
    alpha: float = parameter(
        1.0, label="Alpha", help="Where it levels off below zero: at minus alpha.", ge=0.0, le=10.0, step=0.1
    )
    label = "ELU"
    about = "Like ReLU above zero, but bends smoothly to a floor below, so that mean activations stay near zero."
    formula = r"f(x) = \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}"
    torch_name = "ELU"

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0.0)))

    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0.0)))


class SELU(Activation):
    kind: Literal["selu"]
    label = "SELU"
    about = (
        "An ELU scaled so that, with the right initialisation, activations keep mean 0 and variance 1 through depth."
    )
    formula = r"f(x) = \lambda \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}"
    torch_name = "SELU"

    def value(self, x: Array) -> Array:
        return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0.0)))

    def derivative(self, x: Array) -> Array:
        return SELU_SCALE * np.where(x > 0, 1.0, SELU_ALPHA * np.exp(np.minimum(x, 0.0)))


class CELU(Activation):
    kind: Literal["celu"]
    alpha: float = parameter(
        1.0,
        label="Alpha",
        help="Where it levels off below zero, with a smooth slope at zero for any value.",
        ge=0.01,
        le=10.0,
        step=0.1,
    )
    label = "CELU"
    about = "An ELU that stays smooth at zero whatever its alpha."
    formula = r"f(x) = \max(0, x) + \min(0, \alpha\,(e^{x/\alpha} - 1))"
    torch_name = "CELU"

    def value(self, x: Array) -> Array:
        return np.maximum(x, 0.0) + self.alpha * np.expm1(np.minimum(x, 0.0) / self.alpha)

    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, np.exp(np.minimum(x, 0.0) / self.alpha))


class GELU(Activation):
    kind: Literal["gelu"]
    label = "GELU"
    about = "Weighs each input by how likely a normal variable lies below it: the smooth gate of transformers."
    formula = r"f(x) = x\,\Phi(x)"
    torch_name = "GELU"

    def value(self, x: Array) -> Array:
        return x * _normal_cdf(x)

    def derivative(self, x: Array) -> Array:
        return _normal_cdf(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


class SiLU(Activation):
    kind: Literal["silu"]
    label = "SiLU"
    about = "The input times its own sigmoid (also called swish): smooth, and dips a little below zero."
    formula = r"f(x) = x\,\sigma(x)"
    torch_name = "SiLU"

    def value(self, x: Array) -> Array:
        return x * _sigmoid(x)

    def derivative(self, x: Array) -> Array:
        s = _sigmoid(x)
        return s * (1 + x * (1 - s))


class Mish(Activation):
    kind: Literal["mish"]
    label = "Mish"
    about = "A smooth, self-gated relative of SiLU with a slightly deeper dip."
    formula = r"f(x) = x \tanh(\ln(1 + e^x))"
    torch_name = "Mish"

    def value(self, x: Array) -> Array:
        return x * np.tanh(_softplus(x))

    def derivative(self, x: Array) -> Array:
        t = np.tanh(_softplus(x))
        return t + x * (1 - t * t) * _sigmoid(x)


class Softplus(Activation):
    kind: Literal["softplus"]
    beta: float = parameter(
        1.0, label="Beta", help="Sharpness: the larger, the closer to ReLU.", ge=0.1, le=20.0, step=0.1
    )
    label = "Softplus"
    about = "A ReLU with its corner rounded; its derivative is the sigmoid."
    formula = r"f(x) = \tfrac{1}{\beta} \ln(1 + e^{\beta x})"
    torch_name = "Softplus"

    def value(self, x: Array) -> Array:
        return _softplus(self.beta * x) / self.beta

    def derivative(self, x: Array) -> Array:
        return _sigmoid(self.beta * x)


class Softsign(Activation):
    kind: Literal["softsign"]
    label = "Softsign"
    about = "Squashes to (-1, 1) like tanh but approaches its limits slowly, so gradients fade less abruptly."
    formula = r"f(x) = \frac{x}{1 + |x|}"
    torch_name = "Softsign"

    def value(self, x: Array) -> Array:
        return x / (1 + np.abs(x))

    def derivative(self, x: Array) -> Array:
        return 1 / (1 + np.abs(x)) ** 2


class Sigmoid(Activation):
    kind: Literal["sigmoid"]
    label = "Sigmoid"
    about = "Squashes to (0, 1); its slope is at most 1/4, so gradients shrink layer by layer."
    formula = r"f(x) = \sigma(x) = \frac{1}{1 + e^{-x}}"
    torch_name = "Sigmoid"

    def value(self, x: Array) -> Array:
        return _sigmoid(x)

    def derivative(self, x: Array) -> Array:
        s = _sigmoid(x)
        return s * (1 - s)


class Tanh(Activation):
    kind: Literal["tanh"]
    label = "Tanh"
    about = "Squashes to (-1, 1), centred on zero: the classic choice for small networks."
    formula = r"f(x) = \tanh x"
    torch_name = "Tanh"

    def value(self, x: Array) -> Array:
        return np.tanh(x)

    def derivative(self, x: Array) -> Array:
        return 1 - np.tanh(x) ** 2


class Hardtanh(Activation):
    kind: Literal["hardtanh"]
    label = "Hardtanh"
    about = "Tanh made of three straight lines: cheap, but flat outside [-1, 1]."
    formula = r"f(x) = \max(-1, \min(1, x))"
    torch_name = "Hardtanh"

    def value(self, x: Array) -> Array:
        return np.clip(x, -1.0, 1.0)

    def derivative(self, x: Array) -> Array:
        return ((x > -1) & (x < 1)).astype(float)


class Hardswish(Activation):
    kind: Literal["hardswish"]
    label = "Hardswish"
    about = "SiLU made of straight lines and one parabola: nearly as good and much cheaper on phones."
    formula = r"f(x) = x \,\frac{\min(\max(x + 3, 0), 6)}{6}"
    torch_name = "Hardswish"

    def value(self, x: Array) -> Array:
        return x * np.clip(x + 3, 0.0, 6.0) / 6

    def derivative(self, x: Array) -> Array:
        return np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (2 * x + 3) / 6))


class Sine(Activation):
    kind: Literal["sine"]
    frequency: float = parameter(
        1.0,
        label="Frequency",
        help="How fast it swings; high values fit fine detail.",
        ge=0.01,
        le=100.0,
        step=0.5,
    )
    label = "Sine"
    about = "Periodic: one unit can draw many stripes, which suits signals and images (SIREN, Sitzmann et al. 2020)."
    formula = r"f(x) = \sin(\omega x)"
    torch_name = "playground.network.activations:Sine"

    def value(self, x: Array) -> Array:
        return np.sin(self.frequency * x)

    def derivative(self, x: Array) -> Array:
        return self.frequency * np.cos(self.frequency * x)


ACTIVATIONS = (
    ReLU, Tanh, Sigmoid, Identity, LeakyReLU, PReLU, ELU, SELU, CELU, GELU, SiLU, Mish, Softplus, Softsign,
    Hardtanh, Hardswish, Sine,
)  # fmt: skip
