"""The pictures of many networks at once: the decision boundary, regression map or fitted curve of each cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from playground.lenses.effort import affordable, in_parts
from playground.lenses.grids import grid
from playground.lenses.moment import device_of, looking

Arrays = dict[str, np.ndarray]


def boundaries(sweep: Any, resolution: int = 40, cells: Iterable[int] | None = None) -> Arrays:
    """What every cell of a sweep answers over the plane of its own data; row 0 is the lowest y.

    cells: their numbers (all); in this order come (all arrays with as many entries):

    - `shown` (cells,) bool: False for a cell that could not be built;
    - `value` (cells, r, r) float32: of two classes from -1 (surely class 0) to +1; of K > 2 classes how sure it is of
      the best one, 0 (all alike) to 1; of a regression the output. NaN where nothing is shown. Of data with a single
      input every row is the fitted curve;
    - `classes` (cells, r, r) uint8: the predicted class where there are more than two, otherwise 0;
    - `low`, `high` (cells, 2) float32: the corner with the lowest x and y, and the one with the highest.
    """
    numbers = range(len(sweep.cells)) if cells is None else list(cells)
    found = {
        "shown": np.zeros(len(numbers), bool),
        "value": np.full((len(numbers), resolution, resolution), np.nan, np.float32),
        "classes": np.zeros((len(numbers), resolution, resolution), np.uint8),
        "low": np.zeros((len(numbers), 2), np.float32),
        "high": np.ones((len(numbers), 2), np.float32),
    }
    for place, number in enumerate(numbers):
        cell = sweep.cells[number]
        if cell.problem is None:
            _show(cell, resolution, {name: array[place] for name, array in found.items() if name != "shown"})
            found["shown"][place] = True
    return found


def _show(cell: Any, resolution: int, into: Arrays) -> None:
    """One cell's picture into its part of the arrays."""
    plane, module = cell.dataset.plane, cell.module
    places = grid(plane, affordable(cell, resolution), device_of(module))
    with looking(module):
        outputs = in_parts(module, places.inputs)
    for axis, (low, high) in enumerate(plane.domain[: plane.dimensions]):
        into["low"][axis], into["high"][axis] = low, high
    value, chosen = _said(cell, outputs)
    into["value"][:] = _enlarged(value.reshape(places.shape), resolution)
    if chosen is not None:
        into["classes"][:] = _enlarged(chosen.reshape(places.shape), resolution)


def _said(cell: Any, outputs: torch.Tensor) -> tuple[np.ndarray, np.ndarray | None]:
    """The value at each place and, of more than two classes, which one."""
    task, classes = cell.task, len(cell.dataset.classes)
    said = task.decision(outputs)
    if classes <= 2:
        return said.cpu().numpy(), None
    sure = (said.amax(1) - 1.0 / classes) / (1.0 - 1.0 / classes)
    return sure.clamp_min(0.0).cpu().numpy(), task.predicted(outputs).cpu().numpy()


def _enlarged(values: np.ndarray, resolution: int) -> np.ndarray:
    """Fewer places than were asked for stand for their neighbours, too."""
    if values.shape[-1] == resolution:
        return values
    nearest = np.arange(resolution) * values.shape[-1] // resolution
    return values[nearest][:, nearest] if values.ndim == 2 else values[nearest]
