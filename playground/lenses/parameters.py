"""The weights and biases themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.lenses.moment import moment_of
from playground.lenses.responses import diagram_of


def weights(moment: Any) -> dict[str, Any]:
    """The parameters of every linear layer of the network diagram, in its order (that of its `links`).

    - paths: a list of where the layers stand in the stack; "head" is the last;
    - weights: a list of (out, in) float32; biases: a list of (out,) float32, None for a layer without.

    Copies: they stay as they are when training goes on.
    """
    moment = moment_of(moment)
    paths = [column.unit_path for column in diagram_of(moment).columns[1:]]
    layers = [moment.module.at(path) for path in paths]
    return {
        "paths": paths,
        "weights": [_copy(layer.weight) for layer in layers],
        "biases": [None if layer.bias is None else _copy(layer.bias) for layer in layers],
    }


def _copy(parameter: torch.Tensor) -> np.ndarray:
    return parameter.detach().cpu().numpy().copy()
