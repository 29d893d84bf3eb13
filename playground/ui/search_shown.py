"""The search that a person looks at, kept for this browser tab: its name, which figure, and the run of its best."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from playground.experiment import Experiment
from playground.runs import ServerFull, hub
from playground.runs.searches import searches
from playground.studies.spec import StudySpec

_KEY = "search_shown"


class Shown:
    """name: the study's; spec: what it is; look: which figure, see `playground.runs.studying.Look`; job: the studio's
    that follows it; best: the trial that is trained as a run of its own, and that run; problem: why nothing is seen."""

    def __init__(self, name: str, spec: StudySpec) -> None:
        self.name, self.spec = name, spec
        self.look: dict[str, Any] = {"figure": "curves", "objective": 0, "params": []}
        self.best: int | None = None
        self.run: str | None = None
        self.experiment: Experiment | None = None
        self.problem = ""
        self._job: str | None = None
        self._owner = secrets.token_urlsafe(8)

    @classmethod
    def current(cls, name: str) -> Shown:
        """This browser tab's look at the study `name`. Raises ValueError where there is none."""
        shown = st.session_state.get(_KEY)
        if shown is None or shown.name != name:
            shown = st.session_state[_KEY] = cls(name, searches().studies.open(name))
        return shown

    def forget(self) -> None:
        """Whoever looks at the study again looks anew."""
        st.session_state.pop(_KEY, None)

    @property
    def job(self) -> str | None:
        """The job that follows the study; begun when first asked for. None where there is no room for it now."""
        if self._job is None:
            try:
                options = {"study": self.name, "look": self.look}
                self._job = hub().begin("study", options, owner=self._owner)
                self.problem = ""
            except (ServerFull, TimeoutError, ValueError) as problem:
                self.problem = str(problem)
        return self._job

    def gone(self, job: str) -> None:
        """The server knows a job no more: the next look begins another one."""
        if job == self._job:
            self._job = None

    def see(self, look: dict[str, Any]) -> None:
        """Look at another figure; what makes no sense the job passes over."""
        figure, objective, params = look.get("figure"), look.get("objective"), look.get("params")
        if not (isinstance(figure, str) and objective in (0, 1) and isinstance(params, list)):
            return
        self.look = {"figure": figure[:20], "objective": int(objective), "params": [str(at)[:200] for at in params[:2]]}
        if self._job is not None:
            try:
                hub().tell(self._job, {"look": self.look})
            except KeyError:
                self._job = None

    def trial(self, number: Any) -> Experiment | None:
        """The experiment of a trial, with its end; None, and a `problem`, where there is none."""
        if type(number) is not int or not 0 <= number < 10**9:
            return None
        try:
            experiment = searches().studies.experiment(self.name, number)
        except ValueError as problem:
            self.problem = str(problem)
            return None
        self.problem = ""
        return experiment.replace(training={**dict(experiment.training), "max_epochs": self.spec.epochs})

    def train(self, number: Any) -> None:
        """Train the best trial, which is another one now, as a run that is looked at."""
        experiment = self.trial(number)
        if experiment is None or (number == self.best and self.run is not None):
            return
        try:
            if self.run is not None and hub().get(self.run) is not None:
                hub().replace(self.run, experiment)
            else:
                self.run = hub().create(experiment)
            hub().control(self.run, "play")
        except (KeyError, ServerFull, ValueError) as problem:
            self.run, self.problem = None, str(problem) if not isinstance(problem, KeyError) else ""
            return
        self.best, self.experiment = number, experiment
