"""What can be said of every layer at one moment: its gradient, and which of its units are dead or saturated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.experiment import walk
from playground.lenses.effort import work_of
from playground.lenses.moment import looking
from playground.lenses.responses import diagram_of
from playground.network.diagram import Column, units_of
from playground.network.dropout import Dropout

MOST_ROWS, LEAST_ROWS = 2048, 64
MOST_PRODUCTS = 20_000_000
"""Multiplications of one pass: the larger a network, the fewer samples it is asked about."""
MOST_VALUES = 8_000_000
"""Values that all layers give in one pass: maps of images take room."""

STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "softsign": 1.0, "hardtanh": 1.0}
"""The largest slope of the activations that are flat on both sides: these saturate."""
ONE_SIDED = ("relu", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "hardswish")
"""Those that are flat, if anywhere, below zero: these die."""
DEAD_SLOPE = 1e-3
"""A unit is dead when on every sample its activation's slope is less than this: no gradient comes through."""
FLAT_SHARE = 0.05
FLAT_SAMPLES = 0.9
"""A unit is saturated when on this share of the samples its activation is less than `FLAT_SHARE` as steep as it can
be: |tanh| above 0.975, a sigmoid below 0.013 or above 0.987."""


def layers_of(moment: Any) -> tuple[Column, ...]:
    """The layers with weights, as the network diagram has them: hidden ones, then the output."""
    return diagram_of(moment).columns[1:]


def short_names(layers: tuple[Column, ...]) -> tuple[str, ...]:
    """ "1", "2", ... for hidden layers, "out" for the output."""
    return tuple("out" if layer.kind == "head" else str(index) for index, layer in enumerate(layers, 1))


def samples_of(moment: Any) -> tuple[Tensor, Tensor]:
    """(inputs, targets) to look at: the training part, or so many evenly spaced samples of it, always the same."""
    task = moment.task
    products, values = work_of(moment)
    most = int(min(max(MOST_PRODUCTS // products, LEAST_ROWS), MOST_VALUES // values + 1, MOST_ROWS))
    if task.samples <= most:
        return task.x_train, task.train_targets
    chosen = torch.linspace(0, task.samples - 1, most, device=task.device).round().long()
    return task.x_train[chosen], task.train_targets[chosen]


def gradient_norms(moment: Any) -> np.ndarray:
    """How large the gradient of the training loss is in every layer of `layers_of`, (layers,) float64.

    The Euclidean norm of the derivatives by a linear layer's weights and biases, of the loss alone (without penalties
    and clipping), its mean over the samples of `samples_of`. Dropout is off; batch norm takes the statistics of these
    samples, as it does while it trains. The module is left as it was.
    """
    module = moment.module
    inputs, targets = samples_of(moment)
    groups = [list(module.at(layer.unit_path).parameters()) for layer in layers_of(moment)]
    with practising(module), torch.enable_grad():
        loss = moment.task.loss(module(inputs), targets)
        found = iter(torch.autograd.grad(loss, [p for group in groups for p in group]))
    return norms([[next(found) for _ in group] for group in groups])


def norms(groups: list[list[Tensor]]) -> np.ndarray:
    """The Euclidean norm of each group of tensors, (groups,) float64; no square of a finite number overflows."""
    parts = [[torch.linalg.vector_norm(tensor, dtype=torch.float64) for tensor in group] for group in groups]
    return torch.stack([torch.linalg.vector_norm(torch.stack(part)) for part in parts]).detach().cpu().numpy()


def unit_states(moment: Any) -> tuple[np.ndarray, np.ndarray]:
    """How many units of every hidden layer are dead, and how many saturated: two (hidden layers,) int64.

    Judged by the slopes of the activations that follow a layer, on the samples of `samples_of` (of a channel at every
    place of its map); see `DEAD_SLOPE` and `FLAT_SAMPLES`. Activations with a slope everywhere (identity, sine, a leaky
    ReLU) have neither.
    """
    module = moment.module
    inputs, _ = samples_of(moment)
    columns = layers_of(moment)[:-1]
    dead = [torch.zeros(column.units, dtype=torch.bool, device=inputs.device) for column in columns]
    saturated = [mask.clone() for mask in dead]
    with looking(module):
        for place, kind, slopes in _slopes(moment, inputs):
            slopes = slopes.reshape(len(slopes), columns[place].units, -1)  # channels come first, flattened or not
            if kind in STEEPEST:
                flat = slopes < FLAT_SHARE * STEEPEST[kind]
                saturated[place] |= flat.float().mean((0, 2)) >= FLAT_SAMPLES
            else:
                dead[place] |= slopes.amax((0, 2)) < DEAD_SLOPE
    counts = [[int(mask.sum()) for mask in masks] for masks in (dead, saturated)]
    return np.array(counts[0], np.int64), np.array(counts[1], np.int64)


def kinds_of(moment: Any) -> tuple[bool, bool]:
    """Whether any unit of the network could die, and whether any could saturate."""
    kinds = {kind for _, _, kind in _activations(moment)}
    return bool(kinds & set(ONE_SIDED)), bool(kinds & set(STEEPEST))


def _activations(moment: Any) -> Iterator[tuple[int, tuple[int, ...], str]]:
    """(hidden layer, path, kind) of every activation that acts on a hidden layer's units and may be flat."""
    place = -1
    for path, layer in walk(moment.experiment.network):
        place += units_of(layer) > 0
        if place >= 0 and (layer.kind in STEEPEST or layer.kind in ONE_SIDED):
            yield place, path, layer.kind


def _slopes(moment: Any, inputs: Tensor) -> Iterator[tuple[int, str, Tensor]]:
    """(hidden layer, kind, |slope| (n, units) or (n, channels, height, width)) of every such activation, on these
    inputs."""
    seen: dict[nn.Module, Tensor] = {}
    found = [(place, kind, moment.module.at(path)) for place, path, kind in _activations(moment)]
    hooks = [layer.register_forward_hook(lambda layer, given, _: seen.update({layer: given[0]})) for *_, layer in found]
    try:
        moment.module(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    for place, kind, layer in found:
        with torch.enable_grad():
            given = seen[layer].detach().requires_grad_()
            (slopes,) = torch.autograd.grad(layer.forward(given).sum(), given)  # past the hooks that silence units
        yield place, kind, slopes.abs()


@contextmanager
def practising(module: nn.Module) -> Iterator[None]:
    """The module as in training, but without dropout; its modes and running statistics are put back afterwards."""
    modes = [(part, part.training) for part in module.modules()]
    values = module.flat.values.clone() if module.depends_on_mode else None
    module.train()
    for part, _ in modes:
        if isinstance(part, Dropout):
            part.training = False
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode
        if values is not None:
            module.flat.values.copy_(values)


def weights_of(layer: nn.Module) -> list[Tensor]:
    """The weights, not the biases, of a layer of `layers_of`: one tensor, or two of a separable convolution."""
    return [p.detach() for p in layer.parameters() if p.dim() > 1]


def hidden_or_head(moment: Any) -> tuple[Column, ...]:
    """The hidden layers; without any, the output."""
    layers = layers_of(moment)
    return layers[:-1] or layers
