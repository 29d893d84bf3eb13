"""A learning-rate range test: what is trained, over which rates, how often (Smith 2017, https://arxiv.org/abs/1506.01186)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from playground.experiment.entry import Model, parameter, refusal
from playground.experiment.experiment import Experiment

MOST_STEPS = 2_000
MOST_SEEDS = 9


class RateRange(Model):
    """Train an experiment while its learning rate rises from `low` to `high`, by the same factor at every step."""

    experiment: Experiment
    low: float = parameter(
        1e-4, label="From", help="The learning rate of the first step: so small that nothing moves.", gt=0.0, le=10.0,
        log=True,
    )  # fmt: skip
    high: float = parameter(
        10.0, label="To", help="The learning rate of the last step: so large that the loss explodes.", gt=0.0, le=100.0,
        log=True,
    )  # fmt: skip
    steps: int = parameter(
        200, label="Steps", help="How many steps the learning rate takes to rise.", ge=20, le=MOST_STEPS, step=50
    )
    seeds: int = parameter(
        5, label="Seeds", help="How often the test is made, with other draws; the median counts.", ge=1, le=MOST_SEEDS,
        step=1,
    )  # fmt: skip
    begin: Literal["initial", "present"] = "initial"
    """From the experiment's initial weights, or from those that the run has now."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.high < 10 * self.low:
            told = f"To must be at least ten times as large as From ({self.low:g})"
            raise refusal(type(self).__name__, ("high",), told, self.high)
        return self
