"""A cell that trains by itself, by any engine: what every other way of training cells must agree with."""

from __future__ import annotations

import math
from typing import Any

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training import rules
from playground.training.core import Core
from playground.training.guard import Divergence
from playground.training.history import History
from playground.training.tasks.supervised import Supervised
from playground.training.together import sparse


class Lone:
    """Goes forward only, keeps no tape, and is measured less often than a `Trainer`: otherwise the same run.

    Raises what `Trainer` raises where the experiment cannot be built.
    """

    def __init__(self, experiment: Experiment, dataset: Any, device: str, engine: str) -> None:
        self._core = Core(experiment, dataset, device, engine)
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
            before, start, rows = self._core.snapshot(), self.step, len(self.history)
            self._take(step, fine=False)
            if self.divergence is not None and self.step > start:
                self._again(before, start, rows, step)

    def _again(self, before: Any, start: int, rows: int, step: int) -> None:
        """It diverged since `start`: a lone run is measured more often, and may have found that out earlier."""
        last = self.history.at(start)
        self._core.load(before, start)
        self.history.truncate(int(last["step"]) if rows else -1)
        while self.step < step and not self.over:
            self._take(step, fine=True)

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
        if recorded or core.at_epoch_end or (fine and rules.is_recorded(step, self._apart)):
            row = self._row()
            if not is_finite(row, core.task):
                core.diverged_at_measure()
                return
            if recorded:
                self.history.add(row)
            if core.at_epoch_end:
                core.end_epoch(row[3] if core.task.test_samples else row[2])
        if core.finished:
            core.restore_best()

    def _row(self) -> tuple[float, ...]:
        core = self._core
        return (float(core.step), core.step / self.steps_per_epoch, *core.engine.measure(), core.rate(core.step))


def apart_of(task: Supervised, batch_size: int) -> int:
    """How far apart the records of a lone run have to be."""
    return 1 if task.image is None else rules.apart(sum(task.measured), batch_size)


def is_finite(row: tuple[float, ...], task: Supervised) -> bool:
    """Whether the losses of a row are numbers."""
    return math.isfinite(row[2]) and (math.isfinite(row[3]) or not task.test_samples)
