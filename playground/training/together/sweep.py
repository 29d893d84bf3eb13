"""Many experiments that train side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from playground.data import load
from playground.experiment import Experiment
from playground.training.devices import choose_device
from playground.training.engines import ENGINES
from playground.training.together.cell import Cell
from playground.training.together.lone import Lone

MOST = 256
"""Cells of one sweep."""
ROUND_SECONDS = 0.05
"""How long one round over all cells takes, about, where nobody asks for more."""


class Sweep:
    """The cells of a study: each trains as it would alone, and none gets far ahead of the others in epochs.

    cells: in the order of `experiments`. One that cannot be built is there, too, and says why (`problem`). device,
    engine: as of `Trainer`. Raises ValueError for more than `MOST` experiments, an engine or a device that does not
    exist.
    """

    def __init__(self, experiments: Sequence[Experiment], device: str = "auto", engine: str = "auto") -> None:
        if len(experiments) > MOST:
            raise ValueError(f"A sweep has {MOST} cells at most, not {len(experiments)}.")
        choose_device(device, 1, 1)
        if engine not in ("auto", *ENGINES):
            raise ValueError(f"There is no engine {engine!r}; there are: auto, {', '.join(ENGINES)}.")
        self._data: dict[str, Any] = {}
        self.cells: tuple[Cell, ...] = tuple(self._cell(e, device, engine) for e in experiments)
        self._stride = 1.0

    def _cell(self, experiment: Experiment, device: str, engine: str) -> Cell:
        dataset = None
        try:
            dataset = self._dataset(experiment)
            return Cell(experiment, dataset, Lone(experiment, dataset, device, engine))
        except ValueError as problem:  # network, data, device or engine: all are told in words for a person
            return Cell(experiment, dataset, None, str(problem))

    def _dataset(self, experiment: Experiment) -> Any:
        """The data of an experiment, shared by all that have the same."""
        key = experiment.data.model_dump_json()
        if key not in self._data:
            self._data[key] = load(experiment.data)
        return self._data[key]

    # How far it is ---------------------------------------------------------------------------------------------

    @property
    def epoch(self) -> float:
        """Epochs that every cell has trained which is not over; those of the furthest where all are."""
        going = [cell.epoch for cell in self.cells if not cell.over]
        return min(going) if going else max((cell.epoch for cell in self.cells), default=0.0)

    @property
    def over(self) -> bool:
        """Whether no cell takes a step any more."""
        return all(cell.over for cell in self.cells)

    @property
    def steps(self) -> int:
        """Steps of all cells together."""
        return sum(cell.step for cell in self.cells)

    # Going on --------------------------------------------------------------------------------------------------

    def advance(
        self,
        steps: int | None = None,
        *,
        epochs: float | None = None,
        seconds: float | None = None,
        until: float = math.inf,
    ) -> int:
        """Train every cell for so many steps or epochs, or all of them together for so many seconds; exactly one is
        given. Returns the steps that were taken, of all cells together.

        until: no cell goes beyond so many epochs in all. Returns early when every cell is over, or there.
        """
        if sum(given is not None for given in (steps, epochs, seconds)) != 1:
            raise ValueError("give steps, epochs or seconds, and only one of them")
        before = self.steps
        if steps is not None:
            self._each({cell: cell.step + max(0, int(steps)) for cell in self._going(until)}, until)
        elif epochs is not None:
            start = self.epoch
            self._rounds(start, min(start + epochs, until), math.inf)
        else:
            self._rounds(self.epoch, until, time.perf_counter() + seconds)
        return self.steps - before

    def _rounds(self, epoch: float, end: float, deadline: float) -> None:
        """Round by round, all cells to the same epoch, up to `end` or soon after `deadline`."""
        while epoch < end and (now := time.perf_counter()) < deadline and self._going(end):
            goal = min(epoch + self._stride, end)
            self._each({cell: step_at(cell, goal) for cell in self._going(end)}, end)
            spent = time.perf_counter() - now
            room = min(ROUND_SECONDS, max(deadline - now, 0.001))
            self._stride = max(self._stride * min(2.0, max(0.25, room / max(spent, 1e-6))), 1e-3)
            epoch = max(goal, self.epoch)

    def _going(self, until: float) -> list[Cell]:
        return [cell for cell in self.cells if not cell.over and cell.step < step_at(cell, until)]

    def _each(self, targets: dict[Cell, int], until: float) -> None:
        for cell, step in targets.items():
            cell.go_to(int(min(step, step_at(cell, until))))


def step_at(cell: Cell, epoch: float) -> float:
    """The step of a cell at an epoch, whole, or infinity."""
    return math.inf if math.isinf(epoch) else round(epoch * cell.steps_per_epoch)
