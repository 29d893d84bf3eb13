"""The trainer: an experiment, step by step, with everything that is remembered of it."""

from __future__ import annotations

import json
import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import torch

from playground.data import load
from playground.experiment import Experiment
from playground.network.clone import clone
from playground.network.network import Network
from playground.settings import settings
from playground.training import checkpoint, rules
from playground.training.core import Core
from playground.training.guard import Divergence
from playground.training.history import History
from playground.training.moment import Moment
from playground.training.packing import Packed, plan_from, plan_text
from playground.training.tape import Tape
from playground.training.tasks.supervised import Supervised

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["ready", "running", "finished", "diverged"]
CHECK_SECONDS = 0.005
"""How often `advance(seconds=...)` looks at the clock, about."""
MOMENTS = 4
"""Past moments kept ready."""


class Trainer:
    """Trains an experiment: pause it whenever you like, rewind it to any step, save it and go on elsewhere.

    The same experiment on the same engine gives the same run, bit for bit, however it is cut into calls of `advance`.
    Raises NetworkError, DeviceError or `playground.data.TableError` where the experiment cannot be built here, and
    ValueError for an engine that cannot train it; their messages are for people.
    """

    def __init__(self, experiment: Experiment, device: str = "auto", engine: str = "auto") -> None:
        self._asked = (str(device), engine)
        self.dataset = load(experiment.data)
        self._start(experiment)

    def _start(self, experiment: Experiment) -> None:
        """Be a new run of `experiment`."""
        self._origin = experiment
        self._core = Core(experiment, self.dataset, *self._asked)
        self._changes: list[tuple[int, dict[str, Any]]] = []
        self._history = History(self.task.metric)
        self.tape = Tape(settings.tape_bytes)
        self._moments: OrderedDict[int, Moment] = OrderedDict()
        self._moved()
        self._arrive()

    # What it is ------------------------------------------------------------------------------------------------

    @property
    def experiment(self) -> Experiment:
        """What is trained, with the changes made on the way."""
        return self._core.experiment

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

        Losses are those of the whole training and test part in evaluation mode; the metric is accuracy or r2. Row 0 is
        before training. Rows come at every step up to 255, then 128 in an octave of steps.
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

    def measure(self) -> dict[str, float]:
        """A row as in the history for the present step, whether it is recorded or not."""
        return dict(zip(self._history.columns, self._row(), strict=True))

    def _row(self) -> tuple[float, ...]:
        if self._measured is None:
            self._measured = self.task.measure(self.module)
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
        stop = min(step + min(most, self._core.engine.chunk), rules.next_stop(step), self._core.last_step)
        if self._core.watch.active:
            stop = min(stop, (step // length + 1) * length)
        self._core.take(stop - step)
        self._moved()
        if self.divergence is None:
            self._arrive()

    def _arrive(self) -> None:
        """Do what is due at the present step: record, end an epoch, take a snapshot."""
        step, core = self.step, self._core
        recorded = rules.is_recorded(step) and step > self._history.last_step
        if recorded or core.at_epoch_end:
            row = self._row()
            loss = row[3] if self.task.test_samples else row[2]
            if not (math.isfinite(row[2]) and math.isfinite(loss)):
                core.diverged_at_measure()
                return
            if recorded:
                self._history.add(row)
            if core.at_epoch_end:
                core.end_epoch(loss)
        if core.finished:
            core.restore_best()
            self._moved()
        if rules.is_photographed(step):
            self.tape.add(step, core.snapshot())

    def _moved(self) -> None:
        """The network's numbers are others now."""
        self._live: Moment | None = None
        self._measured: tuple[float, ...] | None = None

    # Changing, rewinding ---------------------------------------------------------------------------------------

    def update(self, patch: dict[str, Any]) -> None:
        """Change the recipe in the middle of the run: `l1`, `l2`, `weight_decay`, `clip_norm`, and the learning rate
        as `lr` or {"optimizer": {"lr": ...}}. The change is kept with its step, so rewinding and resuming are exact.

        Raises ValueError for anything else, and pydantic.ValidationError for a value that is out of range.
        """
        self._core.change(patch)
        self._changes.append((self.step, json.loads(json.dumps(patch, default=float))))
        self._live = None  # a moment shows the experiment, too

    def reset(self) -> None:
        """Back to the same initial weights; changes made on the way stay, as part of the experiment."""
        self._start(self.experiment)

    def rewind(self, step: int) -> None:
        """Back to exactly `step` (0 to the present one); everything after it is forgotten.

        From the nearest snapshot before it the steps are taken again, with the changes made on the way. Raises
        ValueError for a step outside that range.
        """
        if not 0 <= step <= self.step:
            raise ValueError(f"the run can go back to a step from 0 to {self.step}, not to {step}")
        self._history.truncate(step)
        self.tape.truncate(step)
        for past in [past for past in self._moments if past > step]:
            del self._moments[past]
        self._changes = [(at, patch) for at, patch in self._changes if at <= step]
        start, packed = self.tape.before(step)
        self._core.load(packed, start)
        self._core.use(self._origin)
        self._moved()
        for at, patch in self._changes:
            self._advance_to(at)
            self._core.change(patch)
        self._advance_to(step)

    def at(self, step: int | None = None) -> Moment:
        """The network at the snapshot nearest to `step`, or as it is now (None, or a step that is nearer to now)."""
        if step is None or step >= self.step:
            return self._now()
        found, packed = self.tape.nearest(step)
        if abs(found - step) > self.step - step:
            return self._now()
        if found not in self._moments:
            self._moments[found] = self._moment(found, self._core.values_of(packed))
            if len(self._moments) > MOMENTS:
                self._moments.popitem(last=False)
        self._moments.move_to_end(found)
        return self._moments[found]

    def _now(self) -> Moment:
        if self._live is None:
            self._live = self._moment(self.step, self.module.flat.values)
        return self._live

    def _moment(self, step: int, values: torch.Tensor) -> Moment:
        module = clone(self.module, values)
        return Moment(step, step / self.steps_per_epoch, module, self.dataset, self.task, self.experiment)

    # Saving ----------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The whole run, history and tape included: tensors, numbers, text, lists and dicts only."""
        now = self._core.snapshot().cpu()
        return {
            "v": checkpoint.VERSION,
            "experiment": self._origin.model_dump_json(),
            "device": str(self.device),
            "engine": self.engine_name,
            "step": self.step,
            "changes": json.dumps(self._changes),
            "divergence": self.divergence.as_dict() if self.divergence else None,
            "now": [now.vector, list(now.numbers), plan_text(now.plan)],
            "history": torch.from_numpy(self._history.table()),
            "tape": self.tape.state(),
        }

    @classmethod
    def restore(cls, state: dict[str, Any], device: str | None = None) -> Self:
        """A trainer that goes on from `state_dict()`, bit for bit, on the device it was on if that is there (or on
        `device`). Raises CheckpointError for anything that is no such state."""
        state = checkpoint.checked(state)
        if device is None:
            device = state["device"] if torch.cuda.is_available() else "cpu"
        trainer = cls(Experiment.model_validate_json(state["experiment"]), device, state["engine"])
        trainer._changes = [(step, patch) for step, patch in json.loads(state["changes"])]
        for _step, patch in trainer._changes:
            trainer._core.change(patch)
        vector, numbers, plan = state["now"]
        trainer._core.load(Packed(vector, tuple(numbers), plan_from(plan)), state["step"])
        trainer._core.divergence = Divergence(**state["divergence"]) if state["divergence"] else None
        trainer._history.load(state["history"].numpy())
        trainer.tape.load(state["tape"])
        trainer._moved()
        return trainer

    def dumps(self) -> bytes:
        """`state_dict()` as bytes."""
        return checkpoint.to_bytes(self.state_dict())

    @classmethod
    def loads(cls, data: bytes, device: str | None = None) -> Self:
        """The trainer that `dumps` saved; see `restore`. Never runs code from the bytes."""
        return cls.restore(checkpoint.from_bytes(data), device)
