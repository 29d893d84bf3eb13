"""The network of an experiment: a stack of layers and a head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from torch import Tensor, nn

from playground.network.dropout import Dropout
from playground.network.flat import FlatParameters
from playground.network.residual import Residual
from playground.network.shapes import HEAD, Path


class Network(nn.Module):
    """`layers`, then the linear layer `head`, then `head_activation`: (n, inputs) to (n, outputs) float32.

    `flat` holds all its numbers in one tensor. Made by `building.build`.
    """

    flat: FlatParameters

    def __init__(self, layers: Iterable[nn.Module], head: nn.Linear, head_activation: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.head = head
        self.head_activation = head_activation

    def forward(self, x: Tensor) -> Tensor:
        """What the loss takes: outputs after the output activation, (n, outputs)."""
        for layer in self.layers:
            x = layer(x)
        return self.head_activation(self.head(x))

    def stages(self) -> list[Callable[[Tensor], Tensor]]:
        """The functions that `forward` applies one after another, without the bookkeeping of calling a module.

        For a training loop, where that is a tenth of a small network's step. Hooks on the layers are passed by.
        """
        return [layer.forward for layer in (*self.layers, self.head, self.head_activation)]

    def trace(self, x: Tensor) -> dict[Path, Tensor]:
        """The output of every layer by path, in the order in which they are computed; the network's under "head".

        A residual block's own entry, the sum, comes after those of the layers inside it.
        """
        seen: dict[Path, Tensor] = {}
        x = _trace(self.layers, (), x, seen)
        seen[HEAD] = self.head_activation(self.head(x))
        return seen

    def at(self, path: Path) -> nn.Module:
        """The layer at `path`; "head" is the head's linear layer. Raises KeyError where there is none."""
        if path == HEAD:
            return self.head
        found: Any = self
        try:
            for index in path:
                found = found.layers[index]
        except (AttributeError, IndexError, TypeError):
            raise KeyError(f"the network has no layer {path}") from None
        return found

    def paths(self) -> Iterator[tuple[Path, nn.Module]]:
        """Every layer with its path, a block before what is inside it, the head last."""
        yield from _paths(self.layers, ())
        yield HEAD, self.head

    def set_step(self, step: int) -> None:
        """Choose the dropout masks of training step `step`."""
        for layer in self._dropouts():
            layer.step = step

    @property
    def depends_on_mode(self) -> bool:
        """Whether training and evaluation differ (dropout, batch norm)."""
        if "_moody" not in self.__dict__:
            self.__dict__["_moody"] = any(isinstance(m, Dropout | nn.BatchNorm1d) for m in self.modules())
        return self.__dict__["_moody"]

    def _dropouts(self) -> tuple[Dropout, ...]:
        # Looked up once: a walk over all modules at every step would cost more than the masks.
        if "_dropout_layers" not in self.__dict__:
            self.__dict__["_dropout_layers"] = tuple(m for m in self.modules() if isinstance(m, Dropout))
        return self.__dict__["_dropout_layers"]


def _trace(layers: Iterable[nn.Module], prefix: tuple[int, ...], x: Tensor, seen: dict[Path, Tensor]) -> Tensor:
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        block = isinstance(layer, Residual)
        x = layer.shortcut(x) + _trace(layer.layers, path, x, seen) if block else layer(x)
        seen[path] = x
    return x


def _paths(layers: Iterable[nn.Module], prefix: tuple[int, ...]) -> Iterator[tuple[Path, nn.Module]]:
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        yield path, layer
        if isinstance(layer, Residual):
            yield from _paths(layer.layers, path)
