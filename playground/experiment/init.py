"""Initialisation: how weights and biases start. Each entry names the function of `torch.nn.init` that does it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from playground.experiment.entry import Entry, Model, parameter


class Initialiser(Entry):
    """A way to start the values of a tensor; `torch_name` is a function of `torch.nn.init`."""

    for_biases: ClassVar[bool] = True
    """False for rules that need a matrix (fan-in and fan-out, orthogonality)."""


class DefaultInit(Initialiser):
    kind: Literal["default"]
    label = "PyTorch default"
    about = "What torch.nn's layers do by themselves: uniform within one over the square root of the inputs."
    formula = r"w \sim U\!\left(-\tfrac{1}{\sqrt{n_\text{in}}}, \tfrac{1}{\sqrt{n_\text{in}}}\right)"


class XavierUniform(Initialiser):
    kind: Literal["xavier_uniform"]
    gain: float = parameter(1.0, label="Gain", help="Multiplies the range; 5/3 suits tanh.", gt=0, le=10, step=0.1)
    label = "Xavier uniform"
    about = (
        "Keeps the variance of signals equal forwards and backwards through tanh-like layers (Glorot and Bengio 2010)."
    )
    formula = r"w \sim U(-a, a),\; a = g \sqrt{\tfrac{6}{n_\text{in} + n_\text{out}}}"
    torch_name = "xavier_uniform_"
    for_biases = False


class XavierNormal(Initialiser):
    kind: Literal["xavier_normal"]
    gain: float = parameter(1.0, label="Gain", help="Multiplies the spread; 5/3 suits tanh.", gt=0, le=10, step=0.1)
    label = "Xavier normal"
    about = "Xavier's balance of variances, drawn from a normal distribution."
    formula = r"w \sim N(0, \sigma^2),\; \sigma = g \sqrt{\tfrac{2}{n_\text{in} + n_\text{out}}}"
    torch_name = "xavier_normal_"
    for_biases = False


class KaimingUniform(Initialiser):
    kind: Literal["kaiming_uniform"]
    label = "Kaiming uniform"
    about = "Makes up for the half of the signal that ReLU cuts away (He et al. 2015)."
    formula = r"w \sim U(-a, a),\; a = \sqrt{\tfrac{6}{n_\text{in}}}"
    torch_name = "kaiming_uniform_"
    for_biases = False

    def arguments(self) -> dict[str, Any]:
        return {"nonlinearity": "relu"}


class KaimingNormal(Initialiser):
    kind: Literal["kaiming_normal"]
    label = "Kaiming normal"
    about = "Kaiming's rule for ReLU layers, drawn from a normal distribution (He et al. 2015)."
    formula = r"w \sim N(0, \sigma^2),\; \sigma = \sqrt{\tfrac{2}{n_\text{in}}}"
    torch_name = "kaiming_normal_"
    for_biases = False

    def arguments(self) -> dict[str, Any]:
        return {"nonlinearity": "relu"}


class Orthogonal(Initialiser):
    kind: Literal["orthogonal"]
    gain: float = parameter(1.0, label="Gain", help="Multiplies the matrix.", gt=0, le=10, step=0.1)
    label = "Orthogonal"
    about = "A random rotation: lengths are kept exactly, which lets signals cross very deep stacks (Saxe et al. 2014)."
    formula = r"W^\top W = g^2 I"
    torch_name = "orthogonal_"
    for_biases = False


class NormalInit(Initialiser):
    kind: Literal["normal"]
    std: float = parameter(0.1, label="σ", help="Standard deviation of the values.", ge=0, le=100, step=0.05)
    label = "Normal"
    about = "Normal with a spread you choose: see what too little and too much do."
    formula = r"w \sim N(0, \sigma^2)"
    torch_name = "normal_"


class UniformInit(Initialiser):
    kind: Literal["uniform"]
    a: float = parameter(0.5, label="a", help="Values lie between -a and a.", ge=0, le=100, step=0.05)
    label = "Uniform"
    about = "Uniform between -a and a; TensorFlow Playground starts its weights with a = 0.5."
    formula = r"w \sim U(-a, a)"
    torch_name = "uniform_"

    def arguments(self) -> dict[str, Any]:
        return {"a": -self.a, "b": self.a}


class Zeros(Initialiser):
    kind: Literal["zeros"]
    label = "Zeros"
    about = "All zero: fine for biases; as weights every unit of a layer stays the same as its neighbours for ever."
    formula = r"w = 0"
    torch_name = "zeros_"


class Constant(Initialiser):
    kind: Literal["constant"]
    value: float = parameter(0.1, label="Value", help="Every element gets this value.", ge=-100, le=100, step=0.05)
    label = "Constant"
    about = "The same value everywhere; TensorFlow Playground starts its biases at 0.1."
    formula = r"w = c"
    torch_name = "constant_"

    def arguments(self) -> dict[str, Any]:
        return {"val": self.value}


INITIALISERS = (
    DefaultInit, XavierUniform, XavierNormal, KaimingUniform, KaimingNormal, Orthogonal, NormalInit, UniformInit,
    Zeros, Constant,
)  # fmt: skip

WeightInit = Annotated[
    DefaultInit | XavierUniform | XavierNormal | KaimingUniform | KaimingNormal | Orthogonal | NormalInit
    | UniformInit | Zeros | Constant,
    Field(discriminator="kind"),
]  # fmt: skip
BiasInit = Annotated[DefaultInit | NormalInit | UniformInit | Zeros | Constant, Field(discriminator="kind")]


class Init(Model):
    """How the linear layers of a network start, unless a layer says otherwise."""

    weights: WeightInit = Field(default=DefaultInit(kind="default"), title="Weights start")
    biases: BiasInit = Field(default=DefaultInit(kind="default"), title="Biases start")
