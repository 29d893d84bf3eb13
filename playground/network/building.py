"""From an experiment to a network: checked for size on the `meta` device before anything is allocated."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import torch
from torch import nn

from playground.experiment import Experiment, Head, head_of, walk
from playground.experiment.randomness import key
from playground.network.dropout import Dropout
from playground.network.errors import NetworkError
from playground.network.flat import flatten
from playground.network.initialise import initialise_linear
from playground.network.network import Network
from playground.network.norm import BatchNorm
from playground.network.residual import Residual
from playground.network.shapes import HEAD, infer

META = "meta"


def build(experiment: Experiment, data: Any, device: torch.device | str = "cpu") -> Network:
    """The network of `experiment` on `device`, initialised from its seed, in training mode.

    data: a `Dataset`, or the pair (inputs, classes), classes being 0 for regression. The initial values are drawn on
    the CPU, so they are the same on every device. Raises NetworkError, which names the layer, where the stack
    does not fit together or is too large; nothing has been allocated then.
    """
    inputs, classes = sizes_of(data)
    summary = infer(experiment, inputs, classes)
    for path, problem in summary.problems:
        raise NetworkError(problem, path)
    network = assemble(experiment, inputs, head_of(experiment, classes))
    count = sum(p.numel() for p in network.parameters())
    if count != summary.parameters:
        raise AssertionError(f"the summary counts {summary.parameters} parameters, the network has {count}")
    network.flat = flatten(network)
    initialise(network, experiment)
    move(network, device)
    return network


def move(network: Network, device: torch.device | str) -> None:
    """Bring `network` to `device`, still as one flat tensor (`nn.Module.to` would scatter it)."""
    if torch.device(device) != network.flat.values.device:
        network.flat = flatten(network, device)


def sizes_of(data: Any) -> tuple[int, int]:
    """(inputs, classes) of a `Dataset` or of such a pair."""
    if isinstance(data, tuple):
        return data
    return len(data.inputs), len(data.classes)


def assemble(experiment: Experiment, inputs: int, head: Head) -> Network:
    """The network on the `meta` device: shapes without memory."""
    layers, width = _stack(experiment.network, (), inputs, experiment.seed)
    return Network(layers, nn.Linear(width, head.outputs, device=META), _HEAD_ACTIVATIONS[head.activation]())


_HEAD_ACTIVATIONS = {
    "identity": nn.Identity,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "relu": nn.ReLU,
}


def _stack(entries: Iterable[Any], prefix: tuple[int, ...], width: int, seed: int) -> tuple[list[nn.Module], int]:
    """The modules of `entries` and the width after them."""
    layers = []
    for index, entry in enumerate(entries):
        layer, width = _layer(entry, (*prefix, index), width, seed)
        layers.append(layer)
    return layers, width


def _layer(entry: Any, path: tuple[int, ...], width: int, seed: int) -> tuple[nn.Module, int]:
    match entry.kind:
        case "linear":
            return nn.Linear(width, **entry.arguments(), device=META), entry.units
        case "batch_norm":
            return BatchNorm(width, **entry.arguments(), device=META), width
        case "layer_norm":
            return nn.LayerNorm(width, **entry.arguments(), device=META), width
        case "dropout":
            return Dropout(**entry.arguments(), key=key(seed, "dropout", *path)), width
        case "residual":
            layers, after = _stack(entry.layers, path, width, seed)
            project = entry.shortcut == "projection" and after != width
            return Residual(layers, nn.Linear(width, after, bias=False, device=META) if project else None), after
        case "prelu":
            return nn.PReLU(**entry.arguments(), device=META), width
    return _torch_class(entry.torch_name)(**entry.arguments()), width


def _torch_class(name: str) -> type[nn.Module]:
    """A class of `torch.nn`, or of ours where the name says in which module."""
    if ":" in name:
        module, name = name.split(":")
        return getattr(import_module(module), name)
    return getattr(nn, name)


def initialise(network: Network, experiment: Experiment) -> None:
    """Set every value of `network` (on the CPU) to its start."""
    seed, rules = experiment.seed, experiment.init
    for path, entry in walk(experiment.network):
        layer = network.at(path)
        if isinstance(layer, nn.Linear):
            initialise_linear(layer, seed, path, rules, entry.weights, entry.biases)
        elif isinstance(layer, Residual):
            if isinstance(layer.shortcut, nn.Linear):
                initialise_linear(layer.shortcut, seed, (*path, "shortcut"), rules, None, None)
        elif hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    initialise_linear(network.head, seed, (HEAD,), rules, experiment.head.weights, experiment.head.biases)
