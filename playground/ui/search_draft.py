"""The search that a person sets up, kept for this browser tab; not part of the experiment."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.axes import Field, fields
from playground.experiment.problems import explain
from playground.studies.spec import MOST_DIMENSIONS, Choices, Dimension, Range, StudySpec, objectives_for
from playground.studies.suggesting import epochs_of, suggested, usual

_KEY = "search_draft"
TRIALS, MINUTES = "trials", "minutes"


class Draft:
    """What is searched, how, for what and how long.

    dimensions: what is varied, by place; sampler, pruner, objectives, epochs, seed: as `StudySpec` has them; budget:
    `TRIALS` or `MINUTES`, and how many of either; problem: why a search could not be begun.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.dimensions: dict[str, Dimension] = {dimension.at: dimension for dimension in usual(experiment)}
        self.sampler, self.pruner = "tpe", "median"
        self.objectives: tuple[str, ...] = ("loss",)
        self.epochs = epochs_of(experiment)
        self.budget, self.trials, self.minutes = TRIALS, 30, 5.0
        self.seed = 0
        self.problem = ""

    @classmethod
    def current(cls, experiment: Experiment) -> Draft:
        """This browser tab's; of what the experiment does not have (any more) nothing is searched."""
        if _KEY not in st.session_state:
            st.session_state[_KEY] = cls(experiment)
        draft: Draft = st.session_state[_KEY]
        draft._fit(experiment)
        return draft

    def _fit(self, experiment: Experiment) -> None:
        known, possible = fields(experiment), objectives_for(experiment)
        kept = {at: dimension for at, dimension in self.dimensions.items() if _suits(known.get(at), dimension)}
        self.dimensions = kept or {dimension.at: dimension for dimension in usual(experiment)}
        self.objectives = tuple(name for name in self.objectives if name in possible) or ("loss",)

    # --- what a person changes -------------------------------------------------------------------------------

    def add(self, field: Field) -> None:
        """Search one more field, among sensible values."""
        if field.at not in self.dimensions and len(self.dimensions) < MOST_DIMENSIONS:
            self.dimensions[field.at] = suggested(field)

    def remove(self, at: str) -> None:
        """Leave a field as it is; something is always searched."""
        if len(self.dimensions) > 1:
            self.dimensions.pop(at, None)

    def begin_usual(self, experiment: Experiment) -> None:
        """What a search begins with."""
        self.dimensions = {dimension.at: dimension for dimension in usual(experiment)}

    def span(self, at: str, **ends: Any) -> None:
        """Another end of a range (low, high), or another scale (log)."""
        now = self.dimensions.get(at)
        if isinstance(now, Range) and None not in ends.values():
            self.dimensions[at] = now.model_copy(update=ends)

    def choose(self, at: str, values: list[Any]) -> None:
        """Other values of a choice; with none of them it stays what it is."""
        now = self.dimensions.get(at)
        if isinstance(now, Choices) and values:
            self.dimensions[at] = now.model_copy(update={"values": tuple(values)})

    def seek(self, index: int, name: str | None) -> None:
        """Another objective; None as the second: there is only one."""
        first, *second = self.objectives
        if index == 0 and name:
            self.objectives = (name, *(other for other in second if other != name))
        elif index == 1:
            self.objectives = (first, name) if name and name != first else (first,)

    # --- what comes of it ------------------------------------------------------------------------------------

    def spec(self, experiment: Experiment) -> tuple[StudySpec | None, dict[str, str]]:
        """The study that is described; or None, and what is wrong by the place of the row, "" where it is none."""
        given = {
            "v": 1,
            "base": experiment,
            "dimensions": tuple(dimension.model_dump() for dimension in self.dimensions.values()),
            "sampler": self.sampler,
            "pruner": self.pruner,
            "objectives": self.objectives,
            "epochs": self.epochs,
            "seed": self.seed,
            self.budget: self.trials if self.budget == TRIALS else self.minutes,
        }
        try:
            return StudySpec.model_validate(given), {}
        except ValidationError as wrong:
            return None, self._problems(wrong)

    def _problems(self, wrong: ValidationError) -> dict[str, str]:
        places, found = list(self.dimensions), {}
        for problem in explain(wrong, StudySpec)[:6]:
            path = problem.path
            row = (
                places[path[1]]
                if path[:1] == ("dimensions",) and len(path) > 1 and path[1] in range(len(places))
                else ""
            )
            # In its row a message need not say which of its ends it is about: it names the field.
            message = problem.message.rpartition(": ")[2] if row else problem.message
            message = message[:1].upper() + message[1:]
            found.setdefault(row, f"{message}.")
        return found


def _suits(field: Field | None, dimension: Dimension) -> bool:
    """Whether a dimension still means something: its field is there, and of the same kind."""
    if field is None:
        return False
    if isinstance(dimension, Range):
        return field.is_number
    return field.is_number or all(any(value == known for known, _ in field.choices) for value in dimension.values)
