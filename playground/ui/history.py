"""What was done to an experiment, step by step, and the way back and forth along it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.experiment import Experiment

MOST = 100
"""Steps kept in a browser tab: each is a link of a few hundred characters and a sentence."""


@dataclass(frozen=True)
class Step:
    """One state of the experiment.

    serial: its number, never used again; link: the experiment; told: what was done to come here from the step before,
    in one phrase; preset: the kind of preset that was taken here, if one was.
    """

    serial: int
    link: str
    told: str
    preset: str | None = None

    @property
    def experiment(self) -> Experiment:
        return Experiment.from_link(self.link)


class History:
    """The states an experiment went through in one browser tab; one of them is where it is now.

    said: the last thing that was done, undoing and redoing included; "" when nothing was.
    """

    def __init__(self, experiment: Experiment, preset: str | None = None) -> None:
        self._steps = [Step(0, experiment.to_link(), "", preset)]
        self._now = 0
        self._next = 1
        self.said = ""

    @property
    def now(self) -> Step:
        """Where the experiment is."""
        return self._steps[self._now]

    @property
    def past(self) -> list[Step]:
        """The steps that lead here, the present one last; the first of them cannot be undone."""
        return self._steps[: self._now + 1]

    @property
    def future(self) -> list[Step]:
        """The steps that were undone, the next one to redo first."""
        return self._steps[self._now + 1 :]

    @property
    def preset(self) -> Step | None:
        """The step at which the preset was taken that this experiment comes from; None where it comes from none."""
        return next((step for step in reversed(self.past) if step.preset), None)

    def record(self, experiment: Experiment, told: str, preset: str | None = None) -> None:
        """The experiment became another one. What had been undone can no longer be redone."""
        link = experiment.to_link()
        if link == self.now.link and preset == self.now.preset:
            return
        self._steps = [*self.past, Step(self._next, link, told, preset)][-MOST:]
        self._now = len(self._steps) - 1
        self._next += 1
        self.said = told

    def fuse(self, told: str) -> None:
        """Make the last two things that were done one, called `told`: they are parts of one gesture."""
        if self._now < 2 or self.future:
            return
        self._steps = [*self._steps[:-2], replace(self.now, told=told)]
        self._now -= 1
        self.said = told

    def go(self, serial: int) -> Step | None:
        """Move to a step; None, and nothing moves, where it is gone or is the present one."""
        place = next((i for i, step in enumerate(self._steps) if step.serial == serial), self._now)
        if place == self._now:
            return None
        back = place < self._now
        crossed = self._steps[place + 1 : self._now + 1] if back else self._steps[self._now + 1 : place + 1]
        first = crossed[-1] if back else crossed[0]
        more = f", and {len(crossed) - 1} more" if len(crossed) > 1 else ""
        self.said = f"{'Undone' if back else 'Redone'}: {first.told}{more}"
        self._now = place
        return self.now
