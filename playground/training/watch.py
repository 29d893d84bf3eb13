"""What happens at the end of an epoch: reduce on plateau, and early stopping."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from playground.experiment.training import Training


class EpochWatch:
    """Follows the test loss from epoch to epoch. Its whole state is part of every snapshot.

    drops: how often the learning rate has been reduced. stopped: whether the run is over. best_values: the numbers of
    the network at the best epoch (only with early stopping that restores them).
    """

    def __init__(self, training: Training) -> None:
        self.plateau = training.schedule if training.schedule.metric_driven else None
        self.stopping = training.early_stopping
        self.drops = 0
        self.stopped = False
        self.best_values: Tensor | None = None
        self._plateau_best = self._best = math.inf
        self._plateau_bad = self._bad = 0

    @property
    def active(self) -> bool:
        """Whether the loss must be measured at the end of every epoch."""
        return self.plateau is not None or self.stopping is not None

    @property
    def factor(self) -> float:
        """What the drops so far multiply the learning rate by."""
        if self.plateau is None or not self.drops:
            return 1.0
        return max(self.plateau.decay**self.drops, self.plateau.floor)

    def epoch_ended(self, loss: float, values: Tensor) -> None:
        """Take note of the loss at an epoch's end; `values` are the network's numbers then."""
        if self.plateau is not None:
            self._follow_plateau(loss)
        if self.stopping is not None and not self.stopped:
            self._follow_stopping(loss, values)

    def _follow_plateau(self, loss: float) -> None:
        """As `torch.optim.lr_scheduler.ReduceLROnPlateau` with a relative threshold and no cooldown."""
        if loss < self._plateau_best * (1.0 - self.plateau.threshold):
            self._plateau_best, self._plateau_bad = loss, 0
            return
        self._plateau_bad += 1
        if self._plateau_bad > self.plateau.patience:
            self.drops += 1
            self._plateau_bad = 0

    def _follow_stopping(self, loss: float, values: Tensor) -> None:
        if loss < self._best - self.stopping.min_delta:
            self._best, self._bad = loss, 0
            if self.stopping.restore_best:
                self.best_values = values.clone()
            return
        self._bad += 1
        self.stopped = self._bad >= self.stopping.patience

    def go_on(self) -> None:
        """Somebody changed the network: a run that was stopped early has its patience back."""
        self.stopped, self._bad = False, 0

    def begin_again(self) -> None:
        """The network is another one: what was best before means nothing for it."""
        self.go_on()
        self.best_values = None
        self._best = self._plateau_best = math.inf
        self._plateau_bad = self.drops = 0

    def state(self) -> dict[str, Any]:
        """Numbers and one tensor, for `load`."""
        return {
            "plateau": [self._plateau_best, self._plateau_bad, self.drops],
            "stopping": [self._best, self._bad, self.stopped],
            "best": self.best_values,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Be as when `state()` was taken."""
        self._plateau_best, self._plateau_bad, self.drops = state["plateau"]
        self._best, self._bad, self.stopped = state["stopping"]
        self.best_values = state["best"]
