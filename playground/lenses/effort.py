"""How much work a look is: images, which are large, are looked at in parts, or at fewer places."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from playground.network.building import sizes_of
from playground.network.shapes import infer
from playground.training.tasks.supervised import IMAGES_AT_ONCE

MOST_PRODUCTS = 400_000_000
"""Multiplications that one look over a plane may take: some 20 ms of a processor's core."""
MOST_BYTES = 24 * 2**20
"""What the inputs at the places of a plane may take."""
COARSEST = 12
"""Places along each axis at least."""


def work_of(moment: Any) -> tuple[int, int]:
    """Multiplications (by weights) of one sample, and values that all layers together hold of it, both at least 1."""
    return _work(moment.experiment, *sizes_of(moment.dataset))


@lru_cache(maxsize=256)  # an experiment hashes in microseconds, and its shapes take a hundred times as long
def _work(experiment: Any, inputs: Any, classes: int) -> tuple[int, int]:
    summary = infer(experiment, inputs, classes)
    return max(summary.products, 1), summary.inputs + sum(card.outputs for card in summary.cards)


def affordable(moment: Any, resolution: int) -> int:
    """The places along each axis of a plane that a network is asked at: `resolution`, or fewer where it works on images
    and takes long, or is fed much."""
    most = MOST_BYTES // (4 * len(moment.dataset.inputs))
    if moment.module.image is not None:
        most = min(most, MOST_PRODUCTS // work_of(moment)[0])
    return min(resolution, max(COARSEST, math.isqrt(most)))


def size_of(moment: Any) -> int:
    """How large a network is where that says how long a look takes: its parameters; where each of them meets many
    pixels, its multiplications, which go four times as quickly."""
    parameters = moment.module.flat.parameters.numel()
    return parameters if moment.module.image is None else max(parameters, work_of(moment)[0] // 4)


def in_parts(module: nn.Module, x: Tensor) -> Tensor:
    """What a network answers to samples (n, inputs); images go through it a part at a time, as maps take room."""
    if module.image is None:
        return module(x)
    return torch.cat([module(part) for part in x.split(IMAGES_AT_ONCE)])
