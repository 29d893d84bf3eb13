"""Whether a script trains as the trainer does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.experiment import Experiment
from playground.export import script
from playground.export.code.data import file_beside, file_name, has_file_beside
from playground.training import Trainer
from tests.export.runner import Outcome, Runner

STEPS = 60
CLOSE = 1e-6


def agree(run: Runner, experiment: Experiment, steps: int = STEPS, close: float = CLOSE) -> Outcome:
    """Train `experiment` both ways for at least so many steps and compare: the loss of every batch, and those of whole
    parts at the end of every epoch, as they are printed. close: how far apart two losses may be."""
    trainer = Trainer(experiment, device="cpu", engine="torch")
    losses = batch_losses(trainer)
    epochs = min(math.ceil(steps / trainer.steps_per_epoch), experiment.training.max_epochs or steps)
    trainer.advance(epochs=epochs)
    assert trainer.step > 0, "a run that diverges at once shows nothing"
    if has_file_beside(experiment.data):
        run.place(file_name(experiment.data), file_beside(experiment.data))
    outcome = run(script(experiment), epochs)
    if trainer.status != "diverged":  # the script goes on with what is no number any more
        assert len(outcome.losses) == trainer.step
    mine, engines = outcome.losses[: trainer.step], [losses[step] for step in range(trainer.step)]
    np.testing.assert_allclose(mine, engines, rtol=close, atol=close)
    rows = trainer.history.set_index("step")
    for epoch, train, test in outcome.epochs:
        if (step := epoch * trainer.steps_per_epoch) in rows.index:  # every one up to 255
            row = rows.loc[step]
            # Half a unit of the last digit is lost in printing.
            np.testing.assert_allclose([train, test], [row.train_loss, row.test_loss], rtol=close, atol=1.5 * close)
    return outcome


def batch_losses(trainer: Trainer) -> dict[int, float]:
    """The loss of every batch by its step, filled as the trainer goes on."""
    losses: dict[int, float] = {}
    engine = trainer._core.engine
    take = engine.run

    def noted(start: int, *given: Any) -> np.ndarray:
        found = take(start, *given)
        losses.update(enumerate(found.tolist(), start))
        return found

    engine.run = noted
    return losses
