"""The studio's process: heavy work that is no run, a little of each job in turn, behind all training.

A job that was given little time so far comes first, so that a quick one does not wait for a long one.
"""

import math
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from playground.runs import lineage
from playground.runs.build import explain
from playground.runs.mailbox import Mailbox
from playground.runs.marker import Marker
from playground.training.engines.fused import ahead

_MOST_AT_ONCE = 4  # jobs in turn, but for light ones; what they hold in memory adds up
_TELL_GAP = 0.1  # seconds between two mere numbers of one job


@dataclass(eq=False, slots=True)
class _Job:
    id: str
    light: bool
    steps: Iterator[tuple]
    seconds: float = 0.0  # it has had so far
    told: float = -math.inf  # when its share was told last


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
            for message in self._mailbox.receive(0.0 if self._jobs else math.inf):
                self._handle(*message)
            while self._waiting and sum(not job.light for job in self._jobs.values()) < _MOST_AT_ONCE:
                job = self._waiting.popleft()
                self._jobs[job.id] = job
            if self._jobs:
                self._turn(min(self._jobs.values(), key=lambda job: job.seconds))

    def _handle(self, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        if kind == "begin":
            state = bytes(payload) if header["with_state"] else None
            job = _Job(header["job"], header["light"], _steps(header["where"], header["options"], state))
            if job.light:
                self._jobs[job.id] = job
            else:
                self._waiting.append(job)
        elif kind == "cancel":
            self._jobs.pop(header["job"], None)
            self._waiting = deque(job for job in self._waiting if job.id != header["job"])

    def _turn(self, job: _Job) -> None:
        """One step of a job; whatever it raises ends this job only."""
        start = time.monotonic()
        self._marker.write(job.id)
        try:
            step = next(job.steps, None)
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


def _steps(where: str, options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """The steps of the job ``module:function``; nothing is imported before the first."""
    if ahead.is_kept():
        ahead.load()
    module, _, name = where.partition(":")
    yield from getattr(import_module(module), name)(options, state)
