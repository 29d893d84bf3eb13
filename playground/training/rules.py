"""When a run is recorded and photographed: at steps that are a function of the step count alone.

Early on much happens in few steps, later little in many, so both go by octaves (the steps from one power of two to
the next). Where measuring takes as long as many steps, the records are further apart.
"""

from __future__ import annotations

from functools import partial

WORTH = 24
"""Steps between two records take at least so many times as long as measuring does, in the long run."""
PASSES = 3
"""A training step takes as long as so many ways forward through the network."""


def apart(measured: int, batch_size: int) -> int:
    """How far apart records have to be where `measured` samples are measured: a power of two."""
    return 1 << (WORTH * measured // (PASSES * batch_size)).bit_length()


def record_gap(step: int, apart: int = 1) -> int:
    """Steps between two records around `step`: 1 up to 255, from then on 128 records in an octave.

    apart: how far apart they are at least, once `step` is some times that: until then there are 4 in an octave, and one
    in each of the first, whose steps take no longer than measuring does (about as long as `apart` / 32 of them).
    """
    octave = max(0, step.bit_length() - 1)
    early = max(1 << max(0, octave - 2), min(1 << octave, apart >> 5))
    return max(1 << max(0, octave - 7), min(apart, early))


def snapshot_gap(step: int) -> int:
    """Steps between two snapshots around `step`: 1 up to 95, from then on 48 in an octave.

    32 in the lower half of an octave and 16 in its upper half, so that the gap doubles every half octave or so.
    """
    octave = step.bit_length() - 1
    upper = step >= 3 << (octave - 1) if octave > 0 else False
    return 1 << max(0, octave - (5 if upper else 6))


def is_recorded(step: int, apart: int = 1) -> bool:
    """Whether losses are measured at `step`; step 0 is before training."""
    return step % record_gap(step, apart) == 0


def is_photographed(step: int) -> bool:
    """Whether the tape takes a snapshot at `step`."""
    return step % snapshot_gap(step) == 0


def next_stop(step: int, apart: int = 1) -> int:
    """The first step after `step` that is recorded or photographed."""
    return min(_next(step, partial(record_gap, apart=apart)), _next(step, snapshot_gap))


def _next(step: int, gap_at) -> int:
    # A gap never grows faster than its multiples come: the next multiple of the present gap is at the latest the
    # start of the next octave (or half), which is a multiple of every gap up to it.
    gap = gap_at(step)
    following = (step // gap + 1) * gap
    return following if following % gap_at(following) == 0 else _next(following, gap_at)
