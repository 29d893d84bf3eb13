"""The kinds of operations, and which activation a module is."""

from __future__ import annotations

from torch import nn

from playground.network.activations import Sine
from playground.training.engines.fused.activations import KINDS

COLUMNS = 14
"""Of a program: see `program`."""

LINEAR, ACTIVATION, DROPOUT, BATCH_NORM, LAYER_NORM, ADD, SILENCE = range(7)

_MODULES: dict[type[nn.Module], tuple[str, str]] = {
    nn.Identity: ("identity", ""),
    nn.ReLU: ("relu", ""),
    nn.LeakyReLU: ("leaky_relu", "negative_slope"),
    nn.PReLU: ("prelu", ""),
    nn.ELU: ("elu", "alpha"),
    nn.SELU: ("selu", ""),
    nn.CELU: ("celu", "alpha"),
    nn.GELU: ("gelu", ""),
    nn.SiLU: ("silu", ""),
    nn.Mish: ("mish", ""),
    nn.Softplus: ("softplus", "beta"),
    nn.Softsign: ("softsign", ""),
    nn.Sigmoid: ("sigmoid", ""),
    nn.Tanh: ("tanh", ""),
    nn.Hardtanh: ("hardtanh", ""),
    nn.Hardswish: ("hardswish", ""),
    Sine: ("sine", "frequency"),
}


def activation_of(module: nn.Module) -> tuple[int, float]:
    """The number of an activation, and its one parameter (0 where it has none). Raises KeyError for anything else."""
    kind, parameter = _MODULES[type(module)]
    return KINDS.index(kind), float(getattr(module, parameter)) if parameter else 0.0
