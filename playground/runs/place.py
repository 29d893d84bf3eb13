"""A run's place in a worker: its seat, the pictures that viewers wait for, its checkpoints, and what they may cost."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from playground.lenses.landscape.views import views_of
from playground.runs import messages
from playground.runs.painter import Painter
from playground.runs.seat import Seat
from playground.runs.wire import encode

_FRAME_SHARE = 0.10  # of a run's time, at most, goes into pictures ...
_LONGEST_FRAME_GAP = 1 / 3  # ... but they come at least this often (seconds) ...
_MOST_FRAME_SHARE = 0.40  # ... unless so many runs share the processor that this much of it would go into pictures
_STATUS_GAP = 0.5  # between two sets of mere numbers, for viewers that watch no view
_SHORTEST_WORK = 0.002  # seconds; steps come before pictures
_SAVE_SHARE = 0.03
_SAVE_GAP = 1.0


class Place:
    """``send(kind, payload, **header)`` writes to the hub."""

    def __init__(self, seat: Seat, send: Callable) -> None:
        self.seat = seat
        self._send = send
        self._painter = Painter(seat)
        self._wishes: list[dict[str, Any]] | None = None  # None: no viewer is ready for a frame
        self._shown: list[int] | None = None  # the version of the last frame
        self._show_time = self._save_time = -math.inf
        self._show_cost = self._save_cost = 0.0
        self._save_due = True
        self._unfinished, self._measured = False, True  # what the last pictures were, see `_would_show_more`

    def next_time(self, frame_rate: float, busy: int) -> float:
        """When this run next needs the processor (`time.monotonic` seconds; infinity: not before a message)."""
        if self._idles_for_views:
            return -math.inf
        return min(self.seat.next_time(), self._next_show(frame_rate, busy), self._next_save(busy))

    def work(self, seconds: float, frame_rate: float, busy: int) -> None:
        """Take the steps that are due, for about ``seconds`` at most, or until the next picture is due."""
        now = time.monotonic()
        until_frame = max(self._next_show(frame_rate, busy) - now, _SHORTEST_WORK)
        if self.seat.next_time() <= now:
            self.seat.advance(min(seconds, until_frame))
        elif self._idles_for_views:
            views_of(self.seat.trainer).go_on(min(seconds, until_frame))

    @property
    def _idles_for_views(self) -> bool:
        """Whether it takes no steps now and somebody waits for a landscape."""
        return not self.seat.hungry and views_of(self.seat.trainer).waited_for

    def watch(self, wishes: list[dict[str, Any]] | None) -> None:
        """What the ready viewers wait for; replaces what they waited for before."""
        self._wishes = wishes

    def show(self, frame_rate: float, busy: int) -> None:
        """Send the pictures that are due: at the frame rate at most, and within their share of the run's time."""
        start = time.monotonic()
        if self._next_show(frame_rate, busy) > start:
            return
        pieces, parts = [encode(self._painter.status())], []
        for wish in self._missing():
            part, drawn = self._painter.draw(wish["key"], wish["base"])
            parts.append(part)
            pieces += drawn
        seat = self.seat
        if parts:
            others = self._unfinished and self._shown == seat.version  # those of an earlier frame of this step
            self._unfinished, self._measured = self._painter.unfinished or others, seat.trainer.is_measured
        self._painter.forget()
        payload, lengths = messages.join_pieces(pieces)
        if parts or self._shown != seat.version:
            self._wishes = None  # answered; the hub wishes again when a viewer is ready again
        self._send(
            "frame",
            payload,
            run=seat.run_id,
            version=seat.version,
            news=seat.changed,
            answered=self._wishes is None,
            parts=parts,
            lengths=lengths,
        )
        self._shown, seat.changed = seat.version, False
        self._show_time = start
        if parts:
            cost = time.monotonic() - start
            self._show_cost = cost if not self._show_cost else 0.8 * self._show_cost + 0.2 * cost
        if self._would_show_more and not seat.hungry:
            seat.generation += 1  # the rest is drawn before the next step comes
            self._unfinished, self._measured = False, True

    @property
    def _would_show_more(self) -> bool:
        """Whether the last pictures, drawn again, would show more; a run that came to rest at their very step, too."""
        return self._unfinished or (self.seat.trainer.is_measured and not self._measured)

    def save_soon(self) -> None:
        """Have the next `save` happen at once."""
        self._save_due = True

    def save(self, busy: int) -> None:
        """Send a checkpoint if one is due: after commands, at the end, and every second or so in between."""
        if self._next_save(busy) <= time.monotonic():
            self.save_now()

    def save_now(self, leaving: bool = False) -> None:
        """Send a checkpoint; ``leaving`` says that the run's place is free after it."""
        start, seat = time.monotonic(), self.seat
        columns = seat.trainer.recorded()
        table = np.array(list(columns.values()), dtype="<f8")  # once more than in the checkpoint: the hub has no torch
        pieces = [encode(self._painter.status(measured=not seat.active)), seat.trainer.dumps(), table.tobytes()]
        payload, lengths = messages.join_pieces(pieces)
        self._send(
            "checkpoint",
            payload,
            lengths=lengths,
            run=seat.run_id,
            version=seat.version,
            seq=seat.seq,
            playing=seat.playing,
            goal=seat.goal,
            speed=seat.pace.speed,
            leaving=leaving,
            columns=list(columns),
        )
        seat.unsaved = self._save_due = False
        self._save_time = time.monotonic()
        self._save_cost = self._save_time - start

    def _missing(self) -> list[dict[str, Any]]:
        """The wishes whose answer differs from what the hub has."""
        return [wish for wish in self._wishes or () if wish["after"] != self._painter.version(wish["key"])]

    def _next_show(self, frame_rate: float, busy: int) -> float:
        seat = self.seat
        if seat.changed:
            return -math.inf
        if self._wishes is None:
            return math.inf
        missing = self._missing()
        if not missing and self._shown == seat.version:
            return math.inf
        if any(wish["after"] is None for wish in missing):
            return self._show_time + 1 / frame_rate  # somebody waits for a first picture
        if not seat.active:
            return -math.inf  # the last picture before a pause
        if not missing:
            return self._show_time + _STATUS_GAP
        cost = self._show_cost * busy
        gap = min(cost / _FRAME_SHARE, max(_LONGEST_FRAME_GAP, cost / _MOST_FRAME_SHARE))
        return self._show_time + max(gap, 1 / frame_rate)

    def _next_save(self, busy: int) -> float:
        if self._save_due or (self.seat.unsaved and not self.seat.active and not self.seat.dragged):
            return -math.inf
        if not self.seat.unsaved:
            return math.inf
        return self._save_time + max(_SAVE_GAP, self._save_cost / _SAVE_SHARE * busy)
