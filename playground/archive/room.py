"""How much is kept: so many runs of a person, so many bytes of all. What nobody cares for goes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, func, select

from playground.archive.tables import runs, states
from playground.settings import Settings

RESTORABLE_SECONDS = 24 * 3600.0
"""What was deleted can be restored for so long."""
_LOOK_SECONDS = 60.0  # between two looks at the size of everything ...
_LOOK_SHARE = 0.02  # ... unless so much of what may be there has come meanwhile

# Deleted runs first, then those that are not starred; of these the ones that were trained longest ago.
_FIRST_TO_GO = (runs.c.deleted.is_(None), runs.c.starred, runs.c.updated)


class Room:
    """The bounds of one archive. Several servers may look after the same."""

    def __init__(self, settings: Settings) -> None:
        self.most_of_one = settings.kept_runs
        self._most_bytes = settings.kept_bytes
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._come = 0

    def make(self, connection: Connection, persons: Iterable[str], size: int) -> None:
        """Have the bounds hold now that these have more runs, and so many bytes were written; inside the transaction
        that did it."""
        for person in persons:
            self._of_one(connection, person)
        if self._look_is_due(size):
            _remove(connection, select(runs.c.id).where(runs.c.deleted < time.time() - RESTORABLE_SECONDS))
            self._of_all(connection)

    def _of_one(self, connection: Connection, person: str) -> None:
        own = select(runs.c.id).where(runs.c.person == person)
        count = connection.execute(select(func.count()).select_from(own.subquery())).scalar_one()
        if count > self.most_of_one:
            _remove(connection, own.order_by(*_FIRST_TO_GO).limit(count - self.most_of_one))

    def _of_all(self, connection: Connection) -> None:
        over = int(connection.execute(select(func.sum(runs.c.bytes))).scalar_one() or 0) - self._most_bytes
        going = []
        if over > 0:
            over += int(self._most_bytes * _LOOK_SHARE)
            for kept_id, size in connection.execute(select(runs.c.id, runs.c.bytes).order_by(*_FIRST_TO_GO)):
                going.append(kept_id)
                over -= size
                if over <= 0:
                    break
        for start in range(0, len(going), 500):  # a statement takes so many values at most
            _remove(connection, going[start : start + 500])

    def _look_is_due(self, come: int) -> bool:
        with self._lock:
            self._come += come
            now = time.monotonic()
            if now < self._next_look and self._come < self._most_bytes * _LOOK_SHARE:
                return False
            self._next_look, self._come = now + _LOOK_SECONDS, 0
            return True


def _remove(connection: Connection, ids: Any) -> None:
    connection.execute(delete(states).where(states.c.id.in_(ids)))
    connection.execute(delete(runs).where(runs.c.id.in_(ids)))
