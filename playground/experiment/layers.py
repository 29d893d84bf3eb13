"""Layers of a stack. Every activation is a layer too; a residual block is a stack inside a stack."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from playground.experiment import activations
from playground.experiment import layers_image as image
from playground.experiment.entry import freezable, parameter
from playground.experiment.init import BiasInit, WeightInit
from playground.experiment.layers_basis import Layer, has_bias, own_start
from playground.settings import settings


class Linear(Layer):
    kind: Literal["linear"]
    units: int = parameter(
        8, label="Units", help="How many neurons the layer has.", ge=1, le=settings.max_units, step=1
    )
    bias: bool = has_bias("neuron")
    weights: WeightInit | None = own_start("Weights")
    biases: BiasInit | None = own_start("Biases")
    frozen: bool = freezable()
    label = "Linear"
    about = "Every neuron takes a weighted sum of all values before it and adds a bias."
    formula = r"y = W x + b"
    torch_name = "Linear"

    def arguments(self) -> dict[str, Any]:
        return {"out_features": self.units, "bias": self.bias}


class Dropout(Layer):
    kind: Literal["dropout"]
    p: float = parameter(
        0.2, label="p", help="Share of values set to zero at each training step.", ge=0.0, le=0.95, step=0.05
    )
    label = "Dropout"
    about = (
        "Silences random neurons at each training step, so that none can rely on one neighbour (Srivastava "
        "et al. 2014)."
    )
    formula = r"y = \frac{m \odot x}{1 - p},\; m \sim \text{Bernoulli}(1 - p)"
    torch_name = "playground.network.dropout:Dropout"


class BatchNorm(Layer):
    kind: Literal["batch_norm"]
    momentum: float = parameter(
        0.1,
        label="Momentum",
        help="Weight of the newest batch in the running mean and variance.",
        gt=0.0,
        le=1.0,
        step=0.05,
    )
    eps: float = parameter(
        1e-5,
        label="Epsilon",
        help="Added to the variance, against division by zero.",
        gt=0.0,
        le=1.0,
        log=True,
    )
    affine: bool = parameter(True, label="Scale and shift", help="Whether a scale and a shift are learnt.")
    frozen: bool = freezable()
    label = "Batch norm"
    about = (
        "Gives each neuron or channel mean 0 and variance 1 over the batch: deep stacks stay trainable (Ioffe and "
        "Szegedy 2015)."
    )
    formula = r"y = \gamma\, \frac{x - \mu_\text{batch}}{\sqrt{\sigma^2_\text{batch} + \varepsilon}} + \beta"
    torch_name = "BatchNorm1d"


class LayerNorm(Layer):
    kind: Literal["layer_norm"]
    eps: float = parameter(
        1e-5,
        label="Epsilon",
        help="Added to the variance, against division by zero.",
        gt=0.0,
        le=1.0,
        log=True,
    )
    affine: bool = parameter(True, label="Scale and shift", help="Whether a scale and a shift are learnt.")
    frozen: bool = freezable()
    label = "Layer norm"
    about = (
        "Gives each sample mean 0 and variance 1 over the layer's neurons; does not depend on the batch (Ba "
        "et al. 2016)."
    )
    formula = r"y = \gamma\, \frac{x - \mu_\text{layer}}{\sqrt{\sigma^2_\text{layer} + \varepsilon}} + \beta"
    torch_name = "LayerNorm"

    def arguments(self) -> dict[str, Any]:
        return {"eps": self.eps, "elementwise_affine": self.affine}


class Residual(Layer):
    kind: Literal["residual"]
    layers: tuple[LayerSpec, ...] = parameter(
        (), label="Layers", help="The stack inside the block.", max_length=settings.max_layers
    )
    shortcut: Literal["identity", "projection"] = parameter(
        "identity",
        label="Shortcut",
        help=(
            "What is added to the block's output: its input as it is, or through a linear layer (for images, a "
            "convolution of single pixels) of its own where the sizes differ."
        ),
    )
    label = "Residual block"
    about = "Adds its input to its output, so that a deep stack only has to learn what to change (He et al. 2016)."
    formula = r"y = x + F(x)"
    torch_name = "playground.network.residual:Residual"


LayerSpec = Annotated[
    Linear
    | Dropout
    | BatchNorm
    | LayerNorm
    | Residual
    | image.Conv2d
    | image.ConvTranspose2d
    | image.SeparableConv2d
    | image.MaxPool2d
    | image.AvgPool2d
    | image.GlobalAvgPool
    | image.Dropout2d
    | image.Upsample
    | image.Flatten
    | activations.ReLU
    | activations.Tanh
    | activations.Sigmoid
    | activations.Identity
    | activations.LeakyReLU
    | activations.PReLU
    | activations.ELU
    | activations.SELU
    | activations.CELU
    | activations.GELU
    | activations.SiLU
    | activations.Mish
    | activations.Softplus
    | activations.Softsign
    | activations.Hardtanh
    | activations.Hardswish
    | activations.Sine,
    Field(discriminator="kind"),
]
Residual.model_rebuild()
