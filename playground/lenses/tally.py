"""What was measured of many cells that train side by side, brought to one clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

MEASURES = ("train_loss", "test_loss", "train_metric", "test_metric")
"""Of every cell; the metric is accuracy, or R² of a regression: more of it is better."""


@dataclass(frozen=True)
class Tally:
    """Numbers of n cells, float32; NaN where there is none.

    epochs: (points,) times, evenly spaced from 0 to where the first cell is; curves: (measures, n, points) what was
    measured last by then, nothing after the end of a cell that diverged; now, best: (measures, n); reach: (n,) the
    first epoch at which the target was met. epoch: (n,) how far each is; status: one word for each.
    """

    epochs: np.ndarray
    curves: np.ndarray
    now: np.ndarray
    best: np.ndarray
    reach: np.ndarray
    epoch: np.ndarray
    status: tuple[str, ...]


def tally(sweep: Any, points: int = 64, measure: str = "test_loss", target: float | None = None) -> Tally:
    """The numbers of all cells of a sweep. measure, target: whose time is taken, a loss from above, a metric from
    below. Raises ValueError for a measure that is none of `MEASURES`."""
    if measure not in MEASURES:
        raise ValueError(f"There is no measure {measure[:40]!r}. There are: {', '.join(MEASURES)}.")
    cells, row = sweep.cells, MEASURES.index(measure)
    count = len(cells)
    epochs = np.linspace(0.0, max((cell.epoch for cell in cells), default=0.0), points)
    curves = np.full((len(MEASURES), count, points), np.nan, np.float32)
    now, best = np.full((2, len(MEASURES), count), np.nan, np.float32)
    reach = np.full(count, np.nan, np.float32)
    for number, cell in enumerate(cells):
        times, table = _recorded(cell)
        if not len(times):
            continue
        at = np.searchsorted(times, epochs, side="right") - 1
        curves[:, number] = np.where(at >= 0, table[:, np.maximum(at, 0)], np.nan)
        if cell.divergence is not None:
            curves[:, number, epochs > cell.epoch] = np.nan
        now[:, number] = table[:, -1]
        best[:, number] = _best(table)
        reach[number] = _first(times, table[row], row, target)
    far = np.array([cell.epoch for cell in cells], np.float32)
    return Tally(epochs.astype(np.float32), curves, now, best, reach, far, tuple(cell.status for cell in cells))


def _recorded(cell: Any) -> tuple[np.ndarray, np.ndarray]:
    """The epochs of a cell's rows, and `MEASURES` at them, (measures, rows)."""
    columns = cell.recorded()
    if not columns:
        return np.zeros(0), np.zeros((len(MEASURES), 0))
    names = [name for name in columns if name.startswith(("train_", "test_"))]
    return columns["epoch"], np.stack([columns[name] for name in names])


def _best(table: np.ndarray) -> np.ndarray:
    """The least loss and the greatest metric, NaN where nothing is finite."""
    losses = np.where(np.isfinite(table[:2]), table[:2], np.inf).min(axis=1)
    metrics = np.where(np.isfinite(table[2:]), table[2:], -np.inf).max(axis=1)
    found = np.concatenate([losses, metrics])
    return np.where(np.isfinite(found), found, np.nan)


def _first(times: np.ndarray, values: np.ndarray, row: int, target: float | None) -> float:
    """When a target was met for the first time."""
    if target is None:
        return np.nan
    met = np.flatnonzero(values <= target if row < 2 else values >= target)
    return times[met[0]] if len(met) else np.nan
