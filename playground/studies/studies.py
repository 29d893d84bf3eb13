"""All studies of one database: made, found, paused, ended. No torch.

What is said here is heard by every worker of a study, wherever it is: all of them look into the database.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import optuna
from optuna.exceptions import DuplicatedStudyError
from optuna.storages import RDBStorage
from optuna.storages._rdb import models
from optuna.trial import TrialState
from pydantic import ValidationError
from sqlalchemy import func, select

from playground.experiment import Experiment
from playground.studies import records, reports, sampling
from playground.studies.spec import StudySpec
from playground.studies.storage import BEAT_SECONDS, DEAD_SECONDS, StudyError, open_storage, told

MOST_OF_ONE = 50
"""Studies of one person that are kept; the oldest that is over makes room."""
MOST_RUNNING = 3
"""Studies of one person that are under way at the same time."""
RESTORABLE_SECONDS = 24 * 3600.0
"""What was discarded can be restored for so long."""
PREFIX = "np-"
AS_IT_IS = "The experiment as it is."
GONE = "This study is not there any more: it was deleted, or its address is not complete."


class Studies:
    """The studies in the database at `url`. Thread-safe. Raises StudyError, in words for a person, here and everywhere
    below for a database that cannot be used."""

    def __init__(self, url: str, beat: int = BEAT_SECONDS, dead: int = DEAD_SECONDS) -> None:
        self.url = url
        self._beat, self._dead = beat, dead
        self._lock = RLock()
        self._storage: RDBStorage | None = None
        self._opened: dict[str, optuna.Study] = {}

    # --- one study -------------------------------------------------------------------------------------------

    def create(self, spec: StudySpec, owner: str | None = None) -> str:
        """The name, which nobody can guess, of a new study that is under way. owner: whoever it belongs to. Its first
        trial is the experiment as it is, where that lies within what is searched: what is found is no worse.

        Raises StudyError where the owner has as many under way as anybody may have.
        """
        with self._reading():
            self._make_room(owner)
            name = f"{PREFIX}{secrets.token_urlsafe(16)}"
            directions = [objective.direction for objective in spec.sought]
            try:
                study = optuna.create_study(storage=self.storage, study_name=name, directions=directions)
            except DuplicatedStudyError:  # one in 2**128
                raise StudyError("This study could not be made. Please try again.") from None
            study.set_metric_names([objective.label for objective in spec.sought])
            if present := sampling.present(spec):
                study.enqueue_trial(present, user_attrs={records.ORIGIN: AS_IT_IS})
            now = time.time()
            for key, value in {
                records.SPEC: records.write_spec(spec),
                records.OWNER: records.owner_mark(owner),
                records.BEGUN: now,
                records.CLOCK: [0.0, now],
                records.STATE: "running",
            }.items():
                study.set_user_attr(key, value)
            return name

    def open(self, name: str) -> StudySpec:
        """What the study `name` is. Raises StudyError where there is none, or none that can be used here."""
        return records.read_spec(self.attributes(name))

    spec = open

    def study(self, name: str) -> optuna.Study:
        """The study as Optuna has it, to be looked at: trials that are over are read once."""
        with self._reading():
            if name not in self._opened:
                self._opened[name] = optuna.load_study(study_name=name, storage=self.storage)
                if len(self._opened) > MOST_OF_ONE:
                    del self._opened[next(iter(self._opened))]
            return self._opened[name]

    def attributes(self, name: str) -> dict[str, Any]:
        """What is noted in a study (see `records`). Raises StudyError for one that was deleted."""
        study = self.study(name)
        with self._reading(name):
            noted = self.storage.get_study_user_attrs(study._study_id)
        if records.deleted(noted) is not None:
            raise StudyError(GONE)
        return noted

    def state(self, name: str) -> records.State:
        """How a study stands."""
        return records.read_state(self.attributes(name))

    def experiment(self, name: str, number: int) -> Experiment:
        """The experiment of a trial. Raises StudyError where there is no such trial, or it cannot be built."""
        spec, study = self.open(name), self.study(name)
        with self._reading(name):
            trial = next((trial for trial in study.get_trials(deepcopy=False) if trial.number == number), None)
        if trial is None:
            raise StudyError(f"This study has no trial {number}.")
        try:
            return spec.experiment(trial.params)
        except ValueError as wrong:
            raise StudyError(str(wrong)) from None

    def report(self, name: str) -> dict[str, Any]:
        """How a study stands, and all its trials, as JSON values; see `reports.report`."""
        study, attributes = self.study(name), self.attributes(name)
        spec = records.read_spec(attributes)
        with self._reading(name):
            trials = study.get_trials(deepcopy=False)
        return reports.report(name, spec, attributes, trials)

    # --- what happens to one ---------------------------------------------------------------------------------

    def pause(self, name: str) -> None:
        """Have all workers wait; nothing happens to a study that is over."""
        if self.state(name) == "running":
            self.note(name, records.STATE, "paused")

    def resume(self, name: str) -> None:
        """Have a study that is paused or was stopped go on."""
        if self.state(name) in ("paused", "stopped", "failed"):
            self.note(name, records.CLOCK, records.wind(self.attributes(name)))
            self.note(name, records.PROBLEM, "")
            self.note(name, records.STATE, "running")

    def stop(self, name: str) -> None:
        """End a study before its budget is used up; it can be resumed."""
        if self.state(name) in ("running", "paused"):
            self.note(name, records.STATE, "stopped")

    def finish(self, name: str) -> None:
        """The budget is used up."""
        if self.state(name) == "running":
            self.note(name, records.STATE, "finished")

    def fail(self, name: str, problem: str) -> None:
        """It cannot go on, and why."""
        if self.state(name) == "running":
            self.note(name, records.PROBLEM, records.line(problem))
            self.note(name, records.STATE, "failed")

    def discard(self, name: str) -> None:
        """Delete a study, for now: it can be restored for a day, unless the room is needed before."""
        self.stop(name)
        self.note(name, records.DELETED, time.time())

    def restore(self, name: str) -> None:
        """Have a study back that was discarded, stopped. Raises StudyError when it is gone for good."""
        self.note(name, records.DELETED, None)

    def delete(self, name: str) -> None:
        """Have nothing left of a study."""
        study = self.study(name)
        with self._reading(name), self._lock:
            self._opened.pop(name, None)
            self.storage.delete_study(study._study_id)

    def note(self, name: str, key: str, value: Any) -> None:
        """Write one of the attributes in `records`."""
        study = self.study(name)
        with self._reading(name):
            self.storage.set_study_user_attr(study._study_id, key, value)

    # --- all of them -----------------------------------------------------------------------------------------

    def list(self, owner: str | None, deleted: bool = False) -> list[dict[str, Any]]:
        """The studies of somebody, the latest first: name, title, state, begun and deleted (seconds since 1970), done,
        trials, minutes; or those that they have discarded and can restore. Those that cannot be used here are left
        out."""
        found = []
        for name, attributes, done in self._summaries(records.owner_mark(owner)):
            try:
                found.append(reports.summary(name, records.read_spec(attributes), attributes, done))
            except StudyError:
                continue
        found = [study for study in found if (study["deleted"] is not None) == deleted]
        return sorted(found, key=lambda study: study["begun"], reverse=True)

    def running(self) -> list[str]:
        """The names of all studies that are under way, the oldest first."""
        return self._named(records.STATE, "running")

    @property
    def storage(self) -> RDBStorage:
        """The database, opened."""
        with self._lock:
            if self._storage is None:
                self._storage = open_storage(self.url, self._beat, self._dead)
            return self._storage

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._opened.clear()
            if self._storage is not None:
                self._storage.remove_session()
                self._storage.engine.dispose()
                self._storage = None

    # --- helpers ---------------------------------------------------------------------------------------------

    def _named(self, key: str, value: str) -> list[str]:
        """The studies that have an attribute of this value, by an index of the database."""
        noted = models.StudyUserAttributeModel
        query = (
            select(models.StudyModel.study_name)
            .join(noted, noted.study_id == models.StudyModel.study_id)
            .where(noted.key == key, noted.value_json == json.dumps(value))
            .order_by(models.StudyModel.study_id)
        )
        with self._reading(), self.storage.engine.connect() as connection:
            return list(connection.scalars(query))

    def _summaries(self, mark: str) -> list[tuple[str, dict[str, Any], int]]:
        """Name, attributes and finished trials of the studies of an owner, in two looks at the database."""
        study, noted, trial = models.StudyModel, models.StudyUserAttributeModel, models.TrialModel
        own = select(noted.study_id).where(noted.key == records.OWNER, noted.value_json == json.dumps(mark))
        attributes = (
            select(study.study_id, study.study_name, noted.key, noted.value_json)
            .join(noted, noted.study_id == study.study_id)
            .where(study.study_id.in_(own))
            .order_by(study.study_id)
        )
        over = (TrialState.COMPLETE, TrialState.PRUNED)
        done = (
            select(trial.study_id, func.count())
            .where(trial.study_id.in_(own), trial.state.in_(over))
            .group_by(trial.study_id)
        )
        found: dict[int, tuple[str, dict[str, Any]]] = {}
        with self._reading(), self.storage.engine.connect() as connection:
            for number, name, key, value in connection.execute(attributes):
                found.setdefault(number, (name, {}))[1][key] = _decoded(value)
            counts = {number: count for number, count in connection.execute(done)}
        return [(name, kept, counts.get(number, 0)) for number, (name, kept) in found.items()]

    def _make_room(self, owner: str | None) -> None:
        own = self._summaries(records.owner_mark(owner)) if owner is not None else []
        states = {name: records.read_state(attributes) for name, attributes, _ in own}
        if list(states.values()).count("running") >= MOST_RUNNING:
            raise StudyError(f"{MOST_RUNNING} of your searches are under way. Pause or stop one of them first.")
        gone = {name: records.deleted(attributes) for name, attributes, _ in own}
        over = [name for name, state in states.items() if state != "running"]
        over.sort(key=lambda name: gone[name] is None)  # those that were deleted go first
        late = time.time() - RESTORABLE_SECONDS
        due = {name for name, when in gone.items() if when is not None and when < late}
        for name in {*over[: max(0, len(own) + 1 - MOST_OF_ONE)], *due}:
            self.delete(name)

    @contextmanager
    def _reading(self, name: str = "") -> Iterator[None]:
        """What goes wrong with the database, or with what somebody wrote there, is told in plain words."""
        try:
            with told(self.url):
                yield
        except StudyError:
            raise
        except KeyError:
            with self._lock:
                self._opened.pop(name, None)
            raise StudyError(GONE) from None
        except (ValueError, TypeError, AttributeError, AssertionError, LookupError, RecursionError) as error:
            if isinstance(error, ValidationError):
                raise
            raise StudyError("What the database holds of this study is damaged.") from error


def _decoded(value: str | None) -> Any:
    """What an attribute holds; None for what is no JSON."""
    try:
        return json.loads(value or "null")
    except (ValueError, RecursionError):
        return None
