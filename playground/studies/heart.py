"""A thread beside each worker of a study: it lets the database know that the worker lives, and what was said there."""

from __future__ import annotations

import sys
import threading
import time

from playground.studies import records
from playground.studies.storage import StudyError
from playground.studies.studies import GONE, Studies

LOOK_SECONDS = 1.0
"""How soon a worker hears that its study was paused or stopped, at most."""
TICK_SECONDS = 5.0
"""How often the time that was worked is noted."""


class Heart:
    """Beats for the trial `trial_id`, as long as there is one. state: how the study stood when it last looked; gone:
    why there is no such study any more, or "". A database that does not answer for a while is waited for: it tells so
    once, on the standard error."""

    def __init__(self, studies: Studies, name: str, beat: float) -> None:
        self.state: records.State = "running"
        self.seconds = 0.0
        self.gone = ""
        self._studies, self._name, self._beat = studies, name, beat
        self._trial_id: int | None = None
        self._beaten = self._ticked = 0.0
        self._silent = False
        self._wake = threading.Event()
        self._ended = False
        self.look()
        threading.Thread(target=self._live, name="heart", daemon=True).start()

    def beat_for(self, trial_id: int | None) -> None:
        """Go on for this trial; None: for none. Its first beat is written before this returns."""
        self._trial_id = trial_id
        if trial_id is not None:
            self._studies.storage.record_heartbeat(trial_id)
            self._beaten = time.monotonic()

    def look(self) -> None:
        """See how the study stands, now. Raises StudyError where there is no such study."""
        attributes = self._studies.attributes(self._name)
        self.state, self.seconds = records.read_state(attributes), records.worked(attributes)

    def soon(self) -> None:
        """Look as soon as possible."""
        self._wake.set()

    def end(self) -> None:
        """Beat no more."""
        self._ended = True
        self._wake.set()

    def _live(self) -> None:
        while not self._ended:
            try:
                self._once()
                self._silent = False
            except StudyError as error:
                if str(error) == GONE:
                    self.gone = str(error)
                    return
                self._tell(error)
            except Exception as error:  # whatever it is: without a heart the trial would be somebody else's
                self._tell(error)
            self._wake.wait(min(LOOK_SECONDS, self._beat))
            self._wake.clear()

    def _once(self) -> None:
        now = time.monotonic()
        trial_id = self._trial_id
        if trial_id is not None and now - self._beaten >= self._beat:
            self._studies.storage.record_heartbeat(trial_id)
            self._beaten = now
        attributes = self._studies.attributes(self._name)
        self.state = records.read_state(attributes)
        if self.state == "running" and trial_id is not None and now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            self._studies.note(self._name, records.CLOCK, records.tick(attributes))
        self.seconds = records.worked(attributes)

    def _tell(self, error: Exception) -> None:
        if not self._silent:
            print(f"The search {self._name} waits for its database: {error}", file=sys.stderr, flush=True)
        self._silent = True
