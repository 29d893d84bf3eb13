"""A module read as steps that are taken at many points of a plane at once.

Only what is known exactly is read: layers of these very classes (a subclass may do something else), hooks that silence
units and no others. For anything else `read` raises KeyError, and the general walker does it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from playground.lenses.landscape.walking import dense
from playground.lenses.landscape.walking.activations import activation_of
from playground.lenses.landscape.walking.steps import Piece, Step
from playground.network.dropout import Dropout
from playground.network.network import Network
from playground.network.norm import BatchNorm
from playground.network.residual import Residual
from playground.network.silence import Silence

_IGNORED = (nn.Identity, nn.Dropout, Dropout)


class Reader:
    """Walks a module once, in the order in which it computes, and collects what its steps take from the planes.

    planes (3, P): centre, first and second direction. What a step needs of them (weights, say) is linear in the
    parameters, so it is worked out for the three of them once and put together at every point by its coordinates.
    """

    def __init__(self, module: nn.Module, planes: Tensor) -> None:
        self.planes = planes
        self._places: dict[int, int] = {}
        offset = 0
        for parameter in module.parameters():
            self._places[id(parameter)] = offset
            offset += parameter.numel()
        if offset != planes.shape[1]:
            raise ValueError(f"a plane of {planes.shape[1]} numbers does not fit a module of {offset} parameters")
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

    def kept(self) -> Tensor:
        """All that is kept, (3, Q)."""
        return torch.cat(self._pieces, 1) if self._pieces else self.planes[:, :0]

    def steps(self, layers: list[nn.Module]) -> list[Step]:
        """The steps of `layers`, one after another."""
        return [step for layer in layers for step in self.layer(layer)]

    def layer(self, layer: nn.Module) -> list[Step]:
        """The steps of one layer, and of the silence upon it."""
        silences = _silences(layer)
        return [*self._plain(layer), *(dense.Silenced(silence.units) for silence in silences)]

    def _plain(self, layer: nn.Module) -> list[Step]:
        kind = type(layer)
        if kind in _IGNORED:
            return []
        if kind is nn.Sequential:
            return self.steps(list(layer))
        if kind is Network:
            return self.steps([*layer.layers, layer.head, layer.head_activation])
        if kind in _READERS:
            return [_READERS[kind](self, layer)]
        return [dense.Activation(activation_of(layer))]


def _silences(layer: nn.Module) -> list[Silence]:
    """The silences on a layer's output. Raises KeyError for any other hook."""
    hooks = list(layer._forward_hooks.values())
    if layer._forward_pre_hooks or not all(isinstance(hook, Silence) for hook in hooks):
        raise KeyError(type(layer))
    return hooks


def _linear(reader: Reader, layer: nn.Linear) -> Step:
    weight, bias = reader.of(layer.weight), reader.of(layer.bias)
    return dense.Linear(reader.keep(weight), None if bias is None else reader.keep(bias[..., None]))


def _batch_norm(reader: Reader, layer: nn.BatchNorm1d) -> Step:
    if layer.running_mean is None:
        raise KeyError(type(layer))  # without running statistics it looks at the whole batch
    over = (layer.running_var + layer.eps).rsqrt()
    mean = layer.running_mean
    if layer.weight is None:
        return dense.Fixed(over[:, None].clone(), (-mean * over)[:, None])
    scale = reader.of(layer.weight) * over
    shift = reader.of(layer.bias) - scale * mean
    return dense.Scaled(reader.keep(scale[..., None]), reader.keep(shift[..., None]))


def _layer_norm(reader: Reader, layer: nn.LayerNorm) -> Step:
    if len(layer.normalized_shape) != 1:
        raise KeyError(type(layer))
    scale, shift = reader.of(layer.weight), reader.of(layer.bias)
    return dense.LayerNorm(
        layer.eps,
        None if scale is None else reader.keep(scale[..., None]),
        None if shift is None else reader.keep(shift[..., None]),
    )


def _prelu(reader: Reader, layer: nn.PReLU) -> Step:
    return dense.PReLU(reader.keep(reader.of(layer.weight)[..., None]))


def _residual(reader: Reader, block: Residual) -> Step:
    return dense.Residual(tuple(reader.steps(list(block.layers))), tuple(reader.layer(block.shortcut)))


_READERS: dict[type[nn.Module], Callable[[Reader, nn.Module], Step]] = {
    nn.Linear: _linear,
    nn.BatchNorm1d: _batch_norm,
    BatchNorm: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.PReLU: _prelu,
    Residual: _residual,
}
