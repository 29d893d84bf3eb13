"""The shelf: every kept run, by person. A person reaches their own runs and nobody else's."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from playground.archive.database import ArchiveError, Database
from playground.archive.kept import LARGEST, Entry, KeptRun, history_of, kept_run
from playground.archive.room import Room
from playground.archive.tables import runs, states
from playground.settings import Settings, settings

LONGEST_NAME = 80
"""Characters of a name."""
_LOG = logging.getLogger(__name__)
_DAMAGED = "This run cannot be read: what is kept of it is damaged."


class Shelf:
    """All kept runs of a database. Thread-safe; also for several processes at once.

    Methods that name a run raise KeyError where there is none of this id that is the person's, and ArchiveError, in
    plain words, where the database does not answer or what is in it is damaged.
    """

    def __init__(self, url: str | None = None, settings: Settings = settings) -> None:
        self._database = Database(url or settings.storage_url)
        self._room = Room(settings)

    @property
    def problem(self) -> str:
        """Why the database could not be used the last time somebody tried, in plain words; empty when all is well."""
        return self._database.problem

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    # --- looking ---------------------------------------------------------------------------------------------

    def runs(self, person: str, deleted: bool = False) -> list[KeptRun]:
        """The runs of a person, the one that was trained last first; or those they have deleted and can restore."""
        wanted = runs.c.deleted.is_not(None) if deleted else runs.c.deleted.is_(None)
        query = select(runs).where(runs.c.person == person, wanted).order_by(runs.c.updated.desc())
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(self._room.most_of_one)).mappings().all()
        return [run for run in map(_readable, rows) if run is not None]

    def get(self, kept_id: str, person: str) -> KeptRun:
        """One run of a person, also one that they have deleted."""
        with self._database.reading() as connection:
            row = connection.execute(select(runs).where(*_own(kept_id, person))).mappings().first()
        return _checked(row, kept_id)

    def history(self, kept_id: str, person: str) -> dict[str, np.ndarray]:
        """What was measured along a run: (rows,) float64 by column, as `Trainer.recorded` gives it; read-only."""
        columns, data = self._state(kept_id, person, states.c.columns, states.c.history)
        try:
            return history_of(columns, data)
        except ValueError as error:
            raise ArchiveError(_DAMAGED) from error

    def checkpoint(self, kept_id: str, person: str) -> bytes:
        """The whole state of a run, for `Trainer.loads`."""
        return self._state(kept_id, person, states.c.checkpoint)[0]

    def find(self, run_id: str) -> KeptRun | None:
        """The run that was trained last under an address, whoever's it is: an address is shared on purpose."""
        query = select(runs).where(runs.c.run_id == run_id, runs.c.deleted.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(runs.c.updated.desc()).limit(1)).mappings().first()
        return _readable(row) if row else None

    # --- what a person does ----------------------------------------------------------------------------------

    def rename(self, kept_id: str, person: str, name: str) -> str:
        """Call a run something; returns the name as it is kept: on one line, `LONGEST_NAME` characters at most."""
        name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:LONGEST_NAME]
        self._set(kept_id, person, name=name)
        return name

    def star(self, kept_id: str, person: str, starred: bool = True) -> None:
        """Mark a run, so that it stays when there is no room for all of them; or no longer."""
        self._set(kept_id, person, starred=bool(starred))

    def delete(self, kept_id: str, person: str) -> None:
        """Delete a run. It can be restored for a day, unless the room is needed before."""
        self._set(kept_id, person, deleted=time.time())

    def restore(self, kept_id: str, person: str) -> None:
        """Have a deleted run back. Raises KeyError when it is gone for good."""
        self._set(kept_id, person, deleted=None)

    # --- what the keeper does --------------------------------------------------------------------------------

    def keep(self, entries: Sequence[Entry]) -> list[str | None]:
        """Keep runs as they are now. Returns under which ids they are; None for a run that the database cannot hold.

        One that had to make room and is trained on is there again. Raises ArchiveError: nothing is kept then."""
        with self._database.writing() as connection:
            kept = [_kept_apart(connection, entry) for entry in entries]
            come = {entry.person for entry, (_, is_new) in zip(entries, kept, strict=True) if is_new}
            self._room.make(connection, come, sum(entry.bytes for entry in entries))
        return [kept_id for kept_id, _ in kept]

    # --- helpers ---------------------------------------------------------------------------------------------

    def _set(self, kept_id: str, person: str, **values: Any) -> None:
        with self._database.writing() as connection:
            found = connection.execute(update(runs).where(*_own(kept_id, person)).values(**values)).rowcount
        if not found:
            raise KeyError(kept_id)

    def _state(self, kept_id: str, person: str, *columns: Any) -> Any:
        """Columns of a run's state; none that is larger than anything we would write."""
        small = [func.length(column) <= LARGEST for column in (states.c.columns, states.c.history, states.c.checkpoint)]
        query = select(*columns).join(runs, runs.c.id == states.c.id)
        with self._database.reading() as connection:
            if connection.execute(select(runs.c.id).where(*_own(kept_id, person))).first() is None:
                raise KeyError(kept_id)
            row = connection.execute(query.where(*_own(kept_id, person), *small)).first()
        if row is None:
            raise ArchiveError(_DAMAGED)
        return row


def _own(kept_id: str, person: str) -> Iterable[Any]:
    return runs.c.id == kept_id, runs.c.person == person


def _kept_apart(connection: Connection, entry: Entry) -> tuple[str | None, bool]:
    """`_keep`, but what is wrong with one run does not reach the others."""
    before = connection.begin_nested()
    try:
        kept = _keep(connection, entry)
    except (DataError, IntegrityError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        _LOG.exception("the run %s cannot be kept", entry.id)
        before.rollback()
        return None, False
    before.commit()
    return kept


def _keep(connection: Connection, entry: Entry) -> tuple[str, bool]:
    """Keep one run; under which id, and whether it was not there before."""
    if max(len(entry.checkpoint), len(entry.history)) > LARGEST:
        raise ValueError(f"its state has {entry.bytes:,} bytes")
    kept_id = entry.id
    if entry.again and _cared_for(connection, kept_id):
        kept_id = secrets.token_urlsafe(16)
    elif connection.execute(update(runs).where(runs.c.id == kept_id).values(entry.row())).rowcount:
        connection.execute(update(states).where(states.c.id == kept_id).values(entry.state()))
        return kept_id, False
    connection.execute(insert(runs).values({**entry.row(), **entry.first_row(), "id": kept_id}))
    connection.execute(insert(states).values({**entry.state(), "id": kept_id}))
    return kept_id, True


def _cared_for(connection: Connection, kept_id: str) -> bool:
    """Whether a person has named, starred or deleted a run: then nothing else takes its place."""
    row = connection.execute(select(runs.c.name, runs.c.starred, runs.c.deleted).where(runs.c.id == kept_id)).first()
    return row is not None and bool(row.name or row.starred or row.deleted is not None)


def _checked(row: Any, kept_id: str) -> KeptRun:
    if row is None:
        raise KeyError(kept_id)
    try:
        return kept_run(row)
    except ValueError as error:
        raise ArchiveError(_DAMAGED) from error


def _readable(row: Any) -> KeptRun | None:
    """A run of a list; a damaged one is left out, and the others are there."""
    try:
        return kept_run(row)
    except ValueError as error:
        _LOG.warning("the kept run %s cannot be read: %s", row["id"], error)
        return None
