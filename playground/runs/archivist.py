"""The hub's side of the archive: runs that outlive the server, by person."""

from __future__ import annotations

import math
import re
import secrets
import time

import numpy as np
import orjson

from playground.archive import ArchiveError, KeptRun, Shelf
from playground.runs.keeping import Keeping
from playground.runs.records import Record
from playground.runs.registrar import Registrar

PATIENCE_SECONDS = 60.0
"""Whoever comes back to a run waits so long for an archive that does not answer (it may be starting, as we are); then
their experiment begins anew."""
_ADDRESS = re.compile(r"[\w-]{16,64}", re.ASCII)


class Archivist(Registrar):
    """What of a hub has to do with the archive. Its methods wait for the database, for seconds at most."""

    _silent_since = math.inf  # the archive does not answer, in `time.monotonic` seconds

    @property
    def shelf(self) -> Shelf:
        """The runs as they are kept: to look at, name, star, delete, restore."""
        return self._keeper.shelf

    @property
    def keeping_problem(self) -> str:
        """Why runs are not kept at the moment, in plain words; empty when they are."""
        return self._keeper.problem

    def kept(self, person: str, deleted: bool = False) -> list[KeptRun]:
        """The runs of a person, the one that was trained last first; those that are on the server with what they are
        right now (and "playing" among their states). Raises ArchiveError."""
        runs = self.shelf.runs(person, deleted)
        with self.lock:
            live = {record.keeping.id: record for record in self._records.values() if record.keeping}
            return [_live(run, live[run.id]) if run.id in live else run for run in runs]

    def reopen(self, kept_id: str, person: str) -> str:
        """Id of the run that goes on where a kept run of a person is: the same kept run goes on.

        Raises KeyError where there is none of theirs, ArchiveError, ServerFull.
        """
        with self.lock:
            if (record := self._living(kept_id, person)) is not None:
                record.touched = time.monotonic()
                return record.id
        kept = self.shelf.get(kept_id, person)
        latest = self.shelf.find(kept.run_id)
        # Under its old address, unless something else has been trained there since.
        run_id = kept.run_id if latest is not None and latest.id == kept_id else None
        return self._take_up(kept, Keeping.of(kept), run_id).id

    def fork(self, kept_id: str, person: str) -> str:
        """Id of a new run that begins where a kept run of a person is, and leaves that one as it is.

        Raises KeyError where there is none of theirs, ArchiveError, ServerFull.
        """
        keeping = Keeping(person, parent=kept_id, trained=True, altered=True)
        with self.lock:
            record = self._living(kept_id, person)
            if record is not None and record.checkpoint is not None:
                self._forget_oldest()
                return self._copy(record, keeping).id
        return self._take_up(self.shelf.get(kept_id, person), keeping, None).id

    # --- helpers ---------------------------------------------------------------------------------------------

    def _revived(self, run_id: str) -> Record | None:
        """A run that the archive knows by its address; None where there is none, or what is kept of it is damaged.

        Raises ServerFull, and ArchiveError where the archive cannot be asked now; after a minute of that nobody is kept
        waiting for it any more.
        """
        if self._closing.is_set() or not isinstance(run_id, str) or not _ADDRESS.fullmatch(run_id):
            return None
        try:
            kept = self.shelf.find(run_id)
            if kept is not None:
                self._take_up(kept, Keeping.of(kept), run_id)
            self._silent_since = math.inf
        except KeyError:
            return None
        except ArchiveError:
            self._silent_since = min(self._silent_since, time.monotonic())
            if self.shelf.problem and time.monotonic() - self._silent_since < PATIENCE_SECONDS:
                raise
            return None
        with self.lock:
            return self._records.get(run_id)

    def _take_up(self, kept: KeptRun, keeping: Keeping, run_id: str | None) -> Record:
        """A run in the state of a kept one, paused; where its id is not free, or None, it gets a new one.

        It gets a place once somebody looks at it."""
        checkpoint = self.shelf.checkpoint(kept.id, kept.person)
        history = self.shelf.history(kept.id, kept.person)
        self.start()
        with self.lock:
            if (record := self._living(keeping.id, keeping.person)) is not None:  # somebody else was quicker
                return record
            self._forget_oldest()
            if run_id is None or run_id in self._records:
                run_id = secrets.token_urlsafe(16)
            record = Record(run_id, kept.experiment, kept.device, kept.engine)
            record.checkpoint, record.saved_step = checkpoint, kept.step
            record.columns, record.history = tuple(history), np.array(list(history.values())).tobytes()
            record.status = record.saved_status = _status(record, kept)
            record.saved_experiment = kept.experiment
            record.keeping = keeping
            self._records[record.id] = record
            return record

    def _copy(self, source: Record, keeping: Keeping) -> Record:
        """A run as another one was when it was saved last, paused; with the lock held."""
        experiment = source.saved_experiment or source.experiment
        record = Record(secrets.token_urlsafe(16), experiment, source.device, source.engine)
        record.checkpoint, record.saved_step = source.checkpoint, source.saved_step
        record.columns, record.history, record.saved_experiment = source.columns, source.history, experiment
        status = {**orjson.loads(source.saved_status), "steps_per_second": 0.0, "epochs_per_second": 0.0}
        status["state"] = "paused" if status["state"] == "playing" else status["state"]
        record.status = record.saved_status = orjson.dumps(status)
        record.keeping = keeping
        self._records[record.id] = record
        return record

    def _living(self, kept_id: str, person: str) -> Record | None:
        """The run on the server that is a kept run of a person right now; with the lock held."""
        for record in self._records.values():
            if record.keeping and (record.keeping.id, record.keeping.person) == (kept_id, person):
                return record
        return None


def _status(record: Record, kept: KeptRun) -> bytes:
    """What is said of a run until a worker has taken it up: the numbers that were kept."""
    measured = kept.metric and {"name": kept.metric, "train": kept.train_metric, "test": kept.test_metric}
    return orjson.dumps(
        {
            **orjson.loads(record.unknown()),
            "state": "paused" if kept.state in ("playing", "lost") else kept.state,
            "step": kept.step,
            "epoch": kept.epoch,
            "steps_per_epoch": round(kept.step / kept.epoch) if kept.epoch else None,
            "train_loss": kept.train_loss,
            "test_loss": kept.test_loss,
            "metric": measured or None,
            "timeline": {"first": 0, "last": kept.step},
        }
    )


def _live(kept: KeptRun, record: Record) -> KeptRun:
    """A kept run with what the server knows better; with the lock held."""
    status = orjson.loads(record.status_json())
    metric = status["metric"] or {}
    return kept.model_copy(
        update={
            "run_id": record.id,
            "experiment": record.experiment,
            "state": status["state"],
            "step": status["step"],
            "epoch": status["epoch"],
            "train_loss": status["train_loss"],
            "test_loss": status["test_loss"],
            "train_metric": metric.get("train"),
            "test_metric": metric.get("test"),
        }
    )
