"""The hub's side of the studio: every job that somebody asked for, and what has come of it."""

import math
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from playground.runs import messages
from playground.runs.jobs import JOBS, LIGHT, SLEEPERS, JobInfo
from playground.runs.pool import Pool
from playground.runs.records import ServerFull
from playground.settings import Settings

MOST_OF_ONE = 6
"""Jobs of one visitor that are remembered; another one takes the place of the one unseen for longest."""
ABANDONED_SECONDS = 120.0
"""A job goes on for so long while nobody asks after it ..."""
KEPT_SECONDS = 600.0
"""... and what has come of one is kept for so long, or one that only rests meanwhile."""

_DIED = "The process that worked on this ended meanwhile. It may need more memory than there is. Please try again."
_TOO_LARGE = "The result is larger than what the server keeps. Fewer steps or a lower resolution need less."


@dataclass(eq=False, slots=True)
class _Job:
    id: str
    what: str
    owner: str | None
    patient: bool
    studio: int = 0  # which one it was given to, as `Pool.studio_number` counts them
    asleep: bool = False
    state: str = "working"
    share: float = 0.0
    text: str = ""
    revision: int = 0
    data: bytes = b""
    touched: float = field(default_factory=time.monotonic)

    def info(self) -> JobInfo:
        return JobInfo(self.id, self.what, self.state, self.share, self.text, self.revision, self.data)


class Ledger:
    """All jobs of one hub, guarded by the hub's lock; `changed` is notified of everything that happens to them.

    The studio is started for the first job, and again for the next one after its death.
    """

    def __init__(self, settings: Settings, lock: threading.RLock, pool: Pool) -> None:
        self.changed = threading.Condition(lock)
        self._settings = settings
        self._pool = pool
        self._jobs: dict[str, _Job] = {}

    def __len__(self) -> int:
        """Jobs that are remembered."""
        return len(self._jobs)

    # --- what pages ask for, through the hub -----------------------------------------------------------------

    def begin(
        self, what: str, options: dict[str, Any], state: bytes | None, owner: str | None, patient: bool = False
    ) -> str:
        """Id of a new job; a patient one goes on though nobody asks after it. Raises ValueError for an unknown one,
        ServerFull."""
        if what not in JOBS:
            raise ValueError(f"There is no job {str(what)[:40]!r}. There are: {', '.join(JOBS)}.")
        self.sweep()
        if sum(job.state == "working" for job in self._jobs.values()) >= self._settings.max_jobs:
            raise ServerFull("Many people let the server work on something like this. Please try again in a minute.")
        self._make_way(owner)
        job = _Job(secrets.token_urlsafe(16), what, owner, patient)
        order = {"job": job.id, "where": JOBS[what], "light": what in LIGHT, "options": options}
        message = messages.pack("begin", state or b"", with_state=state is not None, **order)
        self._pool.occupy(self._pool.studio)
        job.studio = self._pool.studio_number
        self._pool.send(self._pool.studio, message)
        self._jobs[job.id] = job
        return job.id

    def info(self, job_id: str) -> JobInfo:
        """How a job stands. Raises KeyError for one that is unknown, or forgotten."""
        return self._touched(job_id).info()

    def wait(self, job_id: str, revision: int, timeout: float) -> JobInfo:
        """How a job stands as soon as it has a result newer than ``revision``, or has ended; after ``timeout`` seconds
        as it is then. Raises KeyError, also where it is forgotten meanwhile."""
        job = self._touched(job_id)
        self.changed.wait_for(
            lambda: job.revision > revision or job.state != "working" or job_id not in self._jobs, timeout
        )
        return self.info(job_id)

    def tell(self, job_id: str, message: dict[str, Any]) -> None:
        """Have a job hear of something; nothing happens to one that has ended. Raises KeyError."""
        job = self._touched(job_id)
        if job.state == "working":
            self._say(job, message)

    def cancel(self, job_id: str) -> None:
        """End a job; what has come of it so far stays. Nothing happens to one that has ended. Raises KeyError."""
        job = self._touched(job_id)
        if job.state == "working":
            self._pool.send(self._pool.studio, messages.pack("cancel", job=job_id))
            self._end(job, "cancelled")

    def forget(self, job_id: str) -> None:
        """End a job and keep nothing of it; nothing happens where it is unknown."""
        if job_id in self._jobs:
            self.cancel(job_id)
            self._jobs.pop(job_id, None)
            self.changed.notify_all()

    # --- what happens to them --------------------------------------------------------------------------------

    def received(self, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        """One message of the studio. Those about a job that has ended here mean nothing."""
        job = self._jobs.get(header.get("job"))
        if job is None or job.state != "working":
            return
        if kind == "end":
            self._end(job, "done" if header["problem"] is None else "failed", header["problem"])
        elif kind == "progress":
            job.share, job.text = header["share"], header["text"]
            if header["with_data"]:
                self._keep(job, payload)
            self.changed.notify_all()

    def studio_died(self) -> None:
        """Nobody works on what it had. Another may be there already, and have jobs."""
        there = self._pool.studio_number
        for job in self._jobs.values():
            if job.state == "working" and (job.studio != there or not there):
                self._end(job, "failed", _DIED)

    def all_fail(self, problem: str) -> None:
        """Nobody works on any of them any more."""
        for job in self._jobs.values():
            if job.state == "working":
                self._end(job, "failed", problem)

    def sweep(self) -> float:
        """Cancel and forget what nobody asks after; returns in how many seconds it is due again."""
        now, due = time.monotonic(), math.inf
        for job in list(self._jobs.values()):
            if job.patient and job.state == "working":
                continue
            brief = job.state == "working" and not job.asleep
            left = job.touched + (ABANDONED_SECONDS if brief else KEPT_SECONDS) - now
            if left <= 0 and brief and job.what in SLEEPERS:
                job.asleep = True
                self._say(job, {"do": "sleep"})
                due = min(due, job.touched + KEPT_SECONDS - now)
            elif left <= 0:
                self.forget(job.id)
            else:
                due = min(due, left)
        return due

    # --- helpers ---------------------------------------------------------------------------------------------

    def _touched(self, job_id: str) -> _Job:
        job = self._jobs[job_id]
        job.touched = time.monotonic()
        if job.asleep and job.state == "working":
            self._say(job, {"do": "wake"})
        job.asleep = False
        return job

    def _say(self, job: _Job, message: dict[str, Any]) -> None:
        self._pool.send(self._pool.studio, messages.pack("tell", job=job.id, message=message))

    def _make_way(self, owner: str | None) -> None:
        """Forget a job of a visitor who has as many as anybody may have: the one unseen for longest."""
        own = [job for job in self._jobs.values() if owner is not None and job.owner == owner]
        if len(own) >= MOST_OF_ONE:
            self.forget(min(own, key=lambda job: job.touched).id)

    def _keep(self, job: _Job, payload: memoryview) -> None:
        """Keep a result in place of the one before; the results unseen for longest make room for it."""
        job.data = b""
        ended = [other for other in self._jobs.values() if other.state != "working"]
        ended.sort(key=lambda other: other.touched, reverse=True)
        kept = sum(len(other.data) for other in self._jobs.values())
        while kept + len(payload) > self._settings.job_bytes and ended:
            oldest = ended.pop()
            kept -= len(oldest.data)
            self.forget(oldest.id)
        if kept + len(payload) > self._settings.job_bytes:
            self._pool.send(self._pool.studio, messages.pack("cancel", job=job.id))
            self._end(job, "failed", _TOO_LARGE)
            return
        job.data = bytes(payload)
        job.revision += 1

    def _end(self, job: _Job, state: str, text: str | None = None) -> None:
        job.state, job.text = state, text or ""
        if state == "done":
            job.share = 1.0
        job.touched = time.monotonic()
        self.changed.notify_all()
