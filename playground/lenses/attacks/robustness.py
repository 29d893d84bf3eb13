"""How many images a network still recognises when every pixel of each may change by epsilon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.lenses.attacks.methods import pgd, uphill
from playground.lenses.gradual import Work, gradually
from playground.lenses.pixels import PixelNetwork
from playground.lenses.table_rows import spaced

FIRST = 4
"""Images that are attacked first, so that there is soon something to see."""
PLACES = 7
"""Epsilons that are tried, 0 among them."""


def robustness(run: Any, part: str = "test", samples: int = 64, most: float = 0.3, steps: int = 8) -> dict[str, Any]:
    """The accuracy by epsilon on at most `samples` images of a part, evenly spaced, all attacked.

    - epsilons (m,) float64: from 0 to `most`, pixels being from 0 to 1;
    - fgsm (m,) float64: the share that is still recognised after one step of the gradient's sign; pgd (m,): the same
      after `steps` smaller steps. There an image that a smaller epsilon fooled counts as fooled: what that found is
      allowed to a larger one, too. NaN before any is through, and where the part is empty;
    - measured: how many images that is so far; samples: how many it shall be; unfinished: whether some are missing.

    Raises ValueError for data that are no images; `Unsuited` for a regression.
    """

    def begin(moment: Any) -> Iterator[Any]:
        return _measured(moment, part, samples, most, steps)

    found, unfinished = gradually(run, ("robustness", part, samples, most, steps), begin)
    return {**found, "unfinished": unfinished}


def _measured(moment: Any, part: str, samples: int, most: float, steps: int) -> Iterator[Any]:
    network = PixelNetwork(moment)
    labels = getattr(moment.dataset, f"y_{part}")
    rows = spaced(len(labels), samples)
    images = network.pixels(getattr(moment.dataset, f"x_{part}")[rows])
    chosen = torch.tensor(labels[rows], dtype=torch.int64, device=network.device)
    epsilons = np.linspace(0.0, most, PLACES)
    right, measured = np.full((2, PLACES), np.nan), 0
    while True:
        fgsm, pgd_ = right / max(measured, 1)
        yield {"epsilons": epsilons, "fgsm": fgsm, "pgd": pgd_, "measured": measured, "samples": len(chosen)}
        if measured >= len(chosen):
            return
        right = right if measured else np.zeros_like(right)
        now = slice(measured, measured + (network.bite if measured else min(network.bite, FIRST)))
        batch = images[now], chosen[now]
        right[0] += yield from _after_fgsm(network, *batch, epsilons)
        right[1] += yield from _after_pgd(network, *batch, epsilons, steps)
        measured += len(batch[1])


def _after_fgsm(network: PixelNetwork, images: Tensor, labels: Tensor, epsilons: np.ndarray) -> Work[np.ndarray]:
    """How many are recognised at each epsilon, (m,)."""
    direction = uphill(network.scores, images, labels)
    right = []
    for epsilon in epsilons:
        right.append(int(_recognised(network, (images + epsilon * direction).clamp(0.0, 1.0), labels).sum()))
        yield
    return np.array(right)


def _after_pgd(
    network: PixelNetwork, images: Tensor, labels: Tensor, epsilons: np.ndarray, steps: int
) -> Work[np.ndarray]:
    """The same; only those are attacked anew that no smaller epsilon fooled."""
    left = _recognised(network, images, labels)
    right = [int(left.sum())]
    for epsilon in epsilons[1:]:
        if left.any():
            changed = yield from pgd(network.scores, images[left], labels[left], float(epsilon), steps)
            left[left.clone()] = _recognised(network, changed, labels[left])
        right.append(int(left.sum()))
    return np.array(right)


def _recognised(network: PixelNetwork, images: Tensor, labels: Tensor) -> Tensor:
    with torch.no_grad():
        return network.scores(images).argmax(dim=1) == labels
