"""The walker of hand-batched PyTorch: (grid points x samples) in few large operations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import vmap

from playground.lenses.landscape.walking import part as parts
from playground.lenses.landscape.walking.dense import run
from playground.lenses.landscape.walking.losses import batched_loss
from playground.lenses.landscape.walking.part import Part
from playground.lenses.landscape.walking.reading import Reader
from playground.lenses.landscape.walking.steps import Step
from playground.lenses.landscape.walking.walk import Walk
from playground.settings import settings

NEAR = 1024 * 1024
"""Bytes that stay in a core's own memory (L2) beside what else it holds."""
_LEAST_ROWS = 64


class TorchWalk(Walk):
    """Values lie samples last, so that every operation runs along memory; the first linear layer, which is linear in
    the two coordinates, is worked out for the three vectors alone and put together at every point.

    Raises KeyError, with the class, for a module with a layer that it does not know.
    """

    engine: ClassVar[str] = "torch"

    def __init__(self, module: nn.Module, planes: Tensor, part: Part) -> None:
        reader = Reader(module, planes)
        steps = reader.steps([module])
        inputs = tuple(part.x.shape[1:])
        self._before, self._shared, self._steps = _divided(steps)
        self._kept = reader.kept()
        self._x = part.x.movedim(0, -1)[None].contiguous()
        self._batched = None if part.spec is None else batched_loss(part.spec)
        self._targets = part.targets.movedim(0, -1).contiguous()
        self._per_row, work = _measured(steps, inputs)
        super().__init__(planes, part, work * len(part.x))

    def _sums(self, where: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        coordinates = torch.tensor(where, dtype=torch.float32, device=self._planes.device)
        totals = torch.zeros(2, len(where), dtype=torch.float64, device=coordinates.device)
        rows = self._rows_at_once(end - first)
        step = self._points_at_once(rows)
        for start in range(first, end, rows):
            samples = slice(start, min(start + rows, end))
            shared = self._common(samples)
            found = [self._chunk(here, shared, samples) for here in coordinates.split(step)]
            totals[0] += torch.cat([loss for loss, _ in found])
            totals[1] += torch.cat([score for _, score in found])
        return tuple(totals.cpu().numpy())

    # Sizes -------------------------------------------------------------------------------------------------------

    def _rows_at_once(self, samples: int) -> int:
        """Samples that are worked on at once: few enough to stay near, and enough to pay for the point's weights."""
        near = NEAR if self._planes.device.type == "cpu" else settings.survey_bytes
        fitting = settings.survey_bytes // (8 * self._per_row)
        wanted = max(near // (4 * self._per_row), _LEAST_ROWS)
        blocks = -(-samples // max(1, min(wanted, fitting)))
        return -(-samples // blocks)

    def _points_at_once(self, rows: int) -> int:
        """Points that are worked on at once."""
        near = NEAR if self._planes.device.type == "cpu" else settings.survey_bytes // 2
        each = 4 * (self._per_row * rows + self._kept.shape[1])
        return max(1, near // each)

    # Work --------------------------------------------------------------------------------------------------------

    def _common(self, samples: slice) -> Tensor:
        """What is worked out once for all points: the value before the first layer that differs, or the three parts
        of the value after it (3, ...)."""
        x, _ = run(self._before, self._x[..., samples], self._kept[:1], own=False)
        return x if self._shared is None else self._shared.take(x, self._kept, False)

    def _chunk(self, coordinates: Tensor, shared: Tensor, samples: slice) -> tuple[Tensor, Tensor]:
        kept = coordinates @ self._kept
        x, own = shared, False
        if self._shared is not None:
            x, own = (coordinates @ shared.flatten(1)).view(-1, *shared.shape[1:]), True
        x, own = run(self._steps, x, kept, own)
        outputs = x.expand(len(coordinates), *x.shape[1:])
        if not own or len(x) < len(outputs):
            outputs = outputs.clone()  # for the loss may write over it
        score = self._score(outputs, samples)
        return self._cost(outputs, samples), score

    def _cost(self, outputs: Tensor, samples: slice) -> Tensor:
        if self._batched is not None:
            return self._batched(outputs, self._targets[..., samples])
        targets = self.part.targets[samples]
        return _each(self.part.loss, outputs, targets) * len(targets)

    def _score(self, outputs: Tensor, samples: slice) -> Tensor:
        part = self.part
        labels = part.labels[samples]
        if part.kind == "r2":
            return parts.squared_errors(outputs, labels)
        if part.head is not None:
            return parts.hits(outputs, labels, part.head)
        if part.score is None:
            return parts.no_score(len(outputs), outputs.device)
        return _each(part.score, outputs, labels) * len(labels)


def _divided(steps: list[Step]) -> tuple[tuple[Step, ...], Step | None, tuple[Step, ...]]:
    """The steps before the first that has parameters; that one, where it is linear; the others."""
    count = next((index for index, step in enumerate(steps) if not step.fixed), len(steps))
    before, rest = tuple(steps[:count]), tuple(steps[count:])
    return (before, rest[0], rest[1:]) if rest and rest[0].linear else (before, None, rest)


def _measured(steps: list[Step], given: tuple[int, ...]) -> tuple[int, int]:
    """For one sample: the most numbers that are held at once, and about how many multiplications there are."""
    most, work = 1, 0
    for step in steps:
        after = step.shape(given)
        most = max(most, math.prod(given) + math.prod(after) + step.held(given))
        work += step.work(given)
        given = after
    return most, work


def _each(function: Callable[[Tensor, Tensor], Tensor], outputs: Tensor, truth: Tensor) -> Tensor:
    """A function of one network's outputs (n, ...) at every point of (G, ..., n): by `vmap`, or where that cannot, one
    after another."""
    outputs = outputs.movedim(-1, 1)
    try:
        return vmap(lambda single: function(single, truth).float())(outputs)
    except Exception:  # whatever vmap cannot do; what is wrong in itself is so in the loop too
        return torch.stack([function(single, truth).float() for single in outputs])
