"""How a network starts: every layer from a generator of its own, so that one layer never moves another's start."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from playground.experiment.init import BiasInit, Init, WeightInit
from playground.experiment.randomness import key


def torch_generator(seed: int, purpose: str, *index: int | str) -> torch.Generator:
    """A torch generator (on the CPU) of its own for (seed, purpose, index...)."""
    return torch.Generator().manual_seed(key(seed, purpose, *index) % 2**63)


def initialise_layer(
    layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d,
    seed: int,
    path: tuple[int | str, ...],
    network: Init,
    weights: WeightInit | None,
    biases: BiasInit | None,
) -> None:
    """Fill a linear layer or a convolution from (seed, "init", path): its own rules where it has any, else the
    network's.

    Weights and biases draw from generators of their own: another rule for one leaves the other as it was. The inputs
    that a rule counts (fan-in) are what one unit sums up: of a convolution, the channels of a group times the pixels of
    the kernel; of a transposed one as PyTorch counts them, by its second side.
    """
    fan_in = layer.weight[0].numel()
    _fill(layer.weight, weights or network.weights, fan_in, (seed, "init", *path, "weights"))
    if layer.bias is not None:
        _fill(layer.bias, biases or network.biases, fan_in, (seed, "init", *path, "biases"))


def _fill(tensor: Tensor, rule: Any, fan_in: int, index: tuple[Any, ...]) -> None:
    source = torch_generator(*index)
    with torch.no_grad():
        if rule.kind == "default":
            _default(tensor, fan_in, source)
            return
        function = getattr(nn.init, rule.torch_name)
        random = {} if rule.kind in ("zeros", "constant") else {"generator": source}
        function(tensor, **rule.arguments(), **random)


def _default(tensor: Tensor, fan_in: int, source: torch.Generator) -> None:
    """What `reset_parameters` of `torch.nn`'s layers does: both are uniform within one over the square root of the
    inputs."""
    if tensor.dim() > 1:
        nn.init.kaiming_uniform_(tensor, a=math.sqrt(5), generator=source)
    else:
        bound = 1 / math.sqrt(fan_in)
        tensor.uniform_(-bound, bound, generator=source)
