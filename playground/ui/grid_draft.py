"""The grid that a person sets up: what is varied, for how long, and the job that trains it.

Not part of the experiment: kept for this browser tab, and in the page's address. The grid that trains keeps the
experiment that it was begun with; whoever opens one of its cells in the Playground finds it as it was.
"""

from __future__ import annotations

import math
from contextlib import suppress
from functools import lru_cache
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.experiment import Experiment
from playground.experiment.axes import Field, fields
from playground.experiment.grids import MOST_AXES, Axis, Cell, Grid
from playground.experiment.link import LinkError
from playground.experiment.problems import explain
from playground.experiment.usual import first_grid, usual
from playground.network.standing import problem_of, problem_of_all
from playground.runs import hub
from playground.ui import grid_jobs
from playground.ui.job_draft import JobDraft
from playground.ui.person import person
from playground.ui.workbench import Workbench, sentence

NAME = "grid"
"""What the grid is called in the address."""
NEXT = ("training.optimizer.lr", "seed", "width", "training.optimizer", "activation", "training.batch_size")
"""What is offered first where another axis is added."""


GONE = (
    "The server has let this grid go: nobody looked at it for ten minutes, or the server was started anew. Train it "
    "again: it comes out the same."
)


class Draft(JobDraft):
    """axes, epochs, measure, target: of the grid that is set up. fast: whether in all haste. begun: what the job
    trains. opened: whether a cell has just been opened in the Playground. edits: counts the changes of axes
    that were not made by filling in a range."""

    key = "grid_draft"

    def __init__(self, grid: Grid, notice: str = "", person: str = "") -> None:
        super().__init__()
        self._take(grid)
        self._person = person
        self.fast = False
        self.begun: Grid | None = None
        self.problem = notice
        self.opened = False
        self.errors: dict[int, str] = {}
        self.edits = 0
        self._ranges: dict[tuple[int, str], tuple] = {}

    @classmethod
    def current(cls, bench: Workbench) -> Draft:
        """This browser tab's; a new one is what the address asks for, or what a newcomer finds."""
        if cls.key not in st.session_state:
            grid, notice = _from_address(bench)
            grid = grid or first_grid(bench.experiment)
            st.session_state[cls.key] = cls(grid, notice, person())
            st.session_state[cls.key]._find(grid)
        draft = st.session_state[cls.key]
        draft._forget_unknown(bench.experiment)
        return draft

    def _take(self, grid: Grid) -> None:
        self.axes, self.epochs = list(grid.axes), grid.epochs
        self.measure, self.target = grid.measure, grid.target

    def _forget_unknown(self, experiment: Experiment) -> None:
        """An axis of a layer that is gone has gone, too."""
        known = fields(experiment)
        self.axes = [axis for axis in self.axes if axis.at in known] or list(first_grid(experiment).axes)

    # --- setting it up -------------------------------------------------------------------------------------------

    def choose(self, index: int, field: Field, experiment: Experiment) -> None:
        """Vary something else along an axis, with the values that are usually tried of it."""
        if index < len(self.axes) and field.at not in {axis.at for axis in self.axes}:
            self.axes[index] = usual(experiment, field)
            self.errors.pop(index, None)
            self._edited()

    def add(self, experiment: Experiment) -> None:
        """One more axis, of what is not varied yet; with two values of a third, so that it is not too many at once."""
        taken, known = {axis.at for axis in self.axes}, fields(experiment)
        if len(self.axes) < MOST_AXES:
            at = next(at for at in (*NEXT, *known) if at in known and at not in taken)
            axis = usual(experiment, known[at])
            self.axes.append(Axis(at=at, values=axis.points()[: 4 if len(self.axes) > 1 else None]))
            self._edited()

    def remove(self, index: int) -> None:
        """One axis less; the last one stays."""
        if len(self.axes) > 1 and index < len(self.axes):
            del self.axes[index]
            self.errors.clear()
            self._edited()

    def values(self, index: int, field: Field, text: str) -> None:
        """Take the values that a person typed, separated by commas; what is none of them is told beside the field."""
        try:
            self.set(index, {"at": field.at, "values": _numbers(field, text)})
        except ValueError as problem:
            self.errors[index] = str(problem)
        self._edited()

    def range_of(self, index: int, field: Field, ends: tuple) -> tuple:
        """What the fields of an axis' range begin with, the same until the values are edited otherwise."""
        return self._ranges.setdefault((index, field.at), ends)

    def _edited(self) -> None:
        self.edits += 1
        self._ranges.clear()

    def set(self, index: int, axis: dict[str, Any]) -> None:
        """Another axis in the place of one, or why not."""
        self.errors.pop(index, None)
        try:
            self.axes[index] = Axis.model_validate(axis)
        except ValidationError as wrong:
            self.errors[index] = " ".join(sentence(problem.message) for problem in explain(wrong, Axis)[:1])

    def grid(self, experiment: Experiment) -> tuple[Grid | None, str]:
        """The grid that is set up, or why it is none."""
        content = {"v": 1, "base": experiment, "axes": self.axes, "epochs": self.epochs}
        try:
            return Grid.model_validate({**content, "measure": self.measure, "target": self.target}), ""
        except ValidationError as wrong:
            return None, " ".join(sentence(problem.message) for problem in explain(wrong, Grid)[:2])

    # --- training it ---------------------------------------------------------------------------------------------

    def shown(self, grid: Grid | None) -> Grid | None:
        """What is to be seen: the grid that trains while it is the one that is set up, and otherwise that one."""
        return self.begun if grid is None or self.is_begun(grid) else grid

    def is_begun(self, grid: Grid) -> bool:
        """Whether this grid trains, or has: the same cells, whatever the values that are varied are in its base."""
        begun = self.begun
        if begun is None or self.job is None:
            return False
        alike = (begun.axes, begun.epochs, begun.measure, begun.target)
        if alike != (grid.axes, grid.epochs, grid.measure, grid.target):
            return False
        return _first(begun) == _first(grid)

    def begin(self, grid: Grid) -> None:
        """Train it, in place of what was before."""
        self.problem = ""
        options = {"grid": grid.model_dump(mode="json"), "fast": self.fast}
        if self._begin("grid", options):
            self.begun = grid
            first = _first(grid)
            if first is not None:
                grid_jobs.remember(self._person, grid, first, self.job)

    def _find(self, grid: Grid) -> bool:
        """Go on with what trains this grid already, begun by the same person before the page was loaded anew, or in
        another tab; whether there is such a thing."""
        first = _first(grid)
        known = grid_jobs.found(self._person, grid, first) if first is not None else None
        if known is not None:
            self.job, self.begun = known
        return known is not None

    def act(self, told: dict[str, Any]) -> None:
        """What a person did in the view: {"op": "pause"}, "resume", "stop", or "fast" with `on`."""
        op = told.get("op")
        if op == "fast":
            self.fast = bool(told.get("on"))
        order = {"do": "pace", "fast": self.fast} if op == "fast" else {"do": op}
        if self.job and op in ("pause", "resume", "stop", "fast"):
            with suppress(KeyError):
                hub().tell(self.job, order)

    def open(self, bench: Workbench, index: Any) -> None:
        """Take the experiment of a cell to the Playground; it can be undone there."""
        cells = cells_of(self.begun) if self.begun else ()
        if type(index) is not int or not 0 <= index < len(cells) or cells[index].experiment is None:
            return
        grid, cell = self.begun, cells[index]
        named = zip(grid.labels, grid.texts, cell.place, strict=True)
        told = ", ".join(f"{label} {texts[at]}" for label, texts, at in named)
        if bench.experiment == cell.experiment or bench.change(
            lambda _: cell.experiment, told=f"Cell of a grid: {told}"
        ):
            self.opened = True

    def gone(self, job: str) -> None:
        """The server knows a job no more."""
        if job != self.job:
            return
        begun, self.job, self.begun = self.begun, None, None
        if begun is None or not self._find(begun):
            self.problem = GONE


@lru_cache(maxsize=32)
def cells_of(grid: Grid) -> tuple[Cell, ...]:
    """All cells, with what keeps each from being trained."""
    return grid.cells(problem_of)


@lru_cache(maxsize=32)
def too_much(grid: Grid) -> str | None:
    """Why its cells cannot all be trained at once."""
    return problem_of_all(cell.experiment for cell in cells_of(grid) if cell.problem is None)


@lru_cache(maxsize=64)
def _first(grid: Grid) -> Experiment | None:
    return next((cell.experiment for cell in grid.cells() if cell.experiment is not None), None)


def _from_address(bench: Workbench) -> tuple[Grid | None, str]:
    text = bench.carried.get(NAME)
    if not text:
        return None, ""
    try:
        return Grid.from_link(text, bench.experiment), ""
    except LinkError as problem:
        reason = sentence(str(problem))
    except ValidationError as wrong:
        reason = " ".join(sentence(problem.message) for problem in explain(wrong, Grid)[:2])
    return None, f"The grid of this address could not be opened. {reason} This is one to start from instead."


def _numbers(field: Field, text: str) -> tuple[float | int | None, ...]:
    """The numbers of "0.1, 0.3 1". Raises ValueError, in words for a person."""
    found: list[float | int | None] = []
    for part in text.replace(";", ",").replace(",", " ").split():
        if part.lower() == "off":
            found.append(None)
            continue
        number = _number(part)
        if not math.isfinite(number):
            raise ValueError(f"“{part[:20]}” is no number. Write numbers with commas between them: 0.1, 0.3, 1.")
        if field.kind == "integer" and number == int(number):
            number = int(number)
        found.append(number)
    if not found:
        raise ValueError("Write at least one number.")
    return tuple(found)


def _number(text: str) -> float:
    """The number that a text is; NaN for one that is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
