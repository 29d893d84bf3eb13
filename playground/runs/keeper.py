"""The keeper: writes what the runs have become into the archive, a little behind them and in a thread of its own.

Nobody waits for it. A database that is slow, busy, full or gone costs the runs nothing: what cannot be written now is
written later, and that it cannot is told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from playground.archive import ArchiveError, Entry, Shelf
from playground.runs.keeping import ALTERING, Former, Keeping, entry_of
from playground.runs.records import Record
from playground.settings import Settings

_LOG = logging.getLogger(__name__)

GAP_SECONDS = 3.0
"""A run that goes on is kept so often at most; one that rests at once."""
_TICK_SECONDS = 1.0
_IDLE_SHARE = 8.0  # times as long as it has written it rests: hundreds of runs cost no more
_BATCH_BYTES, _BATCH_RUNS = 8 * 1024 * 1024, 32  # others want to write into the same database
_RETRY_SECONDS, _LONGEST_RETRY = 4.0, 60.0
_BYTES_A_SECOND = 4e6  # of one run: a large one is kept less often
_CLOSE_SECONDS = 10.0
_ENDED_BYTES = 64 * 1024 * 1024  # of trainings that are over, and wait for a database that does not answer


class _Note(NamedTuple):
    record: Record | None  # None: of a training that is over
    keeping: Keeping
    entry: Entry


def retry_seconds(failures: int) -> float:
    """How long to wait after so many failures in a row; also after those of a long weekend."""
    return min(_RETRY_SECONDS * 2.0 ** min(failures - 1, 16), _LONGEST_RETRY)


class Keeper:
    """Keeps the runs of one hub on a shelf. All methods but `close` are called with the hub's lock held."""

    def __init__(self, settings: Settings, lock: threading.RLock) -> None:
        self.shelf = Shelf(settings=settings)
        self.problem = ""
        """Why runs are not kept at the moment, in plain words; empty when all is well."""
        self._lock = lock
        self._unsaved: dict[Record, None] = {}
        self._ended: deque[_Note] = deque()
        self._news, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def changed(self, record: Record) -> None:
        """A run was saved in this process; it is kept within a few seconds."""
        if record.keeping is not None and record.saved_step:
            record.keeping.trained = True
            self._unsaved[record] = None
            self._wake()

    def commanded(self, record: Record, ops: Iterable[str]) -> None:
        """What was done to a run (operations of `Hub.control`, "update") before it was saved as it will be now."""
        for op in ops if record.keeping is not None else ():
            if op == "reset":
                self._goes_on_as(record, record.keeping.after_reset())
            elif op in ALTERING:
                record.keeping.altered = True

    def rebuilt(self, record: Record, inherit: bool) -> None:
        """A run is about to start again with another experiment; inherit: from its present weights."""
        if record.keeping is not None:
            former = Former.of(record)
            self._goes_on_as(record, record.keeping.after_rebuild(inherit))
            record.former = None if former.keeping is record.keeping else former

    def late(self, record: Record, header: dict[str, Any], payload: memoryview) -> None:
        """The last of a training came when another had begun."""
        former = record.former
        if former is not None and former.revision == header["version"][0] and header["version"][2]:
            record.former = None
            former.keeping.trained = True
            self._end(former.keeping, former.entry(record.id, header, payload))

    def parted(self, record: Record) -> None:
        """What the record holds now is the last of a training, or of the record: it is kept as it is."""
        if record in self._unsaved:
            del self._unsaved[record]
            if (entry := entry_of(record)) is not None:
                self._end(record.keeping, entry)

    def close(self) -> None:
        """Keep everything that has changed, if that is possible in a few seconds; without the lock."""
        self._closing.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)
        self.shelf.close()

    def _goes_on_as(self, record: Record, keeping: Keeping) -> None:
        if keeping is not record.keeping:
            self.parted(record)
            record.keeping = keeping

    def _end(self, keeping: Keeping, entry: Entry) -> None:
        self._ended.append(_Note(None, keeping, entry))
        self._bound()
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
            self._thread.start()

    def _bound(self) -> None:
        size = sum(note.entry.bytes for note in self._ended)
        while size > _ENDED_BYTES and len(self._ended) > 1:
            lost = self._ended.popleft().entry
            size -= lost.bytes
            _LOG.warning("the run %s could not be kept", lost.id)

    # --- in its own thread -----------------------------------------------------------------------------------

    def _work(self) -> None:
        rest, failures, closing = _TICK_SECONDS, 0, False
        while not closing:
            self._news.wait()
            closing = self._closing.wait(rest)
            start = time.monotonic()
            try:
                while self._write(self._due(start)):
                    pass
            except ArchiveError as error:
                self._tell(str(error))
            except Exception as error:  # whatever it is, the next attempt may do better
                _LOG.exception("runs could not be kept")
                self._tell(f"The runs cannot be kept now ({type(error).__name__}).")
            else:
                self._tell("")
            failures = failures + 1 if self.problem else 0
            rest = max(_TICK_SECONDS, _IDLE_SHARE * (time.monotonic() - start))
            if failures:
                rest = max(rest, retry_seconds(failures))

    def _tell(self, problem: str) -> None:
        if problem and problem != self.problem:
            _LOG.warning("%s Runs go on, and are kept as soon as it can be used again.", problem)
        elif self.problem and not problem:
            _LOG.warning("The database of kept runs can be used again.")
        self.problem = problem

    def _due(self, start: float) -> list[_Note]:
        """The next runs to be kept together: trainings that are over first, then those kept longest ago."""
        with self._lock:
            notes, size = [], 0
            records = sorted(self._unsaved, key=lambda record: record.keeping.written)
            waiting = [record for record in records if self._is_due(record, start)]
            while size < _BATCH_BYTES and len(notes) < _BATCH_RUNS:
                if self._ended:
                    notes.append(self._ended.popleft())
                elif waiting:
                    record = waiting.pop(0)
                    del self._unsaved[record]
                    if (entry := entry_of(record)) is None:
                        continue
                    notes.append(_Note(record, record.keeping, entry))
                else:
                    break
                size += notes[-1].entry.bytes
            if not self._unsaved and not self._ended and not self._closing.is_set():
                self._news.clear()
            return notes

    def _is_due(self, record: Record, start: float) -> bool:
        """Whether a run is to be kept in this round, and has not been yet."""
        written, gap = record.keeping.written, max(GAP_SECONDS, len(record.checkpoint or b"") / _BYTES_A_SECOND)
        return written < start and (self._closing.is_set() or not record.playing or written + gap <= start)

    def _write(self, notes: list[_Note]) -> bool:
        """Keep these; whether there were any. Raises what `Shelf.keep` raises, and they wait for the next attempt."""
        if not notes:
            return False
        try:
            kept = self.shelf.keep([note.entry for note in notes])
        except BaseException:
            self._put_back(notes)
            raise
        with self._lock:
            for note, kept_id in zip(notes, kept, strict=True):
                note.keeping.written = time.monotonic()
                note.keeping.again = note.keeping.again and not note.entry.again
                note.keeping.over = kept_id is None
                note.keeping.id = kept_id or note.keeping.id
        return True

    def _put_back(self, notes: list[_Note]) -> None:
        with self._lock:
            for note in reversed(notes):
                if note.record is None or note.record.keeping is not note.keeping:
                    self._ended.appendleft(note._replace(record=None))
                else:
                    self._unsaved[note.record] = None
            self._bound()
            self._news.set()
