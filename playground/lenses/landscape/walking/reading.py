"""A module read as steps that are taken at many points of a plane at once.

Only what is known exactly is read: layers of these very classes (a subclass may do something else), hooks that silence
units and no others. For anything else KeyError is raised, with the class, and the general walker does it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from playground.lenses.landscape.walking import dense, images, reading_images
from playground.lenses.landscape.walking.activations import MONOTONE, activation_of
from playground.lenses.landscape.walking.steps import Piece, Step
from playground.network.dropout import Dropout, Dropout2d
from playground.network.flattening import FlatLinear
from playground.network.network import Network
from playground.network.norm import BatchNorm
from playground.network.residual import Residual
from playground.network.silence import Silence


class Reader:
    """Walks a module once, in the order in which it computes, and collects what its steps take from the planes.

    planes (3, P): centre, first and second direction. What a step needs of them (weights, say) is linear in the
    parameters, so it is worked out for the three of them once and put together at every point by its coordinates.
    shape: of one sample, where the reader is.
    """

    def __init__(self, module: nn.Module, planes: Tensor, shape: tuple[int, ...]) -> None:
        self.planes, self.shape = planes, shape
        self._places: dict[int, int] = {}
        offset = 0
        for parameter in module.parameters():
            self._places[id(parameter)] = offset
            offset += parameter.numel()
        self._pieces: list[Tensor] = []
        self._size = 0

    def of(self, parameter: Tensor | None) -> Tensor | None:
        """The three vectors' part of a parameter: (3, *shape)."""
        if parameter is None:
            return None
        first = self._places[id(parameter)]
        return self.planes[:, first : first + parameter.numel()].view(3, *parameter.shape)

    def keep(self, needed: Tensor) -> Piece:
        """Have `needed` (3, *shape) at hand at every point, as (G, *shape)."""
        flat = needed.reshape(3, -1)
        piece = Piece(self._size, self._size + flat.shape[1], tuple(needed.shape[1:]))
        self._pieces.append(flat)
        self._size = piece.end
        return piece

    def keep_channels(self, needed: Tensor | None) -> Piece | None:
        """The same of one number for each feature or channel, (3, C), so that it spreads over all the rest."""
        return None if needed is None else self.keep(self.spread(needed))

    def spread(self, numbers: Tensor) -> Tensor:
        """(..., C) with a one for every other side of a sample, and for the samples."""
        return numbers.reshape(*numbers.shape, *(1 for _ in self.shape))

    def kept(self) -> Tensor:
        """All that is kept, (3, Q)."""
        return torch.cat(self._pieces, 1) if self._pieces else self.planes[:, :0]

    def stack(self, layers: Iterable[nn.Module]) -> list[Step]:
        """The steps of layers one after another."""
        return [step for layer in layers for step in self.layer(layer)]

    def layer(self, layer: nn.Module) -> list[Step]:
        """The steps of one layer, and of the silence upon it; `shape` is that behind it afterwards."""
        silences = _silences(layer)  # of features, or of the channels of an image
        if (stack := _inside(layer)) is not None:
            steps = [*self._shaped(layer), *self.stack(stack)]
        else:
            before = self.shape
            steps = _READERS.get(type(layer), _activation)(self, layer)
            self.shape = before
            for step in steps:
                self.shape = step.shape(self.shape)
        return [*steps, *(dense.Silenced(silence.units) for silence in silences)]

    def _shaped(self, layer: nn.Module) -> list[Step]:
        """What makes an image of the row that a network of images is given."""
        image = getattr(layer, "image", None)
        if image is None or self.shape == image:
            return []
        self.shape = image
        return [images.Shaped(image)]

    def flat(self, layer: nn.Module) -> None:
        """That one sample is a row of features here. Raises KeyError."""
        if len(self.shape) != 1:
            raise KeyError(type(layer))

    def image(self, layer: nn.Module) -> None:
        """That one sample is an image here. Raises KeyError."""
        if len(self.shape) != 3:
            raise KeyError(type(layer))


def pooled_early(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The same with every pooling of maxima before the functions that never fall: they then have less to do."""
    found: list[Step] = []
    for step in steps:
        place = len(found)
        while isinstance(step, images.MaxPool) and place and found[place - 1].rising:
            place -= 1
        found.insert(place, step)
    return tuple(found)


def _silences(layer: nn.Module) -> list[Silence]:
    """The silences on a layer's output. Raises KeyError for any other hook."""
    hooks = list(layer._forward_hooks.values())
    if layer._forward_pre_hooks or not all(isinstance(hook, Silence) for hook in hooks):
        raise KeyError(type(layer))
    return hooks


def _inside(layer: nn.Module) -> list[nn.Module] | None:
    """The layers that a stack takes one after another; None for anything else."""
    if type(layer) is nn.Sequential:
        return list(layer)
    return [*layer.layers, layer.head, layer.head_activation] if type(layer) is Network else None


def _activation(reader: Reader, layer: nn.Module) -> list[Step]:
    return [dense.Activation(activation_of(layer), type(layer) in MONOTONE)]


def _nothing(reader: Reader, layer: nn.Module) -> list[Step]:
    return []


def _linear(reader: Reader, layer: nn.Linear) -> list[Step]:
    reader.flat(layer)
    return [dense.Linear(reader.keep(reader.of(layer.weight)), reader.keep_channels(reader.of(layer.bias)))]


def _flat_linear(reader: Reader, layer: FlatLinear) -> list[Step]:
    flattened = images.Shaped((math.prod(reader.shape),))
    reader.shape = flattened.after
    return [flattened, *_linear(reader, layer)]


def _batch_norm(reader: Reader, layer: nn.BatchNorm1d | nn.BatchNorm2d) -> list[Step]:
    if layer.running_mean is None:
        raise KeyError(type(layer))  # without running statistics it looks at the whole batch
    over = (layer.running_var + layer.eps).rsqrt()
    mean = layer.running_mean
    if layer.weight is None:
        return [dense.Fixed(reader.spread(over), reader.spread(-mean * over))]
    scale = reader.of(layer.weight) * over
    shift = reader.of(layer.bias) - scale * mean
    return [dense.Scaled(reader.keep_channels(scale), reader.keep_channels(shift))]


def _layer_norm(reader: Reader, layer: nn.LayerNorm) -> list[Step]:
    before = reader.shape
    if layer.normalized_shape != before:
        raise KeyError(type(layer))
    scale, shift = (_as_row(reader, numbers) for numbers in (layer.weight, layer.bias))
    norm = dense.LayerNorm(layer.eps, scale, shift)
    return [norm] if len(before) == 1 else [images.Shaped((math.prod(before),)), norm, images.Shaped(before)]


def _as_row(reader: Reader, numbers: Tensor | None) -> Piece | None:
    """One number for every feature, or for every place of every channel: (features, 1)."""
    return None if numbers is None else reader.keep(reader.of(numbers).reshape(3, -1, 1))


def _prelu(reader: Reader, layer: nn.PReLU) -> list[Step]:
    return [dense.PReLU(reader.keep_channels(reader.of(layer.weight)))]


def _residual(reader: Reader, block: Residual) -> list[Step]:
    before = reader.shape
    inside = reader.stack(block.layers)
    reader.shape = before
    around = reader.layer(block.shortcut)
    return [dense.Residual(tuple(inside), tuple(around))]


_READERS: dict[type[nn.Module], Callable[[Reader, nn.Module], list[Step]]] = {
    **dict.fromkeys((nn.Identity, nn.Dropout, nn.Dropout2d, Dropout, Dropout2d), _nothing),
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, BatchNorm), _batch_norm),
    nn.Linear: _linear,
    FlatLinear: _flat_linear,
    nn.LayerNorm: _layer_norm,
    nn.PReLU: _prelu,
    Residual: _residual,
    **reading_images.READERS,
}
