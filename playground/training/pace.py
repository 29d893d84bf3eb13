"""A schedule's factors for many steps at once: worked out in Python once, and shared by all runs that follow it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

_BLOCK = 1024
"""Steps whose factors are kept together."""


def factors(schedule: Any, steps_per_epoch: int, start: int, count: int) -> np.ndarray:
    """What `schedule` (an entry of `experiment.schedules`) multiplies the learning rate by at the steps `start`,
    `start + 1`, ...: (count,) float64."""
    first, last = start // _BLOCK, (start + max(count, 1) - 1) // _BLOCK
    blocks = [_block(schedule, steps_per_epoch, number) for number in range(first, last + 1)]
    found = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    offset = start - first * _BLOCK
    return found[offset : offset + count]


@lru_cache(maxsize=256)  # 2 MB
def _block(schedule: Any, steps_per_epoch: int, number: int) -> np.ndarray:
    first = number * _BLOCK
    found = np.array([schedule.factor(step / steps_per_epoch) for step in range(first, first + _BLOCK)])
    found.flags.writeable = False
    return found
