"""The layers of a network that sees, with their shapes, and how to go through only some of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from torch import Tensor, nn

from playground.experiment import walk
from playground.lenses.lens import Unsuited
from playground.network.residual import Residual
from playground.network.shapes import HEAD, Card, Path, infer

LINEAR = ("linear", "head")
CONVOLUTIONS = ("conv2d", "conv_transpose2d", "separable_conv2d")
UNCHANGED = ("flatten", "dropout", "dropout2d", "identity")
"""Layers that let an image pass as it is while one looks."""


@dataclass(frozen=True, slots=True)
class Place:
    """One layer: its path ("head" for the head), its entry (None for the head) and what `infer` says of it."""

    path: Path
    entry: Any
    card: Any

    @property
    def kind(self) -> str:
        """The entry's kind; "head" for the head."""
        return "head" if self.entry is None else self.entry.kind

    @property
    def label(self) -> str:
        """What a person calls it."""
        return "Output" if self.entry is None else self.entry.label


@lru_cache(maxsize=64)
def _places(experiment: Any, image: tuple[int, ...], classes: int) -> tuple[Place, ...]:
    summary = infer(experiment, image, classes)
    cards: dict[Path, Card] = {card.path: card for card in summary.cards}
    found = [Place(path, layer, cards[path]) for path, layer in walk(experiment.network)]
    return (*found, Place(HEAD, None, summary.head))


def places_of(moment: Any) -> tuple[Place, ...]:
    """Every layer, a residual block before what is inside it, the head last."""
    return _places(moment.experiment, moment.dataset.image, len(moment.dataset.classes))


def at_path(moment: Any, path: tuple[int, ...]) -> Place:
    """The layer at a path; () is the head. Raises Unsuited, in words for a person, where there is none."""
    wanted = tuple(path) or HEAD
    for place in places_of(moment):
        if place.path == wanted:
            return place
    raise Unsuited("This layer is not there any more.")


def until(module: Any, path: Path, x: Tensor) -> Tensor:
    """What the layer at `path` gives for samples `x` (n, d); layers after it are not computed."""
    x = module.shaped(x)
    if path == HEAD:
        for layer in module.layers:
            x = layer(x)
        return module.head_activation(module.head(x))
    layers: Any = module.layers
    for index in path[:-1]:
        for layer in layers[:index]:
            x = layer(x)
        layers = layers[index].layers
    for layer in layers[: path[-1] + 1]:
        x = layer(x)
    return x


def before(module: Any, seen: dict[Path, Tensor], x: Tensor, path: Path) -> Tensor:
    """What goes into the layer at `path`, from a trace `seen` of samples `x`: what went out of the one before it."""
    if path == HEAD:
        path = (len(module.layers),)
    while path and path[-1] == 0:
        path = path[:-1]
    return seen[(*path[:-1], path[-1] - 1)] if path else module.shaped(x)


def shortcut_of(module: Any, path: Path) -> nn.Module:
    """The way around what is inside the residual block at `path`."""
    block = module.at(path)
    if not isinstance(block, Residual):
        raise ValueError("this layer is no residual block")
    return block.shortcut
