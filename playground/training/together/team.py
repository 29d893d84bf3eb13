"""Cells that train as one stack, each with its own record and its own end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from playground.training.engines.fused import ahead, updates
from playground.training.together import sparse
from playground.training.together.lone import Lone
from playground.training.together.stack import Stack

LARGE = 3_000_000
"""Parameters times samples of a batch from which networks without maps gain nothing: their matrices are enough work."""
CHUNK = 64
"""Steps between two looks at whether all numbers are finite."""
NEAR = 16 * 2**20
"""Bytes that a step of one stack holds, about; more cells are several stacks."""


class Team:
    """Goes forward with all of its cells at once. One that diverges is let go, and goes on alone to where it did."""

    def __init__(self, cells: Sequence[Lone]) -> None:
        self._cells = list(cells)
        self._stack = Stack([cell.core for cell in cells])
        self._going = list(range(len(cells)))
        self._strays: list[Lone] = []
        if not len(cells[0].history):
            for cell, row in zip(cells, self._stack.measure(), strict=True):
                cell.arrive(row.tolist())

    @property
    def going(self) -> list[Lone]:
        """The cells that take steps."""
        return [*self._cells_in, *(stray for stray in self._strays if not stray.over)]

    @property
    def _cells_in(self) -> list[Lone]:
        return [self._cells[place] for place in self._going]

    def go_to(self, step: int) -> None:
        """Train all cells up to `step`, or until they are over."""
        while self._going and self._cells_in[0].step < step:
            self._take(step)
        for stray in self._strays:
            stray.go_to(step)
        self._strays = [stray for stray in self._strays if not stray.over]

    def _take(self, target: int) -> None:
        first, start = self._cells_in[0], self._cells_in[0].step
        stop = self._stop(target)
        before = self._stack.snapshot()
        sound = self._stack.run(start, stop - start)
        for cell in self._cells_in:
            cell.core.step = stop
        rows = self._stack.measure() if any(cell.measures() for cell in self._cells_in) else None
        if rows is not None:
            sound &= np.isfinite(rows[:, : 2 if first.task.test_samples else 1]).all(1)
        for place in list(self._going):
            cell = self._cells[place]
            if sound[place]:
                cell.arrive(rows[place].tolist() if rows is not None and cell.measures() else None)
                if cell.over:
                    self._let_go(place)
            else:
                cell.core.step = start
                self._let_go(place, before)
                cell.doubt(stop)
                self._strays.append(cell)
        self._close_ranks()

    def _stop(self, target: int) -> int:
        first, step = self._cells_in[0], self._cells_in[0].step
        stop = min(sparse.following(step, first.apart), target, step + CHUNK)
        if any(cell.core.watch.active for cell in self._cells_in):
            stop = min(stop, (step // first.steps_per_epoch + 1) * first.steps_per_epoch)
        return int(min(stop, *(cell.core.last_step for cell in self._cells_in), math.inf))

    def _let_go(self, place: int, snapshot: Any = None) -> None:
        self._stack.let_go(place, snapshot)
        self._going.remove(place)

    def _close_ranks(self) -> None:
        """Work for half of the cells that nobody wants any more is too much."""
        if self._going and 2 * len(self._going) <= len(self._cells):
            for place in self._going:
                self._stack.let_go(place)
            self._cells = self._cells_in
            self._stack, self._going = Stack([cell.core for cell in self._cells]), list(range(len(self._cells)))


def fits(cell: Lone) -> bool:
    """Whether a cell can be one of a stack, and gains by it: on the CPU, in float32, with everything moving and an
    optimizer that compiled code knows; and that is there already.

    How many times as quick as alone a cell's step is (64 cells, one thread of a processor with AVX-512): two small
    convolutions on 8 x 8 pixels 4 to 6, dense layers of 8 units 5, of 32 units 1.7, LeNet on 28 x 28 pixels 1.2.
    """
    core, training = cell.core, cell.core.experiment.training
    small = core.module.flat.parameters.numel() * core.order.batch_size <= LARGE
    return (
        core.engine.name == "torch"
        and core.device.type == "cpu"
        and (core.module.image is not None or small)
        and training.precision == "float32"
        and training.optimizer.kind in updates.KINDS
        and not core.knobs.frozen
        and not core.task.varied
        and ahead.is_kept()
    )


def teams(cells: Sequence[Lone]) -> Iterator[Team | Lone]:
    """Cells in as few stacks as makes sense, and those that fit into none, one after another; each has begun."""
    kinds: dict[Any, list[Lone]] = {}
    for cell in cells:
        alike = id(cell.task), cell.core.experiment.network, cell.core.order.batch_size, cell.step
        kinds.setdefault(alike if fits(cell) else id(cell), []).append(cell)
    for alike in kinds.values():
        yield from _stacked(alike)


def _stacked(alike: list[Lone]) -> Iterator[Team | Lone]:
    most = max(2, NEAR // _bytes(alike[0]))
    for start in range(0, len(alike), most):
        some = alike[start : start + most]
        try:
            made = [Team(some)] if len(some) > 1 else [some[0].begin()]
        except KeyError:  # a layer that no stack knows
            for cell in some:
                cell.core.renew(cell.core.engine.state())
            made = [cell.begin() for cell in some]
        yield from made


def _bytes(cell: Lone) -> int:
    """What a step of a cell holds, about: all that is between its layers, and the way back, for one batch."""
    return 8 * cell.core.values * cell.core.order.batch_size
