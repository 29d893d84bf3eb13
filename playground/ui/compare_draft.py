"""What a person wants to compare, kept for this browser tab; not part of the experiment.

Forms ask it for changes as they ask a workbench.
"""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.comparisons import FACTS, Comparison
from playground.experiment.link import LinkError
from playground.experiment.problems import explain
from playground.experiment.variants import variants
from playground.runs import ServerFull, hub
from playground.ui.changes import Path, put_into

MINE = "mine"
"""The comparison with the person's own experiment; all others are facts."""
LINK = "link"
_KEY = "compare_draft"


class Draft:
    """chosen: a fact's name, or `MINE`. variant: what the own experiment is compared with, a key of `variants` or
    `LINK`. log: whether heights are logarithmic. job: the studio's that works at what was asked for last, None without
    one; names: of its two sides; problem: why there is none."""

    def __init__(self) -> None:
        self.chosen = next(iter(FACTS))
        self.variant = "batch_norm"
        self.link = ""
        self.log = FACTS[self.chosen].log
        self.job: str | None = None
        self.names: tuple[str, str] = FACTS[self.chosen].names
        self.problem = ""
        self.settings = FACTS[self.chosen].comparison
        self._owner = secrets.token_urlsafe(8)
        self._begun: tuple[str, Comparison] | None = None
        self._errors: dict[Path, str] = {}

    @classmethod
    def current(cls) -> Draft:
        """This browser tab's."""
        if _KEY not in st.session_state:
            st.session_state[_KEY] = cls()
        return st.session_state[_KEY]

    def choose(self, chosen: str) -> None:
        """Another fact, with what shows it best, or the own experiment."""
        if chosen in FACTS:
            self.settings, self.log = FACTS[chosen].comparison, FACTS[chosen].log
        elif chosen != MINE:
            return
        self.chosen, self.problem = chosen, ""

    def set(self, at: Path, value: Any) -> bool:
        """Set the field at `at`, which begins with "compare"; whether it was accepted."""
        self._errors = {}
        try:
            self.settings = Comparison.model_validate(put_into(self.settings, at[1:], value))
        except ValidationError as wrong:
            self._errors[at] = " ".join(f"{problem.message}." for problem in explain(wrong, Comparison)[:2])
            return False
        return True

    def error(self, at: Path) -> str:
        """What is wrong with the field at `at`, or nothing."""
        return self._errors.get(at, "")

    def begin(self, experiment: Experiment) -> None:
        """Have it worked out, in place of what was before. experiment: the person's own."""
        self.problem, self._begun = "", (self.chosen, self.settings)
        try:
            first, second, names = self._sides(experiment)
        except ValueError as problem:
            self.problem = str(problem)
            return
        wanted = self.settings.model_copy(update={"first": first, "second": second})
        try:
            options = wanted.model_dump(mode="json")
            self.job = hub().begin("compare", options, owner=self._owner, replaces=self.job)
            self.names = names
        except (ServerFull, TimeoutError, ValueError) as problem:
            self.job, self.problem = None, str(problem)

    def _sides(self, experiment: Experiment) -> tuple[Experiment, Experiment, tuple[str, str]]:
        """Raises ValueError, in words for a person."""
        if self.chosen in FACTS:
            fact = FACTS[self.chosen]
            return fact.comparison.first, fact.comparison.second, fact.names
        if self.variant == LINK:
            return experiment, _opened(self.link), ("This experiment", "The other")
        known = variants(experiment)
        if self.variant not in known:
            raise ValueError("Choose what it is to be compared with.")
        label, other = known[self.variant]
        return experiment, other, ("This experiment", label)

    @property
    def is_stale(self) -> bool:
        """Whether what was begun last is another comparison than the one that is set up."""
        return self._begun != (self.chosen, self.settings)

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


def _opened(link: str) -> Experiment:
    """The experiment of a link, or of the address of a page that shows it. Raises ValueError."""
    text = link.strip().split("x=")[-1].split("&")[0].split("#")[0]
    if not text:
        raise ValueError("Paste the link of another experiment first.")
    try:
        return Experiment.from_link(text)
    except (LinkError, ValidationError):
        raise ValueError("This is no link of an experiment. Copy the whole address of a page that shows one.") from None
