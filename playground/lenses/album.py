"""Pictures of a run's past, made from its tape a little at a time: nothing is measured while nobody looks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Container
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from playground.lenses.hurry import hurry
from playground.training.packing import Packed

Picture = TypeVar("Picture")
Take = Callable[[Any, int], Picture]
"""(trainer, step on its tape) to the picture of that step."""

INF = math.inf
SLICE, RESTING_SLICE, FIRST_SLICE = 0.002, 0.015, 0.1
"""Seconds of work at one look, about, while the run goes on, while it rests, and at the first one: who has just opened
the view shall see something."""
SHARE = 0.05
"""Of a running run's time, at most, goes into pictures of its past."""
LONGEST_REST = 1.0
"""Seconds after which there is time for another, however long one took."""
LAG = 0.03
"""Share of the run that the latest picture may be behind, while earlier ones are missing."""
FINEST = 6
"""Two to the power of so many pictures at least, and twice as many at most, are taken of a long run."""


class Album(Generic[Picture]):
    """The pictures of one trainer's run that `take` takes: made when asked for, kept while their snapshot is on the
    tape."""

    def __init__(self, take: Take[Picture]) -> None:
        self._take = take
        self._pictures: dict[int, tuple[Packed, Picture]] = {}
        self._rest_until = 0.0

    def look(self, trainer: Any) -> tuple[list[int], list[Picture], int]:
        """(steps, pictures, missing): those that there are, in order, and how many are still to be made.

        All are made at once, unless this is `a_little_at_a_time`: then every look makes a few. While the run goes on
        they take at most `SHARE` of its time; a run that rests is caught up with as quickly as somebody looks.
        """
        wanted = chosen(trainer.tape.steps)
        self._forget(trainer, wanted)
        missing = _in_order(wanted, self._pictures)
        start, end = time.monotonic(), self._end(bool(self._pictures))
        while missing and (time.monotonic() < end or not self._pictures):
            step = missing.pop(0)
            self._pictures[step] = trainer.tape.nearest(step)[1], self._take(trainer, step)
            self._rest_until = time.monotonic() + min((time.monotonic() - start) / SHARE, LONGEST_REST)
        steps = [step for step in wanted if step in self._pictures]
        return steps, [self._pictures[step][1] for step in steps], len(missing)

    def _end(self, begun: bool) -> float:
        """Until when pictures may be made now (`time.monotonic` seconds)."""
        pressed, now = hurry(), time.monotonic()
        if pressed is None:
            return INF
        if not begun:
            return now + FIRST_SLICE
        if pressed.resting:
            return now + RESTING_SLICE
        return now + SLICE if now >= self._rest_until else now

    def _forget(self, trainer: Any, wanted: list[int]) -> None:
        """Drop what is not wanted any more, and what a rewind has made untrue."""
        self._pictures = {
            step: made
            for step in wanted
            if (made := self._pictures.get(step)) is not None and trainer.tape.nearest(step)[1] is made[0]
        }


def album_of(trainer: Any, take: Take[Picture]) -> Album[Picture]:
    """The album of what `take` takes of a trainer, kept as long as the trainer. Raises TypeError for a moment, which
    has no past."""
    if not hasattr(trainer, "tape"):
        raise TypeError("what changes over a run is the trainer's to tell; a single moment has no past")
    return _albums.setdefault(trainer, {}).setdefault(take, Album(take))


_albums: WeakKeyDictionary[Any, dict[Take[Any], Album[Any]]] = WeakKeyDictionary()


def chosen(steps: list[int]) -> list[int]:
    """Those of a tape's steps that are looked at: about evenly spaced, 64 to 130 of a long run.

    When the run grows to twice its length every second one is left out and none is new, so little is done twice.
    """
    gap = 1 << max(0, (steps[-1] if steps else 0).bit_length() - 1 - FINEST)
    kept = [step for before, step in zip([-gap, *steps], steps, strict=False) if step // gap != before // gap]
    return kept if not steps or kept[-1] == steps[-1] else [*kept, steps[-1]]


def _in_order(wanted: list[int], made: Container[int]) -> list[int]:
    """Those that are not made yet: the first, then the multiples of ever smaller powers of two, so that there is soon
    a rough picture and then a finer one. Before all others the last, where `LAG` of the run has gone by since one."""
    missing = sorted((step for step in wanted if step not in made), key=lambda step: -(step & -step) if step else -INF)
    last, newest = wanted[-1], max((step for step in wanted if step in made), default=-INF)
    if last - newest > LAG * last:
        missing.remove(last)
        missing.insert(0, last)
    return missing
