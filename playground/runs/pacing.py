"""How fast a run goes: so many steps a second, exactly, or as fast as it can.

A small network takes a million steps a second, and what there is to see of its learning would be over before the first
picture. Most of it happens in the first thousand steps, so a run without a limit gathers speed in proportion to the
steps it has taken: a second for the first 2,000, another for the next 40,000, and after three it is as fast as it can.
"""

import math
import time
from collections import deque

_FORGIVEN_SECONDS = 0.25  # a debt of steps older than this is dropped: a run that cannot keep up does not race later
_GATHERING = 3.0  # without a limit, the speed is this times the steps so far (each second) ...
_HEAD_START = 100  # ... and these
_WINDOW_SECONDS = 2.0
_SAMPLE_SECONDS = 0.05


class Pace:
    """Says how many steps are due. ``speed`` is in steps per second; None is no limit. Times are `time.monotonic`."""

    def __init__(self, speed: float | None = None) -> None:
        self.speed = speed
        self._anchor = 0.0  # the time of the first counted step
        self._taken = 0
        self._last = float("-inf")  # the time of the last step
        self._owed = self._part = 0.0  # without a limit: steps owed by then, and the part of one that was left

    def start(self, now: float) -> None:
        """Begin to count: the first step is due at once."""
        self._anchor, self._taken = now, 0

    def change(self, speed: float | None, now: float) -> None:
        """Another speed, in the middle of the run: the next step is due one new interval after the last one."""
        self.speed = speed
        self._anchor, self._taken = max(self._last, now - _FORGIVEN_SECONDS), 1

    def due(self, now: float, step: int) -> int:
        """Steps due by now, after `step` steps in all."""
        if self.speed is None:
            since = min(now - max(self._last, self._anchor), _FORGIVEN_SECONDS)
            self._owed = self._part + (step + _HEAD_START) * math.expm1(_GATHERING * since) + (self._taken == 0)
            return int(self._owed)
        owed = int((now - self._anchor) * self.speed) + 1 - self._taken
        if owed > 1 + self.speed * _FORGIVEN_SECONDS:
            self._anchor, self._taken, owed = now, 0, 1
        return max(owed, 0)

    def took(self, steps: int, now: float) -> None:
        """Steps were taken."""
        self._taken += steps
        self._last = now
        self._part = min(max(self._owed - steps, 0.0), 1.0)

    def next_time(self, step: int) -> float:
        """When the next step is due, after `step` steps in all."""
        if self.speed is None:
            if self._taken == 0:
                return self._anchor
            return max(self._last, self._anchor) + math.log1p(1 / (step + _HEAD_START)) / _GATHERING
        return self._anchor + self._taken / self.speed


class Meter:
    """Measures steps per second over the last two seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def restart(self, step: int) -> None:
        """Forget what was before a pause, a rewind or a reset; counting goes on from ``step``."""
        self._samples.clear()
        self._samples.append((time.monotonic(), step))

    def note(self, step: int) -> None:
        """The run is at ``step`` now."""
        now = time.monotonic()
        samples = self._samples
        if len(samples) > 1 and now - samples[-2][0] < _SAMPLE_SECONDS:
            samples.pop()
        samples.append((now, step))
        while len(samples) > 2 and samples[1][0] < now - _WINDOW_SECONDS:
            samples.popleft()

    @property
    def rate(self) -> float:
        """Steps per second; 0 before there is anything to measure."""
        if len(self._samples) < 2:
            return 0.0
        (start, first), (end, last) = self._samples[0], self._samples[-1]
        return (last - first) / (end - start) if end > start else 0.0
