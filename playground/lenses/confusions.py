"""Which classes the network takes for which: the confusion matrix, and the rows of one of its cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.lenses.cells import Cell, Part
from playground.lenses.effort import in_parts
from playground.lenses.moment import looking, moment_of


def confusion(moment: Any, part: Part = "test") -> dict[str, np.ndarray]:
    """How often each class is taken for each, in evaluation mode, over all rows of a part.

    counts: (K, K) int64, the rows are the actual classes, the columns the predicted ones. Actual are the labels that
    the data has, also where label noise made them wrong. Zeros where the part is empty. Raises ValueError for a
    regression.
    """
    moment = moment_of(moment)
    actual, classes = labels(moment, part), len(moment.dataset.classes)
    pairs = actual * classes + predicted(moment, part)
    return {"counts": np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)}


def rows_in(moment: Any, cell: Cell) -> np.ndarray:
    """The rows of the cell's part that are in the cell now, (n,) int64, rising."""
    return np.flatnonzero((labels(moment, cell.part) == cell.actual) & (predicted(moment, cell.part) == cell.predicted))


def labels(moment: Any, part: Part) -> np.ndarray:
    """The actual class of every row of a part, (n,) int64. Raises ValueError for a regression."""
    if moment.dataset.task != "classification":
        raise ValueError("a confusion is of classes; these targets are numbers, whose errors lenses.residuals shows")
    return getattr(moment.dataset, f"y_{part}")


def outputs(moment: Any, part: Part) -> Any:
    """What the network answers to every row of a part, a tensor (n, outputs) on the network's device."""
    with looking(moment.module) as module:
        return in_parts(module, getattr(moment.task, f"x_{part}"))


def predicted(moment: Any, part: Part) -> np.ndarray:
    """The class that the network takes every row of a part for, (n,) int64."""
    if not len(labels(moment, part)):
        return np.zeros(0, np.int64)
    return moment.task.predicted(outputs(moment, part)).cpu().numpy()
