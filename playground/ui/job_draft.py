"""A job of the studio that a person sets up: kept for this browser tab, begun in place of the one before, ended.

Forms ask a draft for changes as they ask a workbench.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, ClassVar, Self, TypeVar

import streamlit as st
from pydantic import ValidationError

from playground.experiment.entry import Model
from playground.experiment.problems import explain
from playground.runs import ServerFull, hub
from playground.ui.changes import Path, put_into

Settings = TypeVar("Settings", bound=Model)
NO_RUN = "The run is gone. Reload the page to begin another one."
NOTHING = "There is nothing to take away: begin it again."
PATIENCE = 60.0
"""Seconds in which a file waits for what it is made of."""


class JobDraft:
    """job: the studio's that works at what was asked for last, None without one; problem: why there is none; asked:
    what it was asked for, a dict of JSON values."""

    key: ClassVar[str]
    """Where the session keeps it."""

    def __init__(self) -> None:
        self.job: str | None = None
        self.problem = ""
        self.asked: dict[str, Any] = {}
        self._owner = secrets.token_urlsafe(8)
        self._begun: Any = None
        self._errors: dict[Path, str] = {}

    @classmethod
    def current(cls) -> Self:
        """This browser tab's."""
        if cls.key not in st.session_state:
            st.session_state[cls.key] = cls()
        return st.session_state[cls.key]

    def error(self, at: Path) -> str:
        """What is wrong with the field at `at`, or nothing."""
        return self._errors.get(at, "")

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

    def result(self) -> bytes:
        """What came of the work, once it is done. Raises ValueError, in words for a person, where nothing did."""
        late = time.monotonic() + PATIENCE
        try:
            found = hub().job(self.job or "")
            while found.state == "working" and (left := late - time.monotonic()) > 0:
                found = hub().job(found.id, found.revision, left)
        except KeyError:
            raise ValueError(NOTHING) from None
        if found.state != "done":
            raise ValueError("It is not ready yet. Try again in a moment." if found.state == "working" else NOTHING)
        return found.data

    def _changed(self, settings: Settings, at: Path, value: Any) -> Settings | None:
        """`settings` with the field at `at`, whose first part is the form's name, set to `value`; None where that is
        refused: `error` then tells why."""
        self._errors = {}
        try:
            return type(settings).model_validate(put_into(settings, at[1:], value))
        except ValidationError as wrong:
            self._errors[at] = " ".join(f"{problem.message}." for problem in explain(wrong, type(settings))[:2])
            return None

    def _begin(self, what: str, options: dict[str, Any], run_id: str | None = None) -> bool:
        """Have the job `what` done, in place of the one before; whether it was begun. run_id: whose state it takes
        along."""
        self.asked = options
        try:
            self.job = hub().begin(what, options, run_id, owner=self._owner, replaces=self.job)
        except (ServerFull, TimeoutError, ValueError) as problem:
            self.job, self.problem = None, str(problem)
        except KeyError:
            self.job, self.problem = None, NO_RUN
        return self.job is not None
