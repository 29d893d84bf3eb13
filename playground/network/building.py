"""From an experiment to a network: checked for size on the `meta` device before anything is allocated."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import torch
from torch import nn

from playground.experiment import Experiment, Head, head_of, walk
from playground.experiment.randomness import key
from playground.network.clone import clone
from playground.network.errors import NetworkError
from playground.network.flat import flatten
from playground.network.flattening import FlatLinear
from playground.network.geometry import Shape, Signal, arriving, projection_stride
from playground.network.initialise import initialise_layer
from playground.network.network import Network
from playground.network.norm import BatchNorm
from playground.network.pooling import MaxPool2d
from playground.network.residual import Residual
from playground.network.separable import SeparableConv2d
from playground.network.shapes import HEAD, infer, layer_after, shape_seen

META = "meta"


def build(experiment: Experiment, data: Any, device: torch.device | str = "cpu") -> Network:
    """The network of `experiment` on `device`, initialised from its seed, in training mode.

    data: a `Dataset`, or the pair (inputs, classes) as `infer` takes them, classes being 0 for regression. The initial
    values are drawn on the CPU, so they are the same on every device. Raises NetworkError, which names the layer, where
    the stack does not fit together or is too large; nothing has been allocated then.
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


def rebuild(network: Network, experiment: Experiment) -> Network:
    """What `build` gives, for an experiment with the same layers, head and data as the one that `network` (on the CPU)
    was built from: another seed, or another start. Far quicker, as nothing has to be checked or laid out."""
    twin = clone(network, network.flat.values).train()
    for path, entry in walk(experiment.network):
        if entry.kind in ("dropout", "dropout2d"):
            twin.at(path).key = key(experiment.seed, "dropout", *path)
    initialise(twin, experiment)
    return twin


def move(network: Network, device: torch.device | str) -> None:
    """Bring `network` to `device`, still as one flat tensor (`nn.Module.to` would scatter it)."""
    if torch.device(device) != network.flat.values.device:
        network.flat = flatten(network, device)


def sizes_of(data: Any) -> tuple[int | Shape, int]:
    """(inputs, classes) of a `Dataset` or of such a pair; the inputs of image data are their shape."""
    if isinstance(data, tuple):
        return data
    return data.image or len(data.inputs), len(data.classes)


def assemble(experiment: Experiment, inputs: int | Shape, head: Head) -> Network:
    """The network on the `meta` device: shapes without memory."""
    shape = shape_seen(experiment.network, inputs)
    layers, x = _stack(experiment.network, (), arriving(shape), experiment.seed)
    last, activation = _linear(x, head.outputs), _HEAD_ACTIVATIONS[head.activation]()
    return Network(layers, last, activation, shape if len(shape) == 3 else None)


_HEAD_ACTIVATIONS = {
    "identity": nn.Identity,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "relu": nn.ReLU,
}


def _stack(entries: Iterable[Any], prefix: tuple[int, ...], x: Signal, seed: int) -> tuple[list[nn.Module], Signal]:
    """The modules of `entries` and what leaves them."""
    layers = []
    for index, entry in enumerate(entries):
        layer, x = _layer(entry, (*prefix, index), x, seed)
        layers.append(layer)
    return layers, x


def _layer(entry: Any, path: tuple[int, ...], x: Signal, seed: int) -> tuple[nn.Module, Signal]:
    if entry.kind == "residual":
        layers, y = _stack(entry.layers, path, x, seed)
        return Residual(layers, _projection(x, y) if entry.shortcut == "projection" else None), y
    return _module(entry, path, x, seed), layer_after(entry, x)[0]


def _module(entry: Any, path: tuple[int, ...], x: Signal, seed: int) -> nn.Module:
    given, made = entry.arguments(), _torch_class(entry.torch_name)
    match entry.kind:
        case "linear":
            return _linear(x, entry.units, bias=entry.bias)
        case "conv2d" | "conv_transpose2d" | "separable_conv2d":
            return made(x.shape[0], **given, device=META)
        case "batch_norm":
            return BatchNorm(x.shape[0], **given, device=META)
        case "layer_norm":
            return made(x.shape, **given, device=META)
        case "dropout" | "dropout2d":
            return made(**given, key=key(seed, "dropout", *path))
        case "prelu":
            return made(**given, device=META)
        case "max_pool2d":
            return MaxPool2d(**given)
    return made(**given)


def _linear(x: Signal, units: int, bias: bool = True) -> nn.Linear:
    return (FlatLinear if x.is_image else nn.Linear)(x.count, units, bias=bias, device=META)


def _projection(x: Signal, y: Signal) -> nn.Module | None:
    """What the input of a block goes through to be of the size of its output; None where it is."""
    if x.shape == y.shape:
        return None
    if x.is_image and y.is_image:
        return nn.Conv2d(x.shape[0], y.shape[0], 1, projection_stride(x, y), bias=False, device=META)
    return _linear(x, y.count, bias=False)


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
        if isinstance(layer, SeparableConv2d):
            for name in ("depthwise", "pointwise"):
                part = getattr(layer, name)
                initialise_layer(part, seed, (*path, name), rules, entry.weights, entry.biases)
        elif hasattr(entry, "weights"):
            initialise_layer(layer, seed, path, rules, entry.weights, entry.biases)
        elif isinstance(layer, Residual):
            if hasattr(layer.shortcut, "weight"):
                initialise_layer(layer.shortcut, seed, (*path, "shortcut"), rules, None, None)
        elif hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    initialise_layer(network.head, seed, (HEAD,), rules, experiment.head.weights, experiment.head.biases)
