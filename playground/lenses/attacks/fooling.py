"""One image attacked: what is added to it, and what the network says then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.lenses.attacks.methods import fgsm, pgd
from playground.lenses.gradual import Work, gradually, hashable
from playground.lenses.picked import Picked, as_tiles
from playground.lenses.pixels import PixelNetwork, image_of

LADDER = (0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3)
"""The epsilons that are tried besides the one that is asked for."""


def attack(
    run: Any,
    image: Picked | dict[str, Any] | None = None,
    method: str = "pgd",
    epsilon: float = 0.1,
    steps: int = 10,
    towards: int | None = None,
) -> dict[str, Any]:
    """The picked image, changed so that the network errs; no pixel changes by more than epsilon, nor beyond its range.

    - picture, fooled: before and after, uint8 (h, w) or (h, w, 3); delta (C, H, W) float32: the change, pixels being
      from 0 to 1;
    - before, after (classes,) float64: how likely each class is to the network; label: the image's class, -1 of one's
      own; away: the class it is led away from, the right one (the predicted one of one's own), -1 with `towards`;
      towards: the class it is led to, or -1;
    - epsilons (m,) float64: `LADDER`; trials: the image attacked with each of them, uint8 (m, ...); seen (m,) int64:
      the class that the network takes each for; sure (m,) float64: how likely that is to it. Only the first ones are
      there while the others are not worked out;
    - unfinished: whether they are to come.

    Raises ValueError for data that are no images, and for an image that they do not have; `Unsuited` for a regression.
    """

    def begin(moment: Any) -> Iterator[Any]:
        return _attacked(moment, image, method, epsilon, steps, towards)

    found, unfinished = gradually(run, ("attack", hashable(image), method, epsilon, steps, towards), begin)
    return {**found, "unfinished": unfinished}


def _attacked(moment: Any, image: Any, method: str, epsilon: float, steps: int, towards: int | None) -> Iterator[Any]:
    network = PixelNetwork(moment)
    x, label = image_of(network, image)
    before = network.shares(x)[0]
    goal = towards if towards is not None and towards < network.classes else None
    away = int(before.argmax()) if label is None else label

    def changed(limits: tuple[float, ...]) -> Work[Tensor]:
        images = x.expand(len(limits), -1, -1, -1)
        labels = torch.full((len(limits),), away if goal is None else goal, device=network.device)
        most = torch.tensor(limits, device=network.device, dtype=x.dtype)[:, None, None, None]
        if method == "fgsm":
            return fgsm(network.scores, images, labels, most, towards=goal is not None)
        return (yield from pgd(network.scores, images, labels, most, steps, towards=goal is not None))

    fooled = yield from changed((epsilon,))
    found = {
        "picture": _pictures(x)[0],
        "fooled": _pictures(fooled)[0],
        "delta": (fooled - x)[0].cpu().numpy(),
        "before": before,
        "after": network.shares(fooled)[0],
        "label": -1 if label is None else label,
        "away": away if goal is None else -1,
        "towards": -1 if goal is None else goal,
    }
    yield {**found, **_trials(network, x[:0])}
    trials = x[:0]
    for start in range(0, len(LADDER), network.bite):
        trials = torch.cat([trials, (yield from changed(LADDER[start : start + network.bite]))])
        yield {**found, **_trials(network, trials)}


def _trials(network: PixelNetwork, images: Tensor) -> dict[str, np.ndarray]:
    shares = network.shares(images)
    return {
        "epsilons": np.array(LADDER),
        "trials": _pictures(images),
        "seen": shares.argmax(axis=1),
        "sure": shares.max(axis=1),
    }


def _pictures(images: Tensor) -> np.ndarray:
    return as_tiles((images * 255).round().byte().cpu().numpy())
