"""Filling the grid of a surface: coarse first, then ever finer, as much at a time as somebody has time for."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

STRIDES = (16, 8, 4, 2, 1)
FEWEST = 3
"""Places along a side that a first picture has at least."""
BITE = 0.004
"""Seconds between two looks at the clock, about."""
FEWEST_ROWS = 128
"""Samples at once at least: for fewer, making the weights of a point would take longer than to use them."""
FIRST_BITE = 10_000_000
"""Multiplications before anything is known about how long they take."""


class Survey:
    """The losses and scores at the points of a grid, of one `Walk`.

    x, y: the coordinates of columns and rows. loss, score (rows, columns) float64, NaN where nothing is known yet.
    share: how much is done. level: how many pictures, each twice as fine as the one before, are whole.
    """

    def __init__(self, walk: Any, x: np.ndarray, y: np.ndarray, samples: int) -> None:
        self.x, self.y = x, y
        self.loss, self.score = (np.full((len(y), len(x)), np.nan) for _ in range(2))
        self.level = 0
        self._walk, self._samples = walk, samples
        self._levels = _levels(x, y)
        self._order = np.concatenate([points for points, _, _ in self._levels])
        self._ends = np.cumsum([len(points) for points, _, _ in self._levels])
        self._done = 0
        self._pace = math.inf if walk.cost <= 0 else FIRST_BITE / BITE  # multiplications a second
        self._half: _Half | None = None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self._done / len(self._order)

    @property
    def done(self) -> bool:
        """Whether every place of the grid is known."""
        return self._done == len(self._order)

    def work(self, seconds: float = math.inf) -> None:
        """Go on for about so long; to the end where there is no limit."""
        if seconds == math.inf:
            self._measure(len(self._order) - self._done)
        end = time.perf_counter() + seconds
        while not self.done and (start := time.perf_counter()) < end:
            budget = self._pace * min(BITE, end - start)
            points = 0 if self._half else int(budget / max(self._walk.cost, 1))
            did = self._measure(points) if points else self._measure_rows(budget)
            took = time.perf_counter() - start
            self._pace = 0.5 * self._pace + 0.5 * did / max(took, 1e-6) if self._done else did / max(took, 1e-6)
        while self.level < len(self._ends) and self._done >= self._ends[self.level]:
            self.level += 1

    def _measure(self, points: int) -> float:
        """Measure so many more points; how many multiplications that were."""
        chosen = self._order[self._done : self._done + max(points, 1)]
        rows, columns = np.divmod(chosen, len(self.x))
        self.loss[rows, columns], self.score[rows, columns] = self._walk.at(self.x[columns], self.y[rows])
        self._done += len(chosen)
        return len(chosen) * self._walk.cost

    def _measure_rows(self, budget: float) -> float:
        """Go on with the next point by so many of its samples as `budget` multiplications are for."""
        half = self._half = self._half or _Half()
        count = max(FEWEST_ROWS, int(self._samples * budget / self._walk.cost))
        place = self._order[self._done]
        row, column = divmod(int(place), len(self.x))
        rows = slice(half.rows, min(half.rows + count, self._samples))
        loss, score = self._walk.sums(self.x[[column]], self.y[[row]], rows)
        half.loss, half.score, half.rows = half.loss + loss, half.score + score, rows.stop
        if half.rows == self._samples:
            found = self._walk.finish(half.loss, half.score)
            self.loss[row, column], self.score[row, column] = found[0][0], found[1][0]
            self._done, self._half = self._done + 1, None
        return (rows.stop - rows.start) / self._samples * self._walk.cost

    def filled(self) -> tuple[np.ndarray, np.ndarray]:
        """loss and score (rows, columns) float64, what is not known yet by straight lines between what is."""
        if self.done:
            return self.loss, self.score
        if not self.level:
            return tuple(np.full_like(self.loss, np.nanmean(a) if self._done else 0.0) for a in (self.loss, self.score))
        _, rows, columns = self._levels[self.level - 1]
        return tuple(_between(values, rows, columns) for values in (self.loss, self.score))


class _Half:
    """A point whose samples are not all through."""

    rows = 0
    loss = score = 0.0


def _levels(x: np.ndarray, y: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """From coarse to fine: the places (row * columns + column) that are new, and the rows and columns known then."""
    known = np.zeros((len(y), len(x)), bool)
    found = []
    for stride in STRIDES:
        if stride > 1 and max(len(x), len(y)) // stride < FEWEST - 1:
            continue
        rows, columns = (_every(stride, axis) for axis in (y, x))
        new = np.zeros_like(known)
        new[np.ix_(rows, columns)] = True
        found.append((np.flatnonzero(new & ~known), rows, columns))
        known |= new
    return found


def _every(stride: int, axis: np.ndarray) -> np.ndarray:
    """Every so many-th place of an axis, its ends, and where it is zero."""
    return np.unique([*range(0, len(axis), stride), len(axis) - 1, int(np.abs(axis).argmin())])


def _between(values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """All of a grid from what is known in some rows and columns; places that are known otherwise keep their values."""
    every_row, every_column = (np.arange(count) for count in values.shape)
    across = np.array([np.interp(every_column, columns, values[row, columns]) for row in rows])
    found = np.array([np.interp(every_row, rows, column) for column in across.T]).T
    return np.where(np.isnan(values), found, values)
