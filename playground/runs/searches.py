"""The searches of this server: every study that is under way is worked on in the studio, whatever happens.

What is under way is read from the database, so that a server that was killed goes on where it was. No torch.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.runs.hubs import Hub
from playground.runs.records import ServerFull
from playground.runs.singleton import hub
from playground.settings import settings

if TYPE_CHECKING:  # Optuna takes a while to import: not before there is a study
    from playground.studies.spec import StudySpec
    from playground.studies.studies import Studies

LOOK_SECONDS = 5.0
"""How soon a study that is under way is worked on here, at most."""
MOST_AT_ONCE = 16
"""Studies that this server works on at the same time; the oldest ones first."""
MOST_FAILURES = 4
"""A study that failed so often in a row is told to have failed."""


@dataclass(slots=True)
class _Work:
    """What the studio does for one study. failures: how often that ended with an error, in a row."""

    job: str = ""
    failures: int = 0
    due: float = -math.inf
    begun: float = field(default_factory=time.monotonic)


class Searches:
    """All searches that `hub` works on, in the database `url`. Thread-safe; what can go wrong with a study or its
    database is raised as `playground.studies.StudyError`, in words for a person."""

    def __init__(self, hub: Callable[[], Hub], url: str) -> None:
        self.url = url
        self.problem = ""
        self._hub = hub
        self._lock = threading.RLock()
        self._work: dict[str, _Work] = {}
        self._studies: Studies | None = None
        self._warm = False
        self._ended = threading.Event()
        self._wake = threading.Event()

    # --- what pages ask for ----------------------------------------------------------------------------------

    @property
    def studies(self) -> Studies:
        """The studies themselves: to be read, by whoever knows a name."""
        with self._lock:
            if self._studies is None:
                from playground.studies.storage import hush
                from playground.studies.studies import Studies

                hush()
                self._studies = Studies(self.url)
            return self._studies

    def create(self, spec: StudySpec, person: str | None = None) -> str:
        """The name of a new study, which is worked on from now on. Raises StudyError, ServerFull."""
        name = self.studies.create(spec, person)
        self._begin(name)
        return name

    def pause(self, name: str) -> None:
        """Have all workers of a study wait, those of other machines too."""
        self.studies.pause(name)
        self._tell(name)

    def resume(self, name: str) -> None:
        """Have a study go on that is paused, or was stopped."""
        self.studies.resume(name)
        with self._lock:
            self._work.setdefault(name, _Work()).failures = 0
        self._tell(name)
        self._begin(name)

    def stop(self, name: str) -> None:
        """End a study before its budget is used up."""
        self.studies.stop(name)
        self._tell(name)

    def delete(self, name: str) -> None:
        """End a study, and show it no more; `restore` has it back for a day."""
        self.studies.discard(name)
        self._cancel(name)

    def restore(self, name: str) -> None:
        """Have a deleted study back, as one that was stopped."""
        self.studies.restore(name)

    def warm(self) -> None:
        """Have everything loaded that a study needs, here and in the studio, behind the scenes: the first one of a
        server then begins at once."""
        with self._lock:
            if self._warm:
                return
            self._warm = True
        threading.Thread(target=self._load, name="warming", daemon=True).start()

    def _load(self) -> None:
        with suppress(Exception):  # what is wrong will be told to whoever begins a study
            self._hub().begin("search", {}, patient=True)
            _ = self.studies.storage

    def waits(self, name: str) -> bool:
        """Whether nobody on this server works on a study now."""
        return not self._is_worked_on(name)

    # --- going on, whatever happens --------------------------------------------------------------------------

    def keep(self) -> None:
        """Work on all studies that are under way from now on, in a thread of its own, until `close`."""
        threading.Thread(target=self._keep, name="searches", daemon=True).start()

    def close(self) -> None:
        """Begin nothing any more. What is under way is gone on with when the server starts again."""
        self._ended.set()
        self._wake.set()
        with self._lock:
            if self._studies is not None:
                self._studies.close()

    def look(self) -> None:
        """Begin, or begin again, to work on every study that is under way."""
        names = self.studies.running() if self._studies is not None or self._is_there() else []
        for name in names[:MOST_AT_ONCE]:
            self._begin(name)
        with self._lock:
            for name in [name for name in self._work if name not in names and not self._is_worked_on(name)]:
                del self._work[name]

    def _keep(self) -> None:
        while not self._ended.is_set():
            try:
                self.look()
                self.problem = ""
            except ServerFull:
                pass  # in a while there is room
            except Exception as error:  # a database that is away now may be back later
                problem = str(error).partition("\n")[0]
                if problem != self.problem:
                    print(f"Searches wait for their database: {problem}", file=sys.stderr, flush=True)
                self.problem = problem
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _is_there(self) -> bool:
        """Whether there has ever been a study here: nothing is imported or made before."""
        from playground.studies.existing import exist

        return exist(self.url)

    def _begin(self, name: str) -> None:
        """Have the studio work on a study, if it does not do so already."""
        with self._lock:
            if self._ended.is_set() or self._is_worked_on(name):
                return
            work = self._work.setdefault(name, _Work())
            if self._has_failed(name, work) or time.monotonic() < work.due:
                return
            options = {"study": name, "storage": self.url}
            work.job = self._hub().begin("search", options, patient=True)
            work.begun = time.monotonic()

    def _has_failed(self, name: str, work: _Work) -> bool:
        """Take note of how the last attempt ended; whether there is to be no other one."""
        info = self._info(work.job)
        work.job = ""
        if info is None or info.state != "failed":
            work.failures = 0
            return False
        work.failures = work.failures + 1 if time.monotonic() - work.begun < 60 else 1
        work.due = time.monotonic() + 2.0**work.failures
        if work.failures >= MOST_FAILURES:
            self.studies.fail(name, info.text)
            return True
        return False

    def _is_worked_on(self, name: str) -> bool:
        work = self._work.get(name)
        info = self._info(work.job) if work is not None else None
        return info is not None and info.state == "working"

    def _info(self, job: str):
        try:
            return self._hub().job(job) if job else None
        except KeyError:
            return None

    def _tell(self, name: str) -> None:
        """Have the studio look at the study at once."""
        work = self._work.get(name)
        if work is not None and work.job:
            with suppress(KeyError):
                self._hub().tell(work.job, {"look": True})

    def _cancel(self, name: str) -> None:
        work = self._work.pop(name, None)
        if work is not None and work.job:
            with suppress(KeyError):
                self._hub().cancel(work.job)


_searches: Searches | None = None
_lock = threading.Lock()


def searches() -> Searches:
    """The searches of this process, made at the first call."""
    global _searches
    with _lock:
        if _searches is None:
            _searches = Searches(hub, settings.storage_url)
        return _searches


def close_searches() -> None:
    """Close the searches of this process, if there are any; the next `searches()` makes new ones."""
    global _searches
    with _lock:
        closing, _searches = _searches, None
    if closing is not None:
        closing.close()
