"""The learning-rate range test that a person sets up; not part of the experiment."""

from __future__ import annotations

import math
from typing import Any

from playground.experiment import Experiment
from playground.experiment.places import limits_of
from playground.experiment.presets import start
from playground.experiment.rate_ranges import RateRange
from playground.ui.changes import Path, put
from playground.ui.job_draft import JobDraft
from playground.ui.workbench import Workbench

RATE: Path = ("training", "optimizer", "lr")


class Draft(JobDraft):
    """settings: over which rates, how often; of any experiment, until it begins."""

    key = "range_draft"

    def __init__(self) -> None:
        super().__init__()
        self.settings = RateRange(experiment=start())

    def set(self, at: Path, value: Any) -> bool:
        """Set the field at `at`, which begins with "range"; whether it was accepted."""
        changed = self._changed(self.settings, at, value)
        self.settings = changed or self.settings
        return changed is not None

    def begin(self, experiment: Experiment, run: str | None) -> None:
        """Have the test made, in place of the one before. run: of the person, for its present weights."""
        self.problem, self._begun = "", self._wanted(experiment)
        options = self.settings.model_copy(update={"experiment": experiment}).model_dump(mode="json")
        self._begin("range_test", options, run if self.settings.begin == "present" else None)

    def is_stale(self, experiment: Experiment) -> bool:
        """Whether what was begun last is another test than the one that is set up, of this experiment."""
        return self._begun != self._wanted(experiment)

    def _wanted(self, experiment: Experiment) -> RateRange:
        """The test but for the experiment's own learning rate, which is no part of it."""
        return self.settings.model_copy(update={"experiment": put(experiment, RATE, 0.001)})

    def use(self, bench: Workbench, rate: Any) -> None:
        """Train with this rate from now on; what comes from a browser is checked."""
        if isinstance(rate, (int, float)) and not isinstance(rate, bool) and math.isfinite(rate) and rate > 0:
            _, most = limits_of(type(bench.experiment.training.optimizer).model_fields["lr"])
            bench.set(RATE, min(float(f"{rate:.2g}"), most or math.inf))
