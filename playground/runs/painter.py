"""What viewers see of one run, computed and encoded in its worker."""

import time
import traceback
from typing import Any

import orjson

from playground import lenses
from playground.figures import view_of
from playground.figures.live import Unsuited
from playground.lenses.hurry import a_little_at_a_time
from playground.runs.status import moment_status, status
from playground.runs.views import MOMENT
from playground.runs.wire import encode

_MOST_DRAFTS = 64  # pictures of the past that are not whole; a viewer who drags the timeline leaves many behind
_LONGEST_MEASURE = 0.005  # seconds; with much data the losses of a step cost more than its pictures
_LONGEST_AT_REST = 0.25  # seconds that the numbers of the step at which a run rests may take


class Painter:
    """Draws the views of ``seat``'s run. A view that fails is drawn as its error and harms nothing else."""

    def __init__(self, seat: Any) -> None:
        self._seat = seat
        self._views: dict[tuple[str, str], Any] = {}
        self._measure_seconds = 0.0
        self._reported: set[tuple[str, str]] = set()
        self.unfinished = False
        """Whether a view of this frame, drawn again, would show more."""
        self._past: tuple[list[int], Any] | None = None  # the last moment of the past looked at, and its version
        self._drafts: dict[tuple[Any, ...], int] = {}  # how often a picture of the past was drawn that was not whole

    def status(self, measured: bool = True) -> dict[str, Any]:
        """The run's state in numbers.

        The losses are those of this very step where they are at hand, or where ``measured`` and measuring is quick
        (at rest it may take longer: what is read then stands beside views of this very step), else those recorded last.
        """
        trainer = self._seat.trainer
        most = _LONGEST_MEASURE if self._seat.active else _LONGEST_AT_REST
        if not trainer.is_measured:
            if not measured or self._measure_seconds > most:
                return status(self._seat, trainer.record_at(trainer.step))
            start = time.thread_time()  # others may be at work on this core
            trainer.measure()
            self._measure_seconds = time.thread_time() - start
        return status(self._seat, trainer.measure())

    def version(self, key: list[Any]) -> list[int]:
        """Equal versions of a key are equal pictures; a whole one of the past is one until the run is reset."""
        at = key[2]
        if at is None:
            return self._seat.version
        return [self._seat.revision, self._seat.generation, at, self._drafts.get(tuple(key), 0)]

    def draw(self, key: list[Any], base: bool) -> tuple[dict[str, Any], list[bytes]]:
        """One view: what the hub must know of it, and its pieces of JSON (base when asked for, then frame)."""
        name, options, at = key
        part = {"key": key, "version": self.version(key), "base": False, "step": self._seat.trainer.step}
        try:
            moment = self._seat.trainer if at is None else self._moment(at)
            part["step"] = moment.step
            if name == MOMENT:
                return part, [encode(moment_status(self._seat.trainer, moment))]
            view = self._view(name, options)
            with a_little_at_a_time(resting=not self._seat.hungry):
                arrays = getattr(lenses, view.lens)(moment, **view.lens_options)
            if arrays.get("unfinished"):
                self._draft(key)
            pieces = [encode(view.base(arrays, moment))] if base else []
            pieces.append(encode(view.frame(arrays, moment)))
            part["base"] = base
            return part, pieces
        except Exception as error:
            if not isinstance(error, Unsuited):  # the data has just changed, and the page is about to follow
                self._report(name, error)
            part["error"] = True
            return part, [encode(f"This view failed: {str(error) or type(error).__name__}")]

    def _draft(self, key: list[Any]) -> None:
        """This picture, drawn again, would show more."""
        self.unfinished = True
        if key[2] is not None:  # of now there is another one with the next step anyway
            self._drafts = self._drafts if len(self._drafts) < _MOST_DRAFTS else {}
            self._drafts[tuple(key)] = self._drafts.get(tuple(key), 0) + 1

    def _report(self, name: str, error: Exception) -> None:
        """To the server's log, once; not at every frame."""
        if (name, str(error)) not in self._reported:
            self._reported.add((name, str(error)))
            traceback.print_exception(error)

    def forget(self) -> None:
        """Let go of what is only kept between the views of one frame."""
        self._past, self.unfinished = None, False

    def _view(self, name: str, options: str) -> Any:
        if (name, options) not in self._views:
            if len(self._views) > 32:  # a viewer who drags a slider leaves many behind
                self._views.clear()
            self._views[name, options] = view_of(name, self._seat.trainer.dataset, orjson.loads(options))
        return self._views[name, options]

    def _moment(self, at: int) -> Any:
        """The moment of step ``at``, shared by the views of one frame."""
        version = [self._seat.revision, self._seat.generation, at]
        if self._past is None or self._past[0] != version:
            self._past = version, self._seat.trainer.at(at)
        return self._past[1]
