"""Directions in the space of a network's parameters, each as a flat (P,) float32 in the order of `parameters()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import torch
from torch import Tensor

from playground.experiment.randomness import key
from playground.network.building import sizes_of
from playground.network.network import Network
from playground.network.places import check_weight, path_of

LEAST = 1e-10
"""A filter without any weights gets a direction of this size, and so stays what it is."""


def random_direction(
    module: Network, centre: Tensor, scale: Literal["filter", "layer", "raw"], seed: int, index: int
) -> Tensor:
    """A Gaussian direction, scaled to the weights at `centre` (P,).

    scale: "filter" gives each row of each weight matrix (what one neuron is fed with) the norm of that row of the
    weights, "layer" gives each matrix the norm of the matrix, "raw" leaves it as drawn. One-dimensional tensors
    (biases, and the scales and shifts of norms) do not move. The same (seed, index) gives the same draw for networks of
    the same shape. Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 4.
    """
    found = torch.zeros_like(centre)
    for number, (piece, shape) in enumerate(pieces(module)):
        if len(shape) < 2:
            continue
        generator = torch.Generator().manual_seed(key(seed, "landscape", index, number) >> 1)
        drawn = torch.randn(shape, generator=generator).to(centre.device)
        weights = centre[piece].view(shape)
        if scale != "raw":
            over = tuple(range(1 if scale == "filter" else 0, len(shape)))
            norms = [torch.linalg.vector_norm(t, dim=over, keepdim=True) for t in (weights, drawn)]
            drawn = drawn * (norms[0] / norms[1].clamp_min(LEAST))
        found[piece] = drawn.reshape(-1)
    return found


def pieces(module: torch.nn.Module) -> Iterator[tuple[slice, tuple[int, ...]]]:
    """Where each parameter lies in the flat vector, and its shape."""
    start = 0
    for parameter in module.parameters():
        yield slice(start, start + parameter.numel()), tuple(parameter.shape)
        start += parameter.numel()


def as_long_as(direction: Tensor, weights: Tensor) -> Tensor:
    """`direction` with the norm of `weights`; nothing where it is nothing."""
    length = torch.linalg.vector_norm(direction)
    if not length > LEAST:
        return torch.zeros_like(direction)
    return direction * (torch.linalg.vector_norm(weights) / length)


def single(moment: Any, path: Any, unit: int, source: int | None) -> tuple[Tensor, str]:
    """The direction in which one weight grows by 1, and what the weight is called.

    Raises ValueError, in words for a person, where the network has no such weight.
    """
    check_weight(moment.experiment, sizes_of(moment.dataset), path_of(path), unit, source)
    layer = moment.module.at(path_of(path))
    flat = moment.module.flat.values
    tensor = layer.bias if source is None else layer.weight
    place = unit if source is None else unit * layer.weight.shape[1] + source
    found = torch.zeros_like(moment.module.flat.parameters)
    found[(tensor.data_ptr() - flat.data_ptr()) // flat.element_size() + place] = 1.0
    return found, weight_name(path, unit, source)


def weight_name(path: Any, unit: int, source: int | None) -> str:
    """ "layer 1, unit 3: weight 2", counted from 1; the head is "output"."""
    layer = "output" if path == "head" else "layer " + ".".join(str(index + 1) for index in path)
    return f"{layer}, unit {unit + 1}: " + ("bias" if source is None else f"weight {source + 1}")
