"""One trial's training, a little at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.experiment import Experiment

if TYPE_CHECKING:
    from playground.training.core import Core
    from playground.training.together.lone import Lone

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

    The numbers are those of the same experiment trained by a `Trainer`. Raises what that raises where it cannot be
    built here, in words for a person.
    """
    # They bring in torch: whoever only reads reports does without.
    from playground.data import load
    from playground.training.core import Core
    from playground.training.together.lone import Lone

    start = time.perf_counter()
    core = Core(experiment, load(experiment.data), device, "auto")
    lone = Lone(core)
    clock = _Clock(time.perf_counter() - start)
    for epoch in report_epochs(epochs):
        yield from _to(lone, epoch * lone.steps_per_epoch, clock)
        measured = _measured(core, clock.seconds)
        yield measured
        if core.over or measured.divergence:
            return


class _Clock:
    """Seconds of training, and how many steps fit into a slice."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.most = 1

    def took(self, steps: int, seconds: float, busy: float) -> None:
        """That many steps took that long, and kept the processor busy for so long: on one that many share the rest is
        waiting, which fewer steps would not spare."""
        self.seconds += seconds
        pace = max(min(seconds, 4 * busy) / max(1, steps), 1e-7)
        self.most = max(1, min(4 * self.most, int(SLICE_SECONDS / pace)))


def _to(lone: Lone, target: int, clock: _Clock) -> Iterator[float]:
    while lone.step < target and not lone.over:
        begun, start, busy = lone.step, time.perf_counter(), time.thread_time()
        lone.go_to(min(begun + clock.most, target))
        clock.took(lone.step - begun, time.perf_counter() - start, time.thread_time() - busy)
        if lone.step < target:
            yield lone.step / lone.steps_per_epoch


def _measured(core: Core, seconds: float) -> Measured:
    """What there is to be told now; the loss of one that diverged is the last finite one."""
    train_loss, test_loss, train_score, test_score = core.engine.measure()
    tested = bool(core.task.test_samples)
    loss = test_loss if tested else train_loss
    if core.divergence is None and not (math.isfinite(train_loss) and math.isfinite(loss)):
        core.diverged_at_measure()
    divergence = core.divergence
    why = f"Diverged at step {divergence.step:,}: {divergence.layer}, {divergence.reason}." if divergence else ""
    return Measured(
        epoch=round(core.step / core.order.steps_per_epoch),
        loss=loss,
        score=test_score if tested else train_score,
        train_loss=train_loss,
        parameters=core.module.flat.parameters.numel(),
        seconds=seconds,
        divergence=why,
    )
