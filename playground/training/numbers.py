"""A network's numbers by name, out and back in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.network.network import Network


def weights_of(network: Network) -> dict[str, np.ndarray]:
    """Every parameter and running statistic by its name in `state_dict`, float32 copies."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()}


def values_from(network: Network, weights: Mapping[str, Any]) -> Tensor:
    """`weights` as `network.flat.values` holds them: (P + B,) float32 on the CPU; the network stays as it is.

    weights: array-likes by the names of `weights_of`. Raises ValueError, in words for a person that name the first
    misfit, where a name, a shape or a number is not what this network can take.
    """
    expected = {name: tuple(tensor.shape) for name, tensor in _tensors(network)}
    for name in weights:
        if name not in expected:
            raise ValueError(f"The weights belong to another network: {_short(name)} is not in this one.")
    for name, shape in expected.items():
        if name not in weights:
            raise ValueError(f"The weights belong to another network: {name} ({_shape(shape)}) is missing.")
    return torch.cat([_checked(name, weights[name], expected[name]).reshape(-1) for name in expected])


def same_shapes(one: Network, two: Network) -> bool:
    """Whether two networks hold numbers of the same names and shapes."""
    return [(n, t.shape) for n, t in _tensors(one)] == [(n, t.shape) for n, t in _tensors(two)]


def _tensors(network: Network) -> list[tuple[str, Tensor]]:
    """In the order of `FlatParameters.values`: parameters, then buffers."""
    return [*network.named_parameters(), *network.named_buffers()]


def _checked(name: str, given: Any, shape: tuple[int, ...]) -> Tensor:
    try:
        array = np.asarray(given)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no array of numbers.") from None
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} is no array of numbers.")
    if array.shape != shape:
        raise ValueError(
            f"The weights belong to another network: {name} is {_shape(array.shape)}, but here it must be "
            f"{_shape(shape)}."
        )
    with np.errstate(over="ignore"):
        numbers = torch.from_numpy(np.array(array, dtype=np.float32, order="C"))
    if not numbers.isfinite().all():
        raise ValueError(f"{name} holds a number that is not finite, or too large for single precision.")
    if name.endswith("running_var") and (numbers < 0).any():
        raise ValueError(f"{name} holds a variance below zero.")
    return numbers


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape) if shape else "a single number"


def _short(name: Any) -> str:
    return repr(str(name)[:60])
