"""One trial's training, a little at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.experiment import Experiment

if TYPE_CHECKING:
    from playground.training import Trainer

SLICE_SECONDS = 0.03
"""How long it trains between two looks at what else is to be done, about."""
REPORTS = 20
"""How often a trial is compared with others, about."""


@dataclass(frozen=True)
class Measured:
    """What was measured at the end of an epoch. score: accuracy, or R². divergence: why it cannot go on, or "".

    Of data without a test part loss and score are those of the training part.
    """

    epoch: int
    loss: float
    score: float
    train_loss: float
    parameters: int
    seconds: float
    divergence: str = ""

    def value(self, objective: str) -> float:
        """What counts for an objective of `spec.OBJECTIVES`."""
        return float(getattr(self, objective if objective in ("loss", "parameters", "seconds") else "score"))


def report_epochs(epochs: int) -> list[int]:
    """The epochs at which a trial is compared with others: the powers of three at which Hyperband decides, and about
    twenty evenly spaced ones, to the last. The same for all trials of a study, or none could be compared."""
    even = {max(1, round(epochs * part / REPORTS)) for part in range(1, REPORTS + 1)}
    powers = {3**exponent for exponent in range(8) if 3**exponent < epochs}
    return sorted(even | powers | {epochs})


def train(experiment: Experiment, epochs: int, device: str = "auto") -> Iterator[Measured | float]:
    """Train `experiment`. Yields the epoch it has come to about every `SLICE_SECONDS`, and what was measured at each of
    `report_epochs`; the last measurement comes at the last epoch, or where it stopped early or diverged.

    Raises what `Trainer` raises where it cannot be built here, in words for a person.
    """
    from playground.training import Trainer  # brings in torch: whoever only reads reports does without

    start = time.perf_counter()
    trainer = Trainer(experiment, device=device)
    clock = _Clock(time.perf_counter() - start)
    for epoch in report_epochs(epochs):
        yield from _to(trainer, epoch * trainer.steps_per_epoch, clock)
        over = trainer.status in ("finished", "diverged")
        yield _measured(trainer, clock.seconds)
        if over:
            return


class _Clock:
    """Seconds of training, and how many steps fit into a slice."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.most = 1

    def took(self, steps: int, seconds: float) -> None:
        self.seconds += seconds
        pace = max(seconds / max(1, steps), 1e-7)
        self.most = max(1, min(2 * self.most, int(SLICE_SECONDS / pace)))


def _to(trainer: Trainer, target: int, clock: _Clock) -> Iterator[float]:
    while trainer.step < target and trainer.status in ("ready", "running"):
        start = time.perf_counter()
        took = trainer.advance(steps=min(clock.most, target - trainer.step))
        clock.took(took, time.perf_counter() - start)
        yield trainer.epoch


def _measured(trainer: Trainer, seconds: float) -> Measured:
    row, part = trainer.measure(), "test" if trainer.task.test_samples else "train"
    divergence = trainer.divergence
    why = f"Diverged at step {divergence.step}: {divergence.layer}, {divergence.reason}." if divergence else ""
    return Measured(
        epoch=round(trainer.epoch),
        loss=row[f"{part}_loss"],
        score=row[f"{part}_{trainer.task.metric}"],
        train_loss=row["train_loss"],
        parameters=trainer.module.flat.parameters.numel(),
        seconds=seconds,
        divergence=why,
    )
