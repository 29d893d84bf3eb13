"""A cell that trains by itself, by any engine: what every other way of training cells must agree with."""

from __future__ import annotations

import math

import numpy as np

from playground.network.network import Network
from playground.training import rules
from playground.training.core import Core
from playground.training.guard import Divergence
from playground.training.history import History
from playground.training.tasks.supervised import Supervised
from playground.training.together import sparse

FOLLOWED = 65_536
"""Steps that compiled code takes at once at the most."""
MOST_OUTPUTS = 200_000
"""Samples that it measures on the way, all together; what the network answers to them is kept until they are scored."""


class Lone:
    """Goes forward only, keeps no tape, and is measured less often than a `Trainer`: otherwise the same run."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._swift = hasattr(core.engine, "follow")
        self._most = max(1, MOST_OUTPUTS // sum(core.task.measured))
        self._doubtful = 0  # up to this step it is measured as often as a lone run, as it may diverge
        self._apart = apart_of(self._core.task, self._core.order.batch_size)
        self.history = History(self._core.task.metric)
        self._arrive(fine=False)

    @property
    def module(self) -> Network:
        """The live network."""
        return self._core.module

    @property
    def task(self) -> Supervised:
        """The data as tensors, the loss and what is measured."""
        return self._core.task

    @property
    def engine_name(self) -> str:
        """The engine that takes the steps."""
        return self._core.engine.name

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return self._core.step

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training sample is seen once."""
        return self._core.order.steps_per_epoch

    @property
    def finished(self) -> bool:
        """Whether its last epoch is over, or it was stopped early."""
        return self._core.finished

    @property
    def divergence(self) -> Divergence | None:
        """Why it diverged."""
        return self._core.divergence

    @property
    def over(self) -> bool:
        """Whether no step will be taken any more."""
        return self._core.over

    def go_to(self, step: int) -> None:
        """Train up to `step`, or until it is over."""
        while self.step < step and not self.over:
            if self._swift and self.step >= self._doubtful:
                self._follow(step)
            else:
                self._step_by_step(step)

    def _follow(self, target: int) -> None:
        """Go on in one piece of compiled code as far as it makes sense, records included."""
        stops = self._stops(target)
        rows = self._core.follow(stops)
        if rows is None:  # somewhere on the way it diverges
            self._doubtful = int(stops[-1])
            return
        lr = self._core.rates_at(stops)
        table = np.column_stack([stops, stops / self.steps_per_epoch, rows, lr])
        self.history.extend(table if sparse.is_recorded(int(stops[-1]), self._apart) else table[:-1])
        self._end_epoch(tuple(rows[-1, :2].tolist()))

    def _stops(self, target: int) -> np.ndarray:
        """Where to measure on the way to `target`, and at last where to stop."""
        core = self._core
        end = min(target, self.step + FOLLOWED, core.last_step)
        if core.watch.active:
            end = min(end, (self.step // self.steps_per_epoch + 1) * self.steps_per_epoch)
        stops = sparse.between(self.step, int(end), self._apart)[: self._most]
        return stops if len(stops) == self._most else np.append(stops, end)

    def _step_by_step(self, step: int) -> None:
        before, start, doubtful = self._core.snapshot(), self.step, self.step < self._doubtful
        self._take(step, fine=doubtful)
        if self.divergence is not None and not doubtful:
            # A lone run is measured more often, and may have found that out earlier.
            self.history.truncate(start)
            self._core.load(before, start)
            self._doubtful = step

    def _take(self, target: int, fine: bool) -> None:
        """Go on to the next step at which there is something to do. fine: stop wherever a lone run is measured."""
        core, step = self._core, self.step
        stop = rules.next_stop(step, self._apart) if fine else sparse.following(step, self._apart)
        stop = min(stop, target, step + core.engine.chunk, core.last_step)
        if core.watch.active:
            stop = min(stop, (step // self.steps_per_epoch + 1) * self.steps_per_epoch)
        core.take(stop - step)
        if core.divergence is None:
            self._arrive(fine)

    def _arrive(self, fine: bool) -> None:
        """Do what is due at the present step: measure, record, end an epoch."""
        core, step = self._core, self.step
        recorded = sparse.is_recorded(step, self._apart) and step > self.history.last_step
        row = ()
        if recorded or core.at_epoch_end or (fine and rules.is_recorded(step, self._apart)):
            row = self._row(step, core.engine.measure())
            if not is_finite(row, core.task):
                core.diverged_at_measure()
                return
            if recorded:
                self.history.add(row)
        self._end_epoch(row[2:4])

    def _end_epoch(self, losses: tuple[float, ...]) -> None:
        """At the end of an epoch that somebody watches, and of the run. losses: of the training and the test part, as
        they are here."""
        core = self._core
        if core.at_epoch_end:
            core.end_epoch(losses[1] if core.task.test_samples else losses[0])
        if core.finished:
            core.restore_best()

    def _row(self, step: int, measured: tuple[float, ...]) -> tuple[float, ...]:
        return (float(step), step / self.steps_per_epoch, *measured, self._core.rate(step))


def apart_of(task: Supervised, batch_size: int) -> int:
    """How far apart the records of a lone run have to be."""
    return 1 if task.image is None else rules.apart(sum(task.measured), batch_size)


def is_finite(row: tuple[float, ...], task: Supervised) -> bool:
    """Whether the losses of a row are numbers."""
    return math.isfinite(row[2]) and (math.isfinite(row[3]) or not task.test_samples)
