"""Which grids train, and whose: a page that is loaded anew, or a second tab, finds its networks again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from playground.experiment import Experiment
from playground.experiment.grids import Grid
from playground.runs import hub

MOST = 500
"""Grids of all people that are remembered; those that were begun first go first."""

_lock = threading.Lock()
_jobs: OrderedDict[tuple[str, str], tuple[str, Grid]] = OrderedDict()


def remember(person: str, grid: Grid, first: Experiment, job: str) -> None:
    """That this job trains the grid. first: its first cell."""
    with _lock:
        _jobs[person, _name(grid, first)] = job, grid
        _jobs.move_to_end((person, _name(grid, first)))
        while len(_jobs) > MOST:
            _jobs.popitem(last=False)


def found(person: str, grid: Grid, first: Experiment) -> tuple[str, Grid] | None:
    """The job that trains the same cells for this person, with the grid as it was begun; None where there is none any
    more."""
    with _lock:
        known = _jobs.get((person, _name(grid, first)))
    if known is None:
        return None
    try:
        state = hub().job(known[0]).state
    except KeyError:
        return None
    return known if state in ("working", "done") else None


def _name(grid: Grid, first: Experiment) -> str:
    """The same for grids of the same cells, whatever the values that are varied are in their experiments."""
    return f"{grid.to_link(whole=False)} {first.to_link()}"
