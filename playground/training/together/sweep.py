"""Many experiments that train side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from playground.experiment import Experiment
from playground.settings import settings
from playground.training.devices import choose_device
from playground.training.engines import ENGINES
from playground.training.engines.fused import ahead
from playground.training.together.cell import Cell
from playground.training.together.lone import Lone
from playground.training.together.stock import Stock
from playground.training.together.team import Team, teams

ROUND_SECONDS = 0.05
"""How long one round over all cells takes, about, where somebody waits for an end in time; else ten times that."""
FASTER = 8.0
"""How many times as many epochs as the one before a round goes on at the most."""


class Sweep:
    """The cells of a study: each trains as it would alone, and none gets far ahead of the others in epochs.

    cells: in the order of `experiments`, none before all are built. One that cannot be built is there, too, and says
    why (`problem`). device, engine: as of `Trainer`. at_once: False leaves it to the caller to have it built before
    anything else. Raises ValueError for more than `settings.max_cells` experiments, and for an engine or a device that
    does not exist.
    """

    def __init__(
        self, experiments: Sequence[Experiment], device: str = "auto", engine: str = "auto", at_once: bool = True
    ) -> None:
        if len(experiments) > settings.max_cells:
            raise ValueError(f"A sweep has {settings.max_cells} cells at most, not {len(experiments)}.")
        choose_device(device, 1, 1)
        if engine not in ("auto", *ENGINES):
            raise ValueError(f"There is no engine {engine!r}; there are: auto, {', '.join(ENGINES)}.")
        self.cells: tuple[Cell, ...] = ()
        self._provisional = engine == "auto" and not ahead.is_kept()
        self._goals: dict[Cell, float] = {}
        self._goal = self._spent = 0.0  # the epoch of the present round, and what it has taken so far
        building = self._build(experiments, Stock(device, engine))
        self._building = iter(list(building) if at_once else building)

    def building(self) -> Iterator[str]:
        """Build it a little at a time; what is being done, in words. All networks are there when the first of them is
        measured, and can be looked at from then on."""
        return self._building

    def _build(self, experiments: Sequence[Experiment], stock: Stock) -> Iterator[str]:
        cells: list[Cell] = []
        for experiment in experiments:
            cells.append(_cell(experiment, stock))
            yield f"Building the networks: {len(cells)} of {len(experiments)}"
        self.cells = tuple(cells)
        self._cell_of = {cell.track: cell for cell in self.cells if cell.track is not None}
        self._units: list[Team | Lone] = []
        yield f"Measuring the networks: 0 of {len(experiments)}"
        for unit in teams(list(self._cell_of)):
            self._units.append(unit)
            begun = sum(len(one.history) > 0 for one in self._cell_of)
            yield f"Measuring the networks: {begun} of {len(experiments)}"
        self._least = 1.0 / min((cell.steps_per_epoch for cell in self.cells), default=1)
        # Epochs that a round goes on; grows as long as rounds are short.
        self._stride = 1.0 if all(cell.engine_name == "fused" for cell in self._cell_of.values()) else self._least

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

    @property
    def provisional(self) -> bool:
        """Whether compiled code is still being made on this machine, once, and all go slower until it is there."""
        return self._provisional

    def closing(self) -> Iterator[str]:
        """Measure every cell where it is now, for when none will go on; a little at a time, with what is being done in
        words."""
        for number, cell in enumerate(self.cells):
            if cell.track is not None and cell.problem is None:
                cell.track.close()
            yield f"Measuring the networks: {number + 1} of {len(self.cells)}"

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
            self._goals = {cell: min(cell.step + max(0, int(steps)), step_at(cell, until)) for cell in self.cells}
            self._round(math.inf)
        else:
            end = until if epochs is None else min(self.epoch + epochs, until)
            self._rounds(end, math.inf if seconds is None else time.perf_counter() + seconds)
        return self.steps - before

    def _rounds(self, end: float, deadline: float) -> None:
        """Round by round, all cells to the same epoch, up to `end` or soon after `deadline`: a round that is not over
        then goes on when this is called next."""
        if self._provisional and ahead.is_kept():
            self._settle()
        wanted = ROUND_SECONDS if math.isfinite(deadline) else 10 * ROUND_SECONDS
        while time.perf_counter() < deadline and any(self._behind(cell, end) for cell in self.cells):
            if not any(self._behind(cell, self._goal) for cell in self.cells):
                self._goal, self._spent = self.epoch + self._stride, 0.0
            self._goals = {cell: step_at(cell, min(self._goal, end)) for cell in self.cells}
            begun = time.process_time()
            done = self._round(deadline)
            # By the processor's clock: where others are busy, too, rounds that get shorter would not help.
            self._spent += time.process_time() - begun
            if done and self._goal <= end:
                change = wanted / max(self._spent, 1e-6)
                self._stride = max(self._stride * min(FASTER, max(1 / FASTER, change)), self._least)

    def _settle(self) -> None:
        """The compiled code, which was not there at first, is there now: whoever it is for goes over to it."""
        self._provisional = False
        going = [one for one, cell in self._cell_of.items() if not cell.over]
        for one in going:
            one.core.use_engine("auto")
        self._units = list(teams(going))

    def _behind(self, cell: Cell, epoch: float) -> bool:
        return not cell.over and cell.step < step_at(cell, epoch)

    def _round(self, deadline: float) -> bool:
        """Take every cell to its goal, those that are furthest behind first. False where the time was up before."""
        units = sorted(self._units, key=lambda unit: min((one.epoch for one in unit.going), default=math.inf))
        compiled = [unit for unit in units if isinstance(unit, Lone) and unit.engine_name == "fused"]
        if settings.workers > 1 and len(compiled) > 1:  # compiled code lets other threads run
            done = list(_threads().map(lambda unit: self._in_time(unit, deadline), compiled))
            units = [unit for unit in units if unit not in compiled]
        else:
            done = []
        return all(done) and all(self._in_time(unit, deadline) for unit in units)

    def _in_time(self, unit: Team | Lone, deadline: float) -> bool:
        """As `_go`, but not after the deadline; False then."""
        if time.perf_counter() >= deadline:
            return False
        self._go(unit)
        return True

    def _go(self, unit: Team | Lone) -> None:
        """Take the cells of a unit to their goal. What goes wrong ends them, and nobody else."""
        for cell in [self._cell_of[one] for one in unit.going[:1]]:
            if cell.step >= self._goals[cell] or cell.problem is not None:
                continue
            try:
                unit.go_to(int(self._goals[cell]))
            except (RuntimeError, ValueError) as broken:
                for one in unit.going:
                    self._cell_of[one].break_off(str(broken))


@cache
def _threads() -> ThreadPoolExecutor:
    """For compiled code there is a thread for each core."""
    return ThreadPoolExecutor(settings.workers, "cells")


def _cell(experiment: Experiment, stock: Stock) -> Cell:
    dataset = None
    try:
        dataset = stock.dataset(experiment)
        return Cell(experiment, dataset, Lone(stock.core(experiment, dataset)))
    except ValueError as problem:  # network, data, device or engine: all are told in words for a person
        return Cell(experiment, dataset, None, str(problem))


def step_at(cell: Cell, epoch: float) -> float:
    """The step of a cell at an epoch, whole, or infinity."""
    return math.inf if math.isinf(epoch) else round(epoch * cell.steps_per_epoch)
