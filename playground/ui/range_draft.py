"""The learning-rate range test that a person sets up, kept for this browser tab; not part of the experiment.

Forms ask it for changes as they ask a workbench.
"""

from __future__ import annotations

import math
import secrets
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.places import limits_of
from playground.experiment.presets import start
from playground.experiment.problems import explain
from playground.experiment.rate_ranges import RateRange
from playground.runs import ServerFull, hub
from playground.ui.changes import Path, put, put_into
from playground.ui.workbench import Workbench

RATE: Path = ("training", "optimizer", "lr")
_KEY = "range_draft"


class Draft:
    """settings: over which rates, how often; of any experiment, until it begins. job: the studio's that works at the
    test, None without one; problem: why there is none."""

    def __init__(self) -> None:
        self.settings = RateRange(experiment=start())
        self.job: str | None = None
        self.problem = ""
        self._owner = secrets.token_urlsafe(8)
        self._begun: RateRange | None = None
        self._errors: dict[Path, str] = {}

    @classmethod
    def current(cls) -> Draft:
        """This browser tab's."""
        if _KEY not in st.session_state:
            st.session_state[_KEY] = cls()
        return st.session_state[_KEY]

    def set(self, at: Path, value: Any) -> bool:
        """Set the field at `at`, which begins with "range"; whether it was accepted."""
        self._errors = {}
        try:
            self.settings = RateRange.model_validate(put_into(self.settings, at[1:], value))
        except ValidationError as wrong:
            self._errors[at] = " ".join(f"{problem.message}." for problem in explain(wrong, RateRange)[:2])
            return False
        return True

    def error(self, at: Path) -> str:
        """What is wrong with the field at `at`, or nothing."""
        return self._errors.get(at, "")

    def begin(self, experiment: Experiment, run: str | None) -> None:
        """Have the test made, in place of the one before. run: of the person, for its present weights."""
        self.problem, self._begun = "", self._wanted(experiment)
        options = self.settings.model_copy(update={"experiment": experiment}).model_dump(mode="json")
        run_id = run if self.settings.begin == "present" else None
        try:
            self.job = hub().begin("range_test", options, run_id, owner=self._owner, replaces=self.job)
        except (ServerFull, TimeoutError, ValueError) as problem:
            self.job, self.problem = None, str(problem)
        except KeyError:
            self.job, self.problem = None, "The run is gone. Reload the page to begin another one."

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

    def cancel(self, job: str) -> None:
        """End the work."""
        if job == self.job:
            try:
                hub().cancel(job)
            except KeyError:
                self.gone(job)

    def gone(self, job: str) -> None:
        """The server knows a job no more."""
        if job == self.job:
            self.job = self._begun = None
