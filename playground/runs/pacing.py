"""How fast a run goes: so many steps a second, exactly, or as fast as it can."""

import time
from collections import deque

_FORGIVEN_SECONDS = 0.25  # a debt of steps older than this is dropped: a run that cannot keep up does not race later
_WINDOW_SECONDS = 2.0
_SAMPLE_SECONDS = 0.05


class Pace:
    """Says how many steps are due. ``speed`` is in steps per second; None is no limit. Times are `time.monotonic`."""

    def __init__(self, speed: float | None = None) -> None:
        self.speed = speed
        self._anchor = 0.0  # the time of the first counted step
        self._taken = 0
        self._last = float("-inf")  # the time of the last step

    def start(self, now: float) -> None:
        """Begin to count: the first step is due at once."""
        self._anchor, self._taken = now, 0

    def change(self, speed: float | None, now: float) -> None:
        """Another speed, in the middle of the run: the next step is due one new interval after the last one."""
        self.speed = speed
        self._anchor, self._taken = max(self._last, now - _FORGIVEN_SECONDS), 1

    def due(self, now: float) -> int | None:
        """Steps due by now; None is any number."""
        if self.speed is None:
            return None
        owed = int((now - self._anchor) * self.speed) + 1 - self._taken
        if owed > 1 + self.speed * _FORGIVEN_SECONDS:
            self._anchor, self._taken, owed = now, 0, 1
        return max(owed, 0)

    def took(self, steps: int, now: float) -> None:
        """Steps were taken."""
        self._taken += steps
        self._last = now

    def next_time(self) -> float:
        """When the next step is due; the past for no limit."""
        return float("-inf") if self.speed is None else self._anchor + self._taken / self.speed


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
