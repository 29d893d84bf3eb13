"""Work that takes several looks: done at once where there is time, a little at a time where somebody waits."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Iterator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from playground.lenses.hurry import hurry
from playground.lenses.picked import Picked

T = TypeVar("T")
Work = Generator[None, None, T]
"""Work that may rest wherever it yields, and returns what it has found."""
Stages = Iterator[Any]
"""Work whose results grow: it yields what is found by now, or None where that is what it was."""

SLICE, RESTING_SLICE, FIRST_SLICE = 0.012, 0.040, 0.050
"""Seconds of work at one look, about, while the run goes on, while it rests, and at the first one: who has just opened
the view shall see something."""
VIEWS = 4
"""Different wishes of one run's viewers that are worked on, or kept, at the same time."""


def whole(work: Work[T]) -> T:
    """The result of work that is not interrupted."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


class Gradual:
    """One wish of the viewers of one run: what is worked on for it, and what is shown meanwhile."""

    def __init__(self) -> None:
        self._stages: Stages | None = None
        self._moment: Any = None
        self._origin: Any = None
        self._found: Any = None
        self._shown: Any = None
        self._complete = False
        """Whether what is shown was whole when it was taken."""

    def look(self, moment: Any, origin: Any, begin: Callable[[Any], Stages]) -> tuple[Any, bool]:
        """What there is to see by now, and whether more is to come, with a little more of the work done.

        begin: starts the work for a moment. origin: another one means another run, of which nothing is shown.
        """
        resting, first = hurry().resting, self._origin is not origin
        if first:
            self._shown, self._complete = None, False
        # A run that goes on has moved before long work is whole: then it is finished first.
        if first or (
            moment is not self._moment and (resting or self._stages is None or moment.step < self._moment.step)
        ):
            self._stages, self._moment, self._origin, self._found = begin(moment), moment, origin, None
        if self._stages is not None:
            self._work(FIRST_SLICE if first else RESTING_SLICE if resting else SLICE)
        # While the run goes on, all of a moment ago says more than a part of now.
        if self._stages is None or resting or not self._complete:
            self._shown, self._complete = self._found, self._stages is None
        return self._shown, self._stages is not None

    def _work(self, seconds: float) -> None:
        """Go on for about so long, by one bite at least, and until there is something to show."""
        end = time.perf_counter() + seconds
        while True:
            try:
                found = next(self._stages)
            except StopIteration:
                self._stages = None
                return
            except Exception:
                self._origin = None  # the next look begins anew, and tells the same
                raise
            self._found = self._found if found is None else found
            if self._found is not None and time.perf_counter() >= end:
                return


def hashable(image: Picked | dict[str, Any] | None) -> Picked | None:
    """A picked image as a part of a wish."""
    return Picked.model_validate(image) if isinstance(image, dict) else image


def gradually(run: Any, wish: Hashable, begin: Callable[[Any], Stages]) -> tuple[Any, bool]:
    """What `begin` finds of a trainer's present moment, or of a moment, and whether there is more to come.

    All of it, unless this is `hurry.a_little_at_a_time`: then what there is by now, and every look goes on with it.
    wish: what is looked for, the same for who looks for the same.
    """
    now = hasattr(run, "tape")
    trainer = run if now else getattr(run, "run", lambda: None)()
    moment = run.at() if now else run
    if hurry() is None or trainer is None:
        *_, found = (found for found in begin(moment) if found is not None)
        return found, False
    views = _views.setdefault(trainer, OrderedDict())
    view = views.pop((wish, now), None) or Gradual()
    views[wish, now] = view  # who looks at the past and who looks at now have work of their own
    if len(views) > VIEWS:
        views.popitem(last=False)
    return view.look(moment, trainer.tape.nearest(0)[1], begin)


_views: WeakKeyDictionary[Any, OrderedDict] = WeakKeyDictionary()
