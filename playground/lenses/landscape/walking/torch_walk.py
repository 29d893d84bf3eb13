"""The walker of hand-batched PyTorch: (grid points x samples) in few large operations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import vmap

from playground.lenses.landscape.walking import images
from playground.lenses.landscape.walking import part as parts
from playground.lenses.landscape.walking.dense import most_of, run
from playground.lenses.landscape.walking.losses import batched_loss
from playground.lenses.landscape.walking.part import Part
from playground.lenses.landscape.walking.reading import Reader, pooled_early
from playground.lenses.landscape.walking.steps import Step
from playground.lenses.landscape.walking.walk import Walk
from playground.settings import settings

NEAR = 4 * 1024 * 1024
"""Bytes that stay in the processor's memories beside what else they hold; fewer, and more of the time goes into
beginning operations than into doing them."""
ALONE = 512 * 1024
"""Bytes of what one point needs by itself that stay in a core's own memory (L2)."""
_LEAST_ROWS = 64
"""Samples that are worked on at once at least."""


class TorchWalk(Walk):
    """Values lie samples last, so that every operation runs along memory; the first linear layer, which is linear in
    the two coordinates, is worked out for the three vectors alone and put together at every point.

    Raises KeyError, with the class, for a module with a layer that it does not know.
    """

    engine: ClassVar[str] = "torch"

    def __init__(self, module: nn.Module, planes: Tensor, part: Part) -> None:
        inputs = tuple(part.x.shape[1:])
        reader = Reader(module, planes, inputs)
        steps = reader.layer(module)
        self._before, self._shared, rest = _divided(steps)
        self._steps = pooled_early(rest)
        self._kept = reader.kept()
        self._x = part.x.movedim(0, -1)[None].contiguous()
        self._batched = None if part.spec is None else batched_loss(part.spec)
        self._targets = part.targets.movedim(0, -1).contiguous()
        shape, work = inputs, 0
        for step in steps:
            work, shape = work + step.work(shape), step.shape(shape)
        self._sizes = Sizes(self._kept.shape[1], *most_of(self._steps, _behind(self._before + self._shared, inputs)))
        super().__init__(planes, part, work * len(part.x))

    def _sums(self, where: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        coordinates = torch.tensor(where, dtype=torch.float32, device=self._planes.device)
        totals = torch.zeros(2, len(where), dtype=torch.float64, device=coordinates.device)
        bound = min(NEAR if coordinates.device.type == "cpu" else math.inf, settings.survey_bytes // 4)
        rows, step = self._sizes.at_once(end - first, bound)
        for start in range(first, end, rows):
            samples = slice(start, min(start + rows, end))
            shared = self._common(samples)
            found = [self._chunk(here, shared, samples) for here in coordinates.split(step)]
            totals[0] += torch.cat([loss for loss, _ in found])
            totals[1] += torch.cat([score for _, score in found])
        return tuple(totals.cpu().numpy())

    # Work --------------------------------------------------------------------------------------------------------

    def _common(self, samples: slice) -> Tensor:
        """What is worked out once for all points: the value before the first layer that differs, or the three parts
        of the value after it (3, ...)."""
        x, _ = run(self._before, self._x[..., samples], self._kept[:1], own=False)
        return run(self._shared, x, self._kept, own=False)[0]

    def _chunk(self, coordinates: Tensor, shared: Tensor, samples: slice) -> tuple[Tensor, Tensor]:
        kept = coordinates @ self._kept
        x, own = shared, False
        if self._shared:
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


def _divided(steps: list[Step]) -> tuple[tuple[Step, ...], tuple[Step, ...], list[Step]]:
    """The steps before the first that has parameters; that one, where it is linear, with its bias; the others."""
    first = next((index for index, step in enumerate(steps) if not step.fixed), len(steps))
    after = first
    if first < len(steps) and steps[first].linear:
        after += 2 if after + 1 < len(steps) and isinstance(steps[after + 1], images.Bias) else 1
    return tuple(steps[:first]), tuple(steps[first:after]), steps[after:]


def _behind(steps: Iterable[Step], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape behind `steps`."""
    for step in steps:
        shape = step.shape(shape)
    return shape


class Sizes(NamedTuple):
    """Numbers that are held: of a point whatever the samples; of a sample at every point; of a sample at one point
    after another."""

    point: int
    sample: int
    alone: int

    def at_once(self, samples: int, bound: float) -> tuple[int, int]:
        """How many samples and points to work on at once, to hold about `bound` bytes: so many samples that what a
        point costs by itself is little beside them."""
        near = min(bound // (4 * max(self.sample, 1)), ALONE // (4 * max(self.alone, 1)))
        most = settings.survey_bytes // (8 * max(self.sample, self.alone, 1))
        blocks = -(-samples // max(1, min(max(near, _LEAST_ROWS), most)))
        rows = -(-samples // blocks)
        if blocks > 1 and rows >= 16:  # an odd number of sixteens: powers of two lie in one another's way in a cache
            rows = -(-(rows - 16) // 32) * 32 + 16
        return rows, max(1, int(bound // (4 * max(self.point + self.sample * rows, 1))))


def _each(function: Callable[[Tensor, Tensor], Tensor], outputs: Tensor, truth: Tensor) -> Tensor:
    """A function of one network's outputs (n, ...) at every point of (G, ..., n): by `vmap`, or where that cannot, one
    after another."""
    outputs = outputs.movedim(-1, 1)
    try:
        return vmap(lambda single: function(single, truth).float())(outputs)
    except Exception:  # whatever vmap cannot do; what is wrong in itself is so in the loop too
        return torch.stack([function(single, truth).float() for single in outputs])
