"""What every walker gives."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.lenses.landscape.walking.part import Part

ALL = slice(None)


class Walk:
    """The loss of one module on one part, anywhere on a plane of its parameters: centre + x * first + y * second.

    The module is in evaluation mode: nothing is dropped, batch norm has its running statistics (which no direction
    moves; its scale and shift are parameters), silenced units are silent. The module itself is never touched, and later
    changes of it are not seen. One thread at a time may ask.

    engine: "fused", "torch" or "general". cost: about how many multiplications one point takes over all rows.
    """

    engine: ClassVar[str]

    def __init__(self, planes: Tensor, part: Part, cost: int) -> None:
        self.part, self.cost = part, cost
        self._planes = planes
        self._spread: dict[tuple[int, int], float] = {}

    @property
    def samples(self) -> int:
        """How many rows the part has."""
        return len(self.part.x)

    def at(self, x: np.ndarray, y: np.ndarray, rows: slice | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The mean loss, and accuracy or R², at the points (x, y) over `rows` (all): float64 (G,) each.

        x, y: (G,) float64, in lengths of the directions. Where the network overflows there is what PyTorch would give:
        infinity or NaN.
        """
        return self.finish(*self.sums(x, y, rows), rows)

    def sums(self, x: np.ndarray, y: np.ndarray, rows: slice | None = None) -> tuple[np.ndarray, np.ndarray]:
        """What can be added up over slices of rows, as `at` has it: the mean loss times the rows, and the hits or the
        squared errors."""
        first, end, _ = (rows or ALL).indices(self.samples)
        where = np.ones((len(x), 3))
        where[:, 1], where[:, 2] = x, y
        if not len(x) or end <= first:
            return np.zeros(len(x)), np.zeros(len(x))
        with torch.inference_mode():
            return self._sums(where, first, end)

    def finish(
        self, loss_sum: np.ndarray, score_sum: np.ndarray, rows: slice | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean loss and score from what was added up over `rows` (all)."""
        first, end, _ = (rows or ALL).indices(self.samples)
        count = max(end - first, 1)
        if self.part.kind == "accuracy":
            return loss_sum / count, score_sum / count
        spread = self._spread_of(first, end)
        score = 1.0 - score_sum / spread if spread > 0 else np.where(np.isnan(score_sum), score_sum, 0.0)
        return loss_sum / count, score

    def _spread_of(self, first: int, end: int) -> float:
        if (first, end) not in self._spread:
            self._spread[first, end] = self.part.rows(slice(first, end)).spread
        return self._spread[first, end]

    def _sums(self, where: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """As `sums`; where (G, 3): 1, x, y. Rows from `first` up to `end`."""
        raise NotImplementedError
