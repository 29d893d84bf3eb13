"""A cell that trains by itself, by any engine: what every other way of training cells must agree with."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
        self.core = core
        self._most = max(1, MOST_OUTPUTS // sum(core.task.measured))
        self._doubtful = 0  # up to this step it is measured as often as a lone run, as it may diverge
        self.apart = apart_of(self.core.task, self.core.order.batch_size)
        self.history = History(self.core.task.metric)

    @property
    def module(self) -> Network:
        """The live network."""
        return self.core.module

    @property
    def task(self) -> Supervised:
        """The data as tensors, the loss and what is measured."""
        return self.core.task

    @property
    def engine_name(self) -> str:
        """The engine that takes the steps."""
        return self.core.engine.name

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return self.core.step

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training sample is seen once."""
        return self.core.order.steps_per_epoch

    @property
    def epoch(self) -> float:
        """Epochs so far."""
        return self.step / self.steps_per_epoch

    @property
    def finished(self) -> bool:
        """Whether its last epoch is over, or it was stopped early."""
        return self.core.finished

    @property
    def divergence(self) -> Divergence | None:
        """Why it diverged."""
        return self.core.divergence

    @property
    def over(self) -> bool:
        """Whether no step will be taken any more."""
        return self.core.over

    @property
    def going(self) -> list[Lone]:
        """Itself, as long as it takes steps; see `Team.going`."""
        return [] if self.over else [self]

    @property
    def _swift(self) -> bool:
        return hasattr(self.core.engine, "follow")

    def begin(self) -> Lone:
        """Measure the start, if that has not been done."""
        if not len(self.history):
            self.arrive(self.core.engine.measure())
        return self

    def doubt(self, step: int) -> None:
        """It may diverge before `step`: measure as often as a lone run until then."""
        self._doubtful = step

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
        rows = self.core.follow(stops)
        if rows is None:  # somewhere on the way it diverges
            self._doubtful = int(stops[-1])
            return
        lr = self.core.rates_at(stops)
        table = np.column_stack([stops, stops / self.steps_per_epoch, rows, lr])
        self.history.extend(table if sparse.is_recorded(int(stops[-1]), self.apart) else table[:-1])
        self._end_epoch(tuple(rows[-1, : 2 if self.task.test_samples else 1].tolist()))

    def _stops(self, target: int) -> np.ndarray:
        """Where to measure on the way to `target`, and at last where to stop."""
        core = self.core
        end = min(target, self.step + FOLLOWED, core.last_step)
        if core.watch.active:
            end = min(end, (self.step // self.steps_per_epoch + 1) * self.steps_per_epoch)
        stops = sparse.between(self.step, int(end), self.apart)[: self._most]
        return stops if len(stops) == self._most else np.append(stops, end)

    def _step_by_step(self, step: int) -> None:
        before, start, doubtful = self.core.snapshot(), self.step, self.step < self._doubtful
        self._take(step, fine=doubtful)
        if self.divergence is not None and not doubtful:
            # A lone run is measured more often, and may have found that out earlier.
            self.history.truncate(start)
            self.core.load(before, start)
            self._doubtful = step

    def _take(self, target: int, fine: bool) -> None:
        """Go on to the next step at which there is something to do. fine: stop wherever a lone run is measured."""
        core, step = self.core, self.step
        stop = rules.next_stop(step, self.apart) if fine else sparse.following(step, self.apart)
        stop = min(stop, target, step + core.engine.chunk, core.last_step)
        if core.watch.active:
            stop = min(stop, (step // self.steps_per_epoch + 1) * self.steps_per_epoch)
        core.take(stop - step)
        if core.divergence is None:
            self.arrive(core.engine.measure() if self.measures(fine) else None)

    def measures(self, fine: bool = False) -> bool:
        """Whether the losses are wanted at the present step."""
        recorded = sparse.is_recorded(self.step, self.apart) and self.step > self.history.last_step
        return recorded or self.core.at_epoch_end or (fine and rules.is_recorded(self.step, self.apart))

    def arrive(self, measured: Sequence[float] | None) -> None:
        """Do what is due at the present step: record, end an epoch. measured: as `Engine.measure` gives it, where it
        is wanted."""
        losses = ()
        if measured is not None:
            losses = tuple(measured[: 2 if self.task.test_samples else 1])
            if not all(map(math.isfinite, losses)):
                self.core.diverged_at_measure()
                return
            if sparse.is_recorded(self.step, self.apart) and self.step > self.history.last_step:
                rate = self.core.rate(self.step)
                self.history.add((float(self.step), self.step / self.steps_per_epoch, *measured, rate))
        self._end_epoch(losses)

    def close(self) -> None:
        """Record where training has come to, which may be between two steps that are recorded; nothing comes after it.
        Weights that early stopping has brought back are no step's, and have their record."""
        core = self.core
        if core.divergence is not None or core.watch.best_values is not None or self.step <= self.history.last_step:
            return
        # Of a stack's cells only the network is where they are.
        measured = core.engine.measure() if self._swift else self.task.measure(self.module)
        if all(map(math.isfinite, measured[: 2 if self.task.test_samples else 1])):
            self.history.add((float(self.step), self.epoch, *measured, core.rate(self.step)))

    def _end_epoch(self, losses: tuple[float, ...]) -> None:
        """At the end of an epoch that somebody watches, and of the run. losses: the present ones, that of the test part
        last if there is one."""
        core = self.core
        if core.at_epoch_end:
            core.end_epoch(losses[-1])
        if core.finished:
            core.restore_best()


def apart_of(task: Supervised, batch_size: int) -> int:
    """How far apart the records of a lone run have to be."""
    return 1 if task.image is None else rules.apart(sum(task.measured), batch_size)
