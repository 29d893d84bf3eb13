"""Surfaces that somebody watches: measured a little at a time while the run goes on, and kept until they change."""

from __future__ import annotations

import itertools
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from torch import Tensor

from playground.lenses.effort import work_of
from playground.lenses.hurry import hurry, patience
from playground.lenses.landscape.entries import PlaneLens
from playground.lenses.landscape.laying import lay, trainer_of
from playground.lenses.landscape.plane import Plane
from playground.lenses.landscape.survey import Survey
from playground.lenses.landscape.walking import part_of, walk_of

SLICE, LONG_SLICE, FIRST_SLICE = 0.010, 0.050, 0.060
"""Seconds of work at one look, about: on a surface that has just begun, on one that takes several looks, and at the
very first look."""
WATCHED = 1.0
"""Seconds after its last look that somebody still waits for a surface."""
VIEWS = 4
"""Surfaces of one run that are watched at the same time."""
PLANES, PLANE_BYTES = 64, 64_000_000
"""The planes shown last, as many as are remembered for who presses a point of one, and their bytes at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A surface as it is seen now. plane: where; number: its name for `point_of`; x, y: its grid; parts: by the name of
    the part, its loss and score (float64, [row, column]); step: the moment it is of; share: how much of it is measured;
    unfinished: more is to come."""

    plane: Plane
    number: int
    x: np.ndarray
    y: np.ndarray
    parts: dict[str, tuple[np.ndarray, np.ndarray]]
    step: int
    engine: str
    share: float
    unfinished: bool


class Job:
    """The work of one surface: a plane, and a survey of it for each part that the lens is about."""

    def __init__(self, moment: Any, wish: PlaneLens, like: Plane | None) -> None:
        self.plane = lay(moment, wish, like)
        self.x, self.y = wish.grid(self.plane)
        self._surveys: dict[str, Survey] = {}
        for part in wish.parts(moment.dataset):
            module, (centre, first, second) = moment.module, (self.plane.centre, self.plane.first, self.plane.second)
            walk = walk_of(module, centre, first, second, part_of(moment.task, part, work_of(moment)[0]))
            self._surveys[part] = Survey(walk, self.x, self.y, walk.samples)
            self.engine = walk.engine

    begun = False
    """Whether some work has been done."""

    @property
    def done(self) -> bool:
        """Whether everything is measured."""
        return all(survey.done for survey in self._surveys.values())

    def work(self, seconds: float = math.inf) -> None:
        """Go on for about so long."""
        end, self.begun = time.perf_counter() + seconds, True
        for survey in self._surveys.values():
            if not survey.done and (left := end - time.perf_counter()) > 0:
                survey.work(left)

    def sight(self, number: int = 0) -> Sight:
        """What is known by now."""
        share = sum(survey.share for survey in self._surveys.values()) / len(self._surveys)
        parts = {part: survey.filled() for part, survey in self._surveys.items()}
        return Sight(
            self.plane, number, self.x, self.y, parts, self.plane.step, self.engine, share, not self.done
        )  # fmt: skip


def sight_of(run: Any, wish: PlaneLens) -> Sight:
    """The surface that `wish` describes: all of it, or as much as there is patience for; in a hurry what there is by
    now."""
    if hurry() is not None:
        return views_of(trainer_of(run)).look(run, wish)
    job = Job(_anchored(run, wish), wish, None)
    job.work(patience())
    return job.sight()


def _anchored(run: Any, wish: PlaneLens) -> Any:
    """The moment that a plane is laid through."""
    if wish.anchor is not None:
        return trainer_of(run).at(wish.anchor)
    return run.at() if hasattr(run, "tape") else run


class View:
    """One surface of one run, as its watchers wish it."""

    def __init__(self, wish: PlaneLens, views: Views) -> None:
        self._wish, self._views = wish, views
        self._origin: Any = None  # the first snapshot of the run that the surface is of: another one after a reset
        self._moment: Any = None
        self._job: Job | None = None
        self._number = 0
        self._shown: Sight | None = None
        self._looked = -math.inf

    @property
    def waited_for(self) -> bool:
        """Whether somebody looks, and there is more to measure."""
        return self._job is not None and not self._job.done and time.monotonic() < self._looked + WATCHED

    def go_on(self, seconds: float) -> None:
        """Measure more between two looks."""
        self._job.work(seconds)

    def look(self, run: Any) -> Sight:
        """The surface, with a little more of it measured than at the last look."""
        self._looked = time.monotonic()
        moment, origin = _anchored(run, self._wish), trainer_of(run).tape.nearest(0)[1]
        resting, first = hurry().resting, self._job is None
        if first or self._out_of_date(moment, origin, resting):
            self._begin(moment, origin)
        shown = self._shown
        if not self._job.done or shown is None or shown.unfinished or shown.plane is not self._job.plane:
            self._job.work(FIRST_SLICE if first else LONG_SLICE if self._job.begun else SLICE)
            # While the run goes on a whole surface of a moment ago says more than a coarse one of now.
            if self._job.done or resting or self._shown is None or self._shown.unfinished:
                self._shown = self._job.sight(self._number)
        return self._shown

    def _out_of_date(self, moment: Any, origin: Any, resting: bool) -> bool:
        if origin is not self._origin:
            return True
        if self._wish.anchor is not None or moment is self._moment:
            return False
        # A run that goes on has moved before a large surface is whole: then it is finished first.
        return self._job.done or resting or moment.step < self._moment.step

    def _begin(self, moment: Any, origin: Any) -> None:
        if origin is not self._origin:
            self._shown = None
        self._job = Job(moment, self._wish, None if self._shown is None else self._shown.plane)
        self._origin, self._moment = origin, moment
        self._number = self._views.remember(self._job.plane)


class Views:
    """All surfaces of one run that are watched, and the planes that were shown last."""

    def __init__(self) -> None:
        self._views: OrderedDict[tuple[Any, bool], View] = OrderedDict()
        self._planes: OrderedDict[int, Plane] = OrderedDict()
        self._path: tuple[Any, Plane, dict[str, Any]] | None = None
        # Never those of another process: a press that comes late finds its own plane, or none.
        self._numbers = itertools.count(secrets.randbelow(2**48))

    def look(self, run: Any, wish: PlaneLens) -> Sight:
        """The surface that `wish` describes, as far as it is measured."""
        now = hasattr(run, "tape")  # who looks at the past and who looks at now have surfaces of their own
        view = self._views.pop((wish, now), None) or View(wish, self)
        self._views[wish, now] = view
        if len(self._views) > VIEWS:
            self._views.popitem(last=False)
        return view.look(run)

    def path(self, moment: Any, plane: Plane, find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What `find` found for the same moment and plane a while ago: two pictures of one surface share their path."""
        if self._path is None or self._path[0] is not moment or self._path[1] is not plane:
            self._path = moment, plane, find()
        return self._path[2]

    @property
    def waited_for(self) -> bool:
        """Whether there is more to measure for somebody who looks."""
        return any(view.waited_for for view in self._views.values())

    def go_on(self, seconds: float) -> None:
        """Measure more of what is waited for, for about so long: a run that rests has the time."""
        for view in self._views.values():
            if view.waited_for:
                view.go_on(seconds)
                return

    def remember(self, plane: Plane) -> int:
        """The number of a plane from now on."""
        number = next(self._numbers)
        self._planes[number] = plane
        most = max(2, min(PLANES, PLANE_BYTES // (16 * max(len(plane.values), 1))))
        while len(self._planes) > most:
            self._planes.popitem(last=False)
        return number

    def point(self, number: int, x: float, y: float) -> Tensor:
        """All numbers of the network at a point of a plane that was shown lately. Raises ValueError, in words for a
        person, where it was not."""
        plane = self._planes.get(number)
        if plane is None:
            raise ValueError("This surface is no longer there. Wait for the new one, and press it again.")
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError("A point of the surface has two coordinates that are numbers.")
        return plane.point(x, y)


def views_of(trainer: Any) -> Views:
    """The surfaces of a trainer, kept as long as it."""
    return _views.setdefault(trainer, Views())


def point_of(trainer: Any, plane: int, x: float, y: float) -> Tensor:
    """All numbers of the network, (P + B,), at a point of the plane that a surface of `trainer` was shown on; see
    `Views.point`."""
    return views_of(trainer).point(plane, x, y)


_views: WeakKeyDictionary[Any, Views] = WeakKeyDictionary()
