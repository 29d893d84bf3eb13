"""The studio's process: heavy work that is no run, a little of each job in turn, behind all training.

A job that was given little time so far comes first, so that a quick one does not wait for a long one; long ones share.
"""

import math
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from playground.runs import lineage
from playground.runs.build import explain
from playground.runs.jobs import Rest
from playground.runs.mailbox import Mailbox
from playground.runs.marker import Marker
from playground.training.engines.fused import ahead

_MOST_AT_ONCE = 4  # jobs in turn, but for light ones; what they hold in memory adds up
_HEAD_START = 5.0  # seconds by which a job that begins, or wakes up, is ahead of those that have had more, at most
_TELL_GAP = 0.1  # seconds between two mere numbers of one job


@dataclass(eq=False, slots=True)
class _Job:
    id: str
    light: bool
    steps: Generator[tuple | Rest, dict[str, Any] | None, None]
    seconds: float = 0.0  # it has had so far
    told: float = -math.inf  # when its share was told last
    due: float = -math.inf  # it rests until then
    heard: deque[dict[str, Any]] = field(default_factory=deque)  # what it was told and has not taken yet
    begun: bool = False

    def heavy_at(self, now: float) -> bool:
        """Whether others wait for it to end: not for one that is done in a moment, nor for one that rests."""
        return not self.light and self.due <= now

    def next(self) -> tuple | Rest | None:
        """What it yields next, None at its end. It cannot hear anything before it has begun."""
        message = self.heard.popleft() if self.begun and self.heard else None
        self.begun = True
        try:
            return self.steps.send(message)
        except StopIteration:
            return None


class Studio:
    """Serves the pipe ``pipe`` until it closes or the process ``web_pid`` ends."""

    def __init__(self, pipe: int, marker: int, web_pid: int) -> None:
        lineage.yield_to_others(nice=19, first_to_go=800)
        self._mailbox = Mailbox(pipe, web_pid)
        self._marker = Marker(marker)
        self._waiting: deque[_Job] = deque()
        self._jobs: dict[str, _Job] = {}  # those in turn

    def serve(self) -> None:
        """Work, for ever: the end comes from the mailbox."""
        self._mailbox.send("hello", pid=os.getpid())
        while True:
            for message in self._mailbox.receive(self._idle_seconds()):
                self._handle(*message)
            now = time.monotonic()
            while self._waiting and sum(job.heavy_at(now) for job in self._jobs.values()) < _MOST_AT_ONCE:
                job = self._waiting.popleft()
                self._jobs[job.id] = job
            awake = [job for job in self._jobs.values() if job.due <= now]
            if awake:
                self._turn(_next(awake))

    def _idle_seconds(self) -> float:
        """How long there is nothing to do but to wait for messages."""
        first = min((job.due for job in self._jobs.values()), default=math.inf)
        return max(0.0, first - time.monotonic())

    def _handle(self, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        if kind == "begin":
            state = bytes(payload) if header["with_state"] else None
            job = _Job(header["job"], header["light"], _steps(header["where"], header["options"], state))
            if job.light:
                self._jobs[job.id] = job
            else:
                self._waiting.append(job)
        elif kind == "tell":
            for job in (*self._jobs.values(), *self._waiting):
                if job.id == header["job"]:
                    job.heard.append(header["message"])
                    job.due = -math.inf
        elif kind == "cancel":
            self._jobs.pop(header["job"], None)
            self._waiting = deque(job for job in self._waiting if job.id != header["job"])

    def _turn(self, job: _Job) -> None:
        """One step of a job; whatever it raises ends this job only."""
        start = time.monotonic()
        self._marker.write(job.id)
        try:
            step = job.next()
        except Exception as error:
            if not isinstance(error, ValueError):
                traceback.print_exception(error)
                sys.stderr.flush()
            self._end(job, explain(error))
            return
        finally:
            self._marker.write("")
        now = time.monotonic()
        job.seconds += now - start
        if step is None:
            self._end(job, None)
        elif isinstance(step, Rest):
            job.due = -math.inf if job.heard else now + step.seconds
        else:
            self._tell(job, now, *step)

    def _tell(self, job: _Job, now: float, share: float, data: bytes | None, text: str = "") -> None:
        if data is not None or now - job.told >= _TELL_GAP:
            job.told = now
            self._mailbox.send(
                "progress", data or b"", job=job.id, share=float(share), with_data=data is not None, text=text
            )

    def _end(self, job: _Job, problem: str | None) -> None:
        """Done, or failed with a ``problem``."""
        del self._jobs[job.id]
        self._mailbox.send("end", job=job.id, problem=problem)


def _next(awake: list[_Job]) -> _Job:
    """Whose turn it is: a search that goes on for hours is not to wait for hours because of one that begins now."""
    most = max(job.seconds for job in awake)
    for job in awake:
        job.seconds = max(job.seconds, most - _HEAD_START)
    return min(awake, key=lambda job: job.seconds)


def _steps(
    where: str, options: dict[str, Any], state: bytes | None
) -> Generator[tuple | Rest, dict[str, Any] | None, None]:
    """The steps of the job ``module:function``; nothing is imported before the first."""
    if ahead.is_kept():
        ahead.load()
    module, _, name = where.partition(":")
    yield from getattr(import_module(module), name)(options, state)
