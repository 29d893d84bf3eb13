"""How much time a look may take: all there is, so many seconds, or a little at a time while the run goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Hurry(NamedTuple):
    """Somebody waits for the look to end; a run that rests waits for nothing."""

    resting: bool


_hurry: ContextVar[Hurry | None] = ContextVar("hurry", default=None)
_patience: ContextVar[float] = ContextVar("patience", default=math.inf)


def patience() -> float:
    """Seconds that one look may take at most, about; infinity where nobody waits."""
    return _patience.get()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Within it a look that could take long ends after so many seconds with what it has by then."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def hurry() -> Hurry | None:
    """The hurry that a lens is in; None where it may take all the time it needs."""
    return _hurry.get()


@contextmanager
def a_little_at_a_time(resting: bool = False) -> Iterator[None]:
    """Within it no look takes long: one that has more to do says so as `unfinished`, and goes on at the next.

    resting: whether the run takes no steps meanwhile that the look would hold up.
    """
    token = _hurry.set(Hurry(resting))
    try:
        yield
    finally:
        _hurry.reset(token)
