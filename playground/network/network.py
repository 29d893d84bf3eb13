"""The network of an experiment: a stack of layers and a head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

from torch import Tensor, nn

from playground.network.dropout import Dropout
from playground.network.flat import FlatParameters
from playground.network.residual import Residual
from playground.network.shapes import HEAD, Path
from playground.network.silence import Silence, silence_of, unsilence


class Network(nn.Module):
    """`layers`, then the linear layer `head`, then `head_activation`: (n, inputs) to (n, outputs) float32.

    `flat` holds all its numbers in one tensor. Made by `building.build`. image: (channels, height, width) where the
    first layers work on images; samples are lists of pixels all the same, one channel after another, row by row.
    """

    flat: FlatParameters

    def __init__(
        self,
        layers: Iterable[nn.Module],
        head: nn.Linear,
        head_activation: nn.Module,
        image: tuple[int, int, int] | None = None,
    ) -> None:
        super().__init__()
        self.image = image
        self.layers = nn.ModuleList(layers)
        self.head = head
        self.head_activation = head_activation
        self._held: tuple[Path, ...] = ()
        self.silenced: dict[Path, tuple[int, ...]] = {}

    def forward(self, x: Tensor) -> Tensor:
        """What the loss takes: outputs after the output activation, (n, outputs). Images may be (n, C, H, W), too."""
        x = self.shaped(x)
        for layer in self.layers:
            x = layer(x)
        return self.head_activation(self.head(x))

    def shaped(self, x: Tensor) -> Tensor:
        """Samples as the first layer takes them: (n, C, H, W) where it works on images."""
        return x if self.image is None else x.reshape(-1, *self.image)

    def stages(self) -> list[Callable[[Tensor], Tensor]]:
        """The functions that `forward` applies one after another, without the bookkeeping of calling a module.

        For a training loop, where that is a tenth of a small network's step. Hooks on the layers are passed by, but
        for those that silence units.
        """
        layers = (*self.layers, self.head, self.head_activation)
        first = [] if self.image is None else [self.shaped]
        return first + [layer if silence_of(layer) else layer.forward for layer in layers]

    def trace(self, x: Tensor) -> dict[Path, Tensor]:
        """The output of every layer by path, in the order in which they are computed; the network's under "head".

        Those of layers that work on images are (n, C, H, W). A residual block's own entry, the sum, comes after those
        of the layers inside it.
        """
        seen: dict[Path, Tensor] = {}
        x = _trace(self.layers, (), self.shaped(x), seen)
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

    def silence(self, units: Mapping[Path, Iterable[int]]) -> None:
        """Have these units answer 0 from now on, in training and evaluation, and no others.

        units: by the path of the layer after which they are silent, a key of `trace`; "head" is the whole network's
        output.
        """
        self.silenced = {path: tuple(sorted(chosen)) for path, chosen in units.items()}
        for _path, layer in (*self.paths(), (HEAD, self.head_activation)):
            unsilence(layer)
        for path, chosen in self.silenced.items():
            layer = self.head_activation if path == HEAD else self.at(path)
            layer.register_forward_hook(Silence(chosen, self.flat.values.device))

    def hold(self, paths: Iterable[Path]) -> None:
        """Have these layers, and no others, be in evaluation mode whatever the rest is in: a frozen batch norm then
        is the fixed map of its running statistics and leaves them as they are."""
        before, self._held = self._held, tuple(paths)
        for path in before:
            self.at(path).train(self.training)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """As `nn.Module.train`, but layers that are held stay in evaluation mode."""
        super().train(mode)
        for path in self._held:
            self.at(path).eval()
        return self

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
        x = _sum(layer, path, x, seen) if block else layer(x)
        seen[path] = x
    return x


def _sum(block: Residual, path: Path, x: Tensor, seen: dict[Path, Tensor]) -> Tensor:
    total = block.shortcut(x) + _trace(block.layers, path, x, seen)
    silence = silence_of(block)
    return silence(block, x, total) if silence else total


def _paths(layers: Iterable[nn.Module], prefix: tuple[int, ...]) -> Iterator[tuple[Path, nn.Module]]:
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        yield path, layer
        if isinstance(layer, Residual):
            yield from _paths(layer.layers, path)
