"""When a cell of a sweep is measured: at some of the steps at which a lone run is, as there are hundreds of cells."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from playground.training import rules

_OCTAVE = 5
"""Every step is recorded up to two to this power; from then on half as many in an octave."""


def gap(step: int, apart: int = 1) -> int:
    """Steps between two records around `step`: 1 up to 31, from then on 16 records in an octave, or as many as a lone
    run has where those are fewer. apart: as in `rules.record_gap`."""
    return max(1 << max(0, step.bit_length() - _OCTAVE), rules.record_gap(step, apart))


def is_recorded(step: int, apart: int = 1) -> bool:
    """Whether losses are measured at `step`."""
    return step % gap(step, apart) == 0


def following(step: int, apart: int = 1) -> int:
    """The first step after `step` that is recorded."""
    # As in `rules`: the next multiple of a gap is at the latest the start of the next octave.
    here = gap(step, apart)
    after = (step // here + 1) * here
    return after if is_recorded(after, apart) else following(after, apart)


def between(step: int, end: int, apart: int = 1) -> np.ndarray:
    """The recorded steps after `step` and before `end`, (n,) int64."""
    known = _up_to(max(end, 2).bit_length(), apart)
    return known[np.searchsorted(known, step, side="right") : np.searchsorted(known, end)]


@lru_cache(maxsize=64)
def _up_to(octaves: int, apart: int) -> np.ndarray:
    """The recorded steps from 0 to two to the power of `octaves`."""
    found = [0]
    while found[-1] < 1 << octaves:
        found.append(following(found[-1], apart))
    return np.array(found, np.int64)
