"""A run going forward: what it is now, what was measured on the way, and its next steps."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from playground.experiment import Experiment
from playground.network.network import Network
from playground.network.shapes import Path
from playground.settings import settings
from playground.training import rules
from playground.training.core import Core
from playground.training.guard import Divergence
from playground.training.history import History
from playground.training.tape import Tape
from playground.training.tasks.supervised import Supervised

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["ready", "running", "finished", "diverged"]
CHECK_SECONDS = 0.005
"""How often `advance(seconds=...)` looks at the clock, about."""


class Progress:
    """The part of `Trainer` that only ever goes forward."""

    def __init__(self, experiment: Experiment, dataset: Any, device: str, engine: str) -> None:
        self.dataset = dataset
        self._core = Core(experiment, dataset, device, engine)
        batch, measured = self._core.order.batch_size, sum(self.task.measured)
        self._apart = 1 if self.task.image is None else rules.apart(measured, batch)
        self._history = History(self.task.metric)
        self.tape = Tape(settings.tape_bytes)
        self._moved()
        self._arrive()

    # What it is ------------------------------------------------------------------------------------------------

    @property
    def experiment(self) -> Experiment:
        """What is trained, with the changes made on the way."""
        return self._core.experiment

    @property
    def silenced(self) -> tuple[tuple[Path, int], ...]:
        """The neurons that are silenced: path of the linear layer ("head" for the output) and unit, 0 is the first."""
        return self._core.told.silenced

    @property
    def module(self) -> Network:
        """The live network. Look at it, but leave its numbers alone; `at()` gives a copy that stays as it is."""
        return self._core.module

    @property
    def task(self) -> Supervised:
        """The data as tensors, the loss and what is measured."""
        return self._core.task

    @property
    def device(self) -> torch.device:
        """Where it trains."""
        return self._core.device

    @property
    def engine_name(self) -> str:
        """The engine that takes the steps."""
        return self._core.engine.name

    @property
    def engine_reason(self) -> str:
        """Why this engine and this device, for a person."""
        return self._core.reason

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return self._core.step

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training sample is seen once."""
        return self._core.order.steps_per_epoch

    @property
    def epoch(self) -> float:
        """Epochs so far; 1.5 is half-way through the second."""
        return self.step / self.steps_per_epoch

    @property
    def status(self) -> Status:
        """ "ready" before the first step, "running", "finished" (last epoch, or stopped early) or "diverged"."""
        if self.divergence is not None:
            return "diverged"
        if self._core.finished:
            return "finished"
        return "running" if self.step else "ready"

    @property
    def divergence(self) -> Divergence | None:
        """Why the run diverged: step, layer, reason, advice. The network then has its last finite numbers."""
        return self._core.divergence

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        return self._core.rate(self.step)

    # What was measured -----------------------------------------------------------------------------------------

    @property
    def history(self) -> pd.DataFrame:
        """What was measured: step, epoch, train_loss, test_loss, train_<metric>, test_<metric>, lr.

        Losses are those of the whole training and test part in evaluation mode (of many images: of the first thousand
        or so of each, see `task.measured`); the metric is accuracy or r2. Row 0 is before training. Rows come at every
        step up to 255, then 128 in an octave of steps; of images less often, as measuring takes long (`rules.apart`).
        """
        return self._history.frame()

    def recorded(self) -> dict[str, np.ndarray]:
        """The history by column, float64: read-only views that cost nothing."""
        return self._history.since(0)

    def history_since(self, rows: int) -> dict[str, np.ndarray]:
        """As `recorded`, without the first `rows` rows."""
        return self._history.since(rows)

    def record_at(self, step: int) -> dict[str, float]:
        """The history's row at or before `step`, by column."""
        return self._history.at(step) or self.measure()

    def parameters_at(self, steps: Iterable[int]) -> torch.Tensor:
        """The parameters at the snapshots of the tape nearest to these steps, (steps, P) float32 in main memory."""
        count = self.module.flat.parameters.numel()
        found = [self._core.values_of(self.tape.nearest(step)[1])[:count] for step in steps]
        return torch.stack(found) if found else torch.empty(0, count)

    @property
    def is_measured(self) -> bool:
        """Whether `measure` costs nothing now: what it gives is at hand."""
        return self._measured is not None

    def measure(self) -> dict[str, float]:
        """A row as in the history for the present step, whether it is recorded or not."""
        return dict(zip(self._history.columns, self._row(), strict=True))

    def _row(self) -> tuple[float, ...]:
        if self._measured is None:
            self._measured = self._core.engine.measure()
        return (float(self.step), self.epoch, *self._measured, self.lr)

    # Going on --------------------------------------------------------------------------------------------------

    def advance(self, steps: int | None = None, *, epochs: float | None = None, seconds: float | None = None) -> int:
        """Train for so many steps, epochs, or seconds; exactly one is given. Returns the steps that were taken.

        Stops early when the run is finished or has diverged (see `status`); with `seconds`, soon after they are up.
        """
        if sum(given is not None for given in (steps, epochs, seconds)) != 1:
            raise ValueError("give steps, epochs or seconds, and only one of them")
        start = self.step
        if seconds is not None:
            self._advance_for(seconds)
        else:
            wanted = steps if steps is not None else round(epochs * self.steps_per_epoch)
            self._advance_to(start + max(0, int(wanted)))
        return self.step - start

    def _advance_to(self, target: int) -> None:
        while self.step < target and not self._core.over:
            self._take(target - self.step)

    def _advance_for(self, seconds: float) -> None:
        end, most = time.perf_counter() + seconds, 1
        while (now := time.perf_counter()) < end and not self._core.over:
            start = self.step
            self._take(most)
            pace = (time.perf_counter() - now) / max(1, self.step - start)
            most = max(1, min(2 * most, int(CHECK_SECONDS / pace)))

    def _take(self, most: int) -> None:
        """Go on to the next step at which there is something to do, but `most` steps at most."""
        step, length = self.step, self.steps_per_epoch
        stop = min(step + min(most, self._core.engine.chunk), rules.next_stop(step, self._apart), self._core.last_step)
        if self._core.watch.active:
            stop = min(stop, (step // length + 1) * length)
        self._core.take(stop - step)
        self._moved()
        if self.divergence is None:
            self._arrive()

    def _arrive(self) -> None:
        """Do what is due at the present step: record, end an epoch, take a snapshot."""
        step, core = self.step, self._core
        recorded = rules.is_recorded(step, self._apart) and step > self._history.last_step
        if recorded or core.at_epoch_end:
            row = self._row()
            if not self._measures(row):
                core.diverged_at_measure()
                return
            if recorded:
                self._history.add(row)
            if core.at_epoch_end:
                core.end_epoch(row[3] if self.task.test_samples else row[2])
        if core.finished:
            core.restore_best()
            self._moved()
        if rules.is_photographed(step):
            self.tape.add(step, core.snapshot())

    def _measures(self, row: tuple[float, ...]) -> bool:
        """Whether the losses of a row are numbers."""
        return math.isfinite(row[2]) and (math.isfinite(row[3]) or not self.task.test_samples)

    def _record_again(self) -> None:
        """A change was made at the present step: if it is recorded, what was measured before that no longer counts."""
        row = self._row()
        if rules.is_recorded(self.step, self._apart) and self._history.last_step <= self.step and self._measures(row):
            self._history.truncate(self.step - 1)
            self._history.add(row)

    def _photograph_again(self) -> None:
        """The tape's snapshot of a step holds all that was done at that step."""
        if rules.is_photographed(self.step):
            self.tape.truncate(self.step - 1)
            self.tape.add(self.step, self._core.snapshot())

    def _moved(self) -> None:
        """The network's numbers are others now."""
        self._measured: tuple[float, ...] | None = None
