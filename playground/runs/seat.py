"""One run in its worker: the trainer, whether and how fast it plays, and what a person just asked of it."""

import math
import time
from typing import Any

from playground.lenses.landscape.views import point_of
from playground.runs.controls import BY_HAND
from playground.runs.pacing import Meter, Pace
from playground.runs.patch import live_patch
from playground.training import Trainer

_FIRST_CHUNK = 1  # steps taken before anything is known about how long a step takes


class Seat:
    """A run's place in a worker. ``generation`` counts what makes the same step another step: reset, rewind, update,
    whatever is done by hand."""

    def __init__(self, run_id: str, revision: int, trainer: Trainer, order: dict[str, Any]) -> None:
        self.run_id = run_id
        self.revision = revision
        self.trainer = trainer
        self.generation: int = order["generation"]
        self.seq: int = order["seq"]  # the last command that this state includes
        self.playing: bool = order["playing"]
        self.goal: int | None = order["goal"]  # pause at this step ("one step", "one epoch")
        self.pace = Pace(order["speed"])
        self.meter = Meter()
        self.changed = True  # something that a viewer or the hub should hear of, apart from frames
        self.unsaved = True  # there is progress that no checkpoint has
        self.dragged = False  # the last command is one of many that come quickly: saving each would cost too much
        self._step_seconds = 0.0  # a running mean
        if self.active:
            self._begin()

    @property
    def version(self) -> list[int]:
        """Equal versions show equal pictures."""
        return [self.revision, self.generation, self.trainer.step]

    @property
    def active(self) -> bool:
        """Whether there are steps to take, now or when the pace allows."""
        return (self.playing or self.goal is not None) and not self.over

    @property
    def hungry(self) -> bool:
        """Whether it would take all the time there is."""
        return self.active and (self.goal is not None or self.pace.speed is None)

    @property
    def over(self) -> bool:
        """Finished or diverged: no step can be taken until a reset or rewind."""
        return self.trainer.status in ("finished", "diverged")

    @property
    def state(self) -> str:
        """ready, playing, paused, finished or diverged: what the page shows."""
        if self.over:
            return self.trainer.status
        if self.active:
            return "playing"
        return "paused" if self.trainer.step else "ready"

    def next_time(self) -> float:
        """When the next step is due, in `time.monotonic` seconds; the past means now, infinity means never."""
        if not self.active:
            return math.inf
        return -math.inf if self.goal is not None else self.pace.next_time(self.trainer.step)

    def advance(self, seconds: float) -> None:
        """Take the steps that are due, for about ``seconds`` at most (one step at least)."""
        now = time.monotonic()
        due = self.pace.due(now, self.trainer.step) if self.goal is None else self.goal - self.trainer.step
        steps = min(self._chunk(seconds), due)
        if steps > 0:
            self._take(steps, now)
        self._rest_where_due()

    def catch_up(self, step: int) -> None:
        """Go on to `step`, where the run is on its way there.

        A command that comes again after a worker's death finds the run as far as the person saw it who gave it.
        """
        while self.active and self.trainer.step < step:
            goal = step if self.goal is None else min(step, self.goal)
            self._take(goal - self.trainer.step, time.monotonic())
            self._rest_where_due()

    def _rest_where_due(self) -> None:
        """Stop at the step that was asked for, and where the run is over."""
        if self.over or (self.goal is not None and self.trainer.step >= self.goal):
            self.playing, self.goal = False, None
            self.changed = True

    def command(self, op: str, value: Any) -> None:
        """Do what a person asked for: an ``op`` and its value as `playground.runs.controls` lets them pass.

        Of what is done by hand it may raise ValueError, in plain words, and nothing has changed then.
        """
        getattr(self, f"_do_{op}")(value)
        self.changed = self.unsaved = True
        self.dragged = op in BY_HAND

    def update(self, training: dict[str, Any]) -> None:
        """Change learning rate, regularisation, clipping or frozen layers in the middle of the run."""
        self.trainer.update(training)
        self.generation += 1
        self.changed = self.unsaved = True

    def use_engine(self, engine: str) -> None:
        """Train with another engine from here on."""
        self.trainer.use_engine(engine)
        self.changed = self.unsaved = True

    def load_weights(self, weights: dict[str, Any]) -> None:
        """Go on with other weights. Raises ValueError, in plain words, where they do not fit."""
        self.trainer.load_weights(weights)
        self._new_generation()
        self.changed = self.unsaved = True

    def _chunk(self, seconds: float) -> int:
        if not self._step_seconds:
            return _FIRST_CHUNK
        return max(1, int(seconds / self._step_seconds))

    def _take(self, steps: int, now: float) -> None:
        before = self.trainer.step
        self.trainer.advance(steps=steps)
        after, end = self.trainer.step, time.monotonic()
        if after > before:
            each = (end - now) / (after - before)
            self._step_seconds = each if not self._step_seconds else 0.7 * self._step_seconds + 0.3 * each
            self.unsaved = True
        self.pace.took(steps, now)
        self.meter.note(after)

    def _begin(self) -> None:
        self.pace.start(time.monotonic())
        self.meter.restart(self.trainer.step)

    def _halt(self) -> None:
        self.playing, self.goal = False, None

    def _do_play(self, _: Any) -> None:
        self.goal = None
        if not self.over and not self.playing:
            self.playing = True
            self._begin()

    def _do_pause(self, _: Any) -> None:
        self._halt()

    def _do_step(self, steps: int) -> None:
        self._aim(self._from() + steps)

    def _do_epoch(self, epochs: int) -> None:
        length = self.trainer.steps_per_epoch
        self._aim((self._from() // length + epochs) * length)

    def _do_reset(self, _: Any) -> None:
        self._halt()
        self.trainer.reset()
        self._new_generation()

    def _do_rewind(self, step: int) -> None:
        self._halt()
        wanted = self.trainer.experiment
        self.trainer.rewind(min(step, self.trainer.step))
        # Whoever lowered the learning rate after a divergence and goes back wants the lower one from there on.
        patch = live_patch(self.trainer.experiment, wanted)
        if patch:
            self.trainer.update(patch)
        self._new_generation()

    def _do_speed(self, speed: float | None) -> None:
        self.pace.change(speed, time.monotonic())

    def _do_weight(self, value: dict[str, Any]) -> None:
        self.trainer.set_weight(**value)
        self.generation += 1

    def _do_silence(self, value: dict[str, Any]) -> None:
        self.trainer.silence(**value)
        self.generation += 1

    def _do_teleport(self, value: dict[str, Any]) -> None:
        self.trainer.move_to(point_of(self.trainer, **value))
        self.generation += 1

    def _from(self) -> int:
        """Where the next steps are counted from: quick clicks add up."""
        return self.trainer.step if self.goal is None else self.goal

    def _aim(self, step: int) -> None:
        self._halt()
        self.goal = step
        self.meter.restart(self.trainer.step)

    def _new_generation(self) -> None:
        self.generation += 1
        self.meter.restart(self.trainer.step)
