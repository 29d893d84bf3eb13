"""The layers of a network that sees, as the panels of attributions and dreams offer them."""

from __future__ import annotations

from typing import Any, NamedTuple

from playground.experiment import Experiment, walk
from playground.network.shapes import infer
from playground.ui.images import CONVOLUTIONS, image_of

LayerPath = tuple[int, ...]


class Offered(NamedTuple):
    """A layer to choose. count: its filters or units."""

    name: str
    count: int


def layers_of(experiment: Experiment | None, kinds: tuple[str, ...] = CONVOLUTIONS) -> dict[LayerPath, Offered]:
    """The layers of these kinds by path, in order: "2: Convolution, 16 × 10 × 10". None where there are no images."""
    image = image_of(experiment)
    if image is None:
        return {}
    cards = {card.path: card for card in infer(experiment, image, classes=2).cards}  # any number: the head is not asked
    found = [(path, layer) for path, layer in walk(experiment.network) if layer.kind in kinds]
    return {
        path: Offered(f"{place}: {_name(layer, cards[path])}", cards[path].after[0])
        for place, (path, layer) in enumerate(found, 1)
    }


def _name(layer: Any, card: Any) -> str:
    size = " × ".join(f"{side:,}" for side in card.after)
    return f"{layer.label}, {size}" if len(card.after) > 1 else f"{layer.label}, {size} units"
