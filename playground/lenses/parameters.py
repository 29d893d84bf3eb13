"""The weights and biases themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from playground.lenses.moment import moment_of
from playground.lenses.responses import diagram_of
from playground.network.separable import SeparableConv2d


def weights(moment: Any) -> dict[str, Any]:
    """The parameters of every linear layer and convolution of the network diagram, in its order (that of its `links`).

    - paths: a list of where the layers stand in the stack; "head" is the last;
    - weights: a list of float32: (out, in) of a linear layer, (out, in of its group, height, width) of a convolution,
      (in, out, height, width) of a transposed one; of a separable one (out, in, height, width), the kernels that its
      two steps amount to; biases: a list of (out,) float32, None for a layer without.

    Copies: they stay as they are when training goes on.
    """
    moment = moment_of(moment)
    paths = [column.unit_path for column in diagram_of(moment).columns[1:]]
    layers = [moment.module.at(path) for path in paths]
    return {
        "paths": paths,
        "weights": [_copy(_weight(layer)) for layer in layers],
        "biases": [None if (bias := _last(layer).bias) is None else _copy(bias) for layer in layers],
    }


def _weight(layer: nn.Module) -> torch.Tensor:
    """The weights as they meet the inputs."""
    if isinstance(layer, SeparableConv2d):
        return layer.pointwise.weight * layer.depthwise.weight.transpose(0, 1)
    return layer.weight


def _last(layer: nn.Module) -> nn.Module:
    """The part of a layer that has its bias."""
    return layer.pointwise if isinstance(layer, SeparableConv2d) else layer


def _copy(parameter: torch.Tensor) -> np.ndarray:
    return parameter.detach().cpu().numpy().copy()
