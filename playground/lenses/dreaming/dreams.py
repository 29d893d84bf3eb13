"""What the units of a layer want to see; a dream goes on at every look, while the network trains."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from playground.lenses.dreaming.ascent import Dream, Recipe
from playground.lenses.gradual import FIRST_SLICE, RESTING_SLICE, SLICE
from playground.lenses.hurry import hurry
from playground.lenses.picked import as_tiles
from playground.lenses.pixels import PixelNetwork
from playground.lenses.vision.stack import at_path
from playground.network.shapes import HEAD

COLOURED = 256
"""Training images of which it is learnt how colours go together."""
VIEWS = 2
"""Dreams of one run that go on at the same time."""


def dream(
    run: Any,
    path: tuple[int, ...] = (),
    first: int = 0,
    shown: int = 12,
    steps: int = 256,
    jitter: int = 1,
    blur: float = 0.5,
    decay: float = 0.02,
    colours: bool = True,
    seed: int = 0,
) -> dict[str, Any]:
    """Images that excite the units of the layer at `path` as much as can be; of () the classes.

    - images: uint8 (n, h, w) or (n, h, w, 3), of the units from `first` on (of the last ones, where there are fewer);
      units (n,) int64: which they are; count: how many the layer has; label: what it is called; classes: whether the
      units are the classes; unit: what one is called, "filter" or "unit";
    - excitement (n,) float64: how much each image excites its unit: the mean over the places of a map, the unit's
      output, or the score of the class;
    - taken: how many steps it has had; unfinished: whether it would go on, the network being as it is.

    Of a trainer that is looked at `a_little_at_a_time` the images go on from where they were at the last look; `steps`
    are those that a network gets which stays as it is. jitter, blur, decay, seed, colours: see `ascent.Recipe`. Raises
    ValueError where there is no such layer, and for data that are no images; `Unsuited` for a regression.
    """
    now = hasattr(run, "tape")
    trainer = run if now else getattr(run, "run", lambda: None)()
    moment = run.at() if now else run
    recipe = Recipe(jitter, blur, decay, seed, colours)
    if hurry() is None or trainer is None:
        sleeper, seconds = Sleeper(recipe, PixelNetwork(moment), path, first, shown), math.inf
    else:
        wish = (tuple(path), first, shown, recipe, None if now else moment.step)
        sleeper = _kept(trainer, wish, lambda: Sleeper(recipe, PixelNetwork(moment), path, first, shown))
        seconds = FIRST_SLICE if not sleeper.dream.steps else RESTING_SLICE if hurry().resting else SLICE
    sleeper.meet(moment)
    sleeper.work(steps, seconds)
    return sleeper.seen(steps)


class Sleeper:
    """A dream of some units of one layer, and the network that dreams it by now."""

    def __init__(self, recipe: Recipe, network: PixelNetwork, path: tuple[int, ...], first: int, shown: int) -> None:
        self._network = network
        self._place = at_path(network.moment, path)
        self.count = self._place.card.after[0] if self._place.path != HEAD else network.classes
        first = max(0, min(first, self.count - shown))
        self.units = torch.arange(first, min(first + shown, self.count), device=network.device)
        ground = network.mean.reshape(network.shape).mean(dim=(1, 2), keepdim=True)
        colours = colours_of(network) if recipe.colours and network.shape[0] > 1 else None
        self.dream = Dream(recipe, ground, network.shape, range(first, first + len(self.units)), colours)
        self._since = 0  # steps with this very network
        self._excitement = torch.full((len(self.units),), math.nan)

    def meet(self, moment: Any) -> None:
        """Go on with the network of another moment."""
        if moment is not self._network.moment:
            self._network, self._since = PixelNetwork(moment), 0

    def work(self, steps: int, seconds: float) -> None:
        """Take steps for about so long, at least one; as many as `steps` with this network."""
        end = time.perf_counter() + seconds
        while self._since < steps:
            self._excitement = self.dream.step(self._excite, self._network.bite)
            self._since += 1
            if time.perf_counter() >= end:
                return

    def seen(self, steps: int) -> dict[str, Any]:
        """What the lens tells."""
        return {
            "images": as_tiles((self.dream.images * 255).round().byte().cpu().numpy()),
            "units": self.units.cpu().numpy(),
            "count": self.count,
            "label": self._place.label,
            "classes": self._place.path == HEAD,
            "unit": "filter" if len(self._place.card.after) == 3 else "unit",
            "excitement": self._excitement.double().cpu().numpy(),
            "taken": self.dream.steps,
            "unfinished": self._since < steps,
        }

    def _excite(self, images: Tensor, first: int) -> Tensor:
        """How much each image excites its unit."""
        _, found = self._network.traced(images, self._place.path)
        found = found.flatten(2).mean(dim=2) if found.ndim == 4 else found
        return found.gather(1, self.units[first : first + len(images), None])[:, 0]


def colours_of(network: PixelNetwork) -> Tensor | None:
    """The covariance of the channels of training images, (C, C); None where every pixel is the same."""
    pixels = network.pixels(network.moment.dataset.x_train[:COLOURED])
    found = torch.cov(pixels.transpose(0, 1).flatten(1))
    return found if found.trace() > 0 else None


def _kept(trainer: Any, wish: Hashable, begin: Any) -> Sleeper:
    """The dream that goes on, of this run; another one after a reset, which is another run."""
    dreams = _dreams.setdefault(trainer, OrderedDict())
    origin = trainer.tape.nearest(0)[1]
    before, sleeper = dreams.pop(wish, (None, None))
    if before is not origin:
        sleeper = begin()
    dreams[wish] = origin, sleeper
    if len(dreams) > VIEWS:
        dreams.popitem(last=False)
    return sleeper


_dreams: WeakKeyDictionary[Any, OrderedDict] = WeakKeyDictionary()
