"""What terrains a person wants to compare; not part of the experiment."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.comparisons import FACTS
from playground.experiment.link import LinkError
from playground.experiment.variants import variants
from playground.ui.changes import Path
from playground.ui.job_draft import JobDraft

MINE = "mine"
"""The comparison with the person's own experiment; all others are facts."""
LINK = "link"


class Draft(JobDraft):
    """chosen: a fact's name, or `MINE`. variant: what the own experiment is compared with, a key of `variants` or
    `LINK`. log: whether heights are logarithmic. names: of the two sides that are shown."""

    key = "compare_draft"

    def __init__(self) -> None:
        super().__init__()
        self.chosen = next(iter(FACTS))
        self.variant = "batch_norm"
        self.link = ""
        self.log = FACTS[self.chosen].log
        self.names: tuple[str, str] = FACTS[self.chosen].names
        self.settings = FACTS[self.chosen].comparison

    def choose(self, chosen: str) -> None:
        """Another fact, with what shows it best, or the own experiment."""
        if chosen in FACTS:
            self.settings, self.log = FACTS[chosen].comparison, FACTS[chosen].log
        elif chosen != MINE:
            return
        self.chosen, self.problem = chosen, ""

    def set(self, at: Path, value: Any) -> bool:
        """Set the field at `at`, which begins with "compare"; whether it was accepted."""
        changed = self._changed(self.settings, at, value)
        self.settings = changed or self.settings
        return changed is not None

    def begin(self, experiment: Experiment) -> None:
        """Have it worked out, in place of what was before. experiment: the person's own."""
        self.problem, self._begun = "", (self.chosen, self.settings)
        try:
            first, second, names = self._sides(experiment)
        except ValueError as problem:
            self.problem = str(problem)
            return
        wanted = self.settings.model_copy(update={"first": first, "second": second})
        if self._begin("compare", wanted.model_dump(mode="json")):
            self.names = names

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


def _opened(link: str) -> Experiment:
    """The experiment of a link, or of the address of a page that shows it. Raises ValueError."""
    text = link.strip().split("x=")[-1].split("&")[0].split("#")[0]
    if not text:
        raise ValueError("Paste the link of another experiment first.")
    try:
        return Experiment.from_link(text)
    except (LinkError, ValidationError):
        raise ValueError("This is no link of an experiment. Copy the whole address of a page that shows one.") from None
