"""A network's loss at many points of a plane of its parameters, by the compiled code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.experiment import Head
from playground.network.flat import ROOM
from playground.network.network import Network
from playground.training.engines.fused import losses
from playground.training.engines.fused.engine import aligned, with_room
from playground.training.engines.fused.program import program_of, whole

_NEAR = 32 * 1024
"""Bytes of a processor's nearest memory that the rows of a block may take."""
_MOST = 256
_LEAST = 64


class Surveyor:
    """Reads the network once; later changes of it are not seen, and nothing of it is changed.

    Raises KeyError, with the class, for a layer that is not known.
    """

    def __init__(
        self, network: Network, x: Tensor, targets: Tensor, loss: Any, head: Head, kind: str, planes: Sequence[Tensor]
    ) -> None:
        """x (n, inputs), targets: as the task has them. loss: an entry of `experiment.losses`. kind: "accuracy" or
        "r2". planes: centre, first and second direction, (P,) each."""
        from playground.training.engines.fused import survey  # brings in numba, which takes a while

        self._survey = survey.survey
        self._loss = losses.KINDS.index(loss.kind), np.float32(losses.parameter(loss))
        self._x = torch.nn.functional.pad(x, (0, -x.shape[1] % 16)).contiguous().numpy()
        self._targets = targets.float().view(len(x), -1).contiguous().numpy()
        inputs, width = x.shape[1], self._targets.shape[1]
        self._program = program = program_of(network, inputs, width, set())
        outputs = program.ops[0, 7]
        self._sizes = np.array(
            [inputs, width, program.x, program.outputs, program.y, program.targets, program.slope, program.turned,
             program.rows], np.int64,
        )  # fmt: skip
        rows = program.rows + 3 * outputs
        touched = int(program.ops[:, 7].sum()) + 3 * outputs + inputs
        self._block = min(_MOST, max(_LEAST, _NEAR // (4 * touched) // 16 * 16), whole(len(x)))
        self._work = aligned(rows * self._block)
        self._values = with_room(network.flat.values.detach())
        self._planes = [with_room(plane.detach()) for plane in planes]
        self._scoring = _scoring(survey, head, kind)

    def sums(self, where: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """At the points `where` (G, 2), over the samples from `first` up to `end`: the mean loss times the samples,
        and hits or squared errors, float64 (G,) each."""
        found = np.zeros((2, len(where)))
        # What fills up the last lanes is a sample, too: what it gives must be no worse than theirs.
        order = np.concatenate([np.arange(first, end), np.full(ROOM, end - 1)])
        program = self._program
        self._survey(
            program.ops, program.reals, self._sizes, *self._loss, *self._planes, len(self._planes[0]), self._values,
            self._work, self._x, self._targets, order, end - first, self._block, where.astype(np.float32),
            *self._scoring, found[0], found[1],
        )  # fmt: skip
        return found[0], found[1]


def _scoring(survey: Any, head: Head, kind: str) -> tuple[int, np.float32]:
    """What is scored, and above which output a single one means the second class."""
    if kind == "r2":
        return survey.SQUARED_ERROR, np.float32(0.0)
    if head.outputs == 1:
        return survey.THRESHOLD, np.float32(head.threshold)
    return (survey.INDEX if head.coding == "index" else survey.ONE_OF_MANY), np.float32(0.0)
