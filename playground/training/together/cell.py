"""One experiment of a sweep."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from playground.experiment import Experiment
from playground.network.clone import clone
from playground.network.network import Network
from playground.training.guard import Divergence
from playground.training.moment import Moment
from playground.training.tasks.supervised import Supervised
from playground.training.together.lone import Lone

Status = Literal["ready", "running", "finished", "diverged", "failed"]


class Cell:
    """An experiment among others: how far it is, what was measured, and its network.

    problem: why it cannot be trained, one sentence for a person; None where it can. dataset: None where it could not be
    read. track: what trains it, None where it could not be built.
    """

    def __init__(self, experiment: Experiment, dataset: Any, track: Lone | None, problem: str | None = None) -> None:
        self.experiment, self.dataset, self.problem = experiment, dataset, problem
        self.track = track
        self._moment: Moment | None = None

    @property
    def status(self) -> Status:
        """ "ready" before the first step, "running", "finished" (last epoch, or stopped early), "diverged", or
        "failed": it could not be built, or broke off."""
        track = self.track
        if self.problem is not None or track is None:
            return "failed"
        if track.divergence is not None:
            return "diverged"
        return "finished" if track.finished else "running" if track.step else "ready"

    @property
    def over(self) -> bool:
        """Whether it takes no step any more."""
        return self.problem is not None or self.track is None or self.track.over

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return self.track.step if self.track else 0

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training sample is seen once; 1 where it could not be built."""
        return self.track.steps_per_epoch if self.track else 1

    @property
    def epoch(self) -> float:
        """Epochs so far; 1.5 is half-way through the second."""
        return self.step / self.steps_per_epoch

    @property
    def divergence(self) -> Divergence | None:
        """Why it diverged: step, layer, reason, advice."""
        return self.track.divergence if self.track else None

    @property
    def engine_name(self) -> str:
        """What takes its steps: "fused" or "torch"; "" where it could not be built."""
        return self.track.engine_name if self.track else ""

    @property
    def parameters(self) -> int:
        """How many numbers are trained; 0 where it could not be built."""
        return self.track.module.flat.parameters.numel() if self.track else 0

    def recorded(self) -> dict[str, np.ndarray]:
        """What was measured, by column as in `Trainer.history`, float64: read-only views. The rows are some of those
        of the same experiment trained alone: every step up to 31, then 16 in an octave."""
        return self.track.history.since(0) if self.track else {}

    def recorded_since(self, rows: int) -> dict[str, np.ndarray]:
        """As `recorded`, without the first `rows` rows."""
        return self.track.history.since(rows) if self.track else {}

    @property
    def task(self) -> Supervised:
        """The data as tensors, the loss and what is measured. Raises ValueError where it could not be built."""
        return self._known.task

    @property
    def module(self) -> Network:
        """The live network: look at it, but leave its numbers alone. Raises ValueError where it could not be built."""
        return self._known.module

    def at(self) -> Moment:
        """The network as it is now, which every lens takes; it stays as it is. Raises ValueError where it could not be
        built."""
        track = self._known
        if self._moment is None or self._moment.step != track.step:
            module = clone(track.module, track.module.flat.values)
            self._moment = Moment(track.step, self.epoch, module, self.dataset, track.task, self.experiment)
        return self._moment

    def break_off(self, why: str) -> None:
        """It cannot go on."""
        self.problem = f"Training broke off at step {self.step}: {why}"

    @property
    def _known(self) -> Lone:
        if self.track is None:
            raise ValueError(self.problem or "This cell could not be built.")
        return self.track
