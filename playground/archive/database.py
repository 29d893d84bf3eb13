"""The database of the archive: SQLite beside the server, or PostgreSQL. Opened at the first use, and looked after."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)

from playground.archive import lite
from playground.archive.tables import VERSION, metadata, version

BUSY_SECONDS = 5.0
"""How long to wait for others who write into a SQLite file, and for a PostgreSQL server to answer."""
REST_SECONDS = 3.0
"""After a failure nobody waits for the database for so long: hundreds would, one after another."""
KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 14_000}
"""Of a connection to PostgreSQL (libpq's own words): a server that vanished without a word, its cable pulled, would
otherwise be waited for for hours, by whoever asked it something at that moment."""

_PLAIN = {
    "database is locked": "another program keeps it busy.",
    "disk is full": "there is no space left on its disk.",
    "readonly database": "it may only be read.",
    "not a database": "the file is damaged, or no database.",
    "malformed": "the file is damaged.",
    "unable to open": "its file cannot be opened.",
    "disk i/o error": "its disk has an error.",
    "connection refused": "it does not answer.",
    "could not receive data": "it does not answer any more.",
    "timeout": "it does not answer in time.",
}


class ArchiveError(ValueError):
    """What is kept cannot be reached now; the message says why, in plain words."""


class Database:
    """The tables at a URL of SQLAlchemy's. Thread-safe. Nothing happens before the first `reading` or `writing`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._ready = False
        self._rest_until = 0.0
        self.problem = ""
        """Why the last attempt failed, in plain words; empty when all is well."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of all tables. Raises ArchiveError."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are made all together at the end, or (after an error) not at all.

        Raises ArchiveError, and what the body raises."""
        with self._transaction(writes=True) as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections. It can be used again afterwards."""
        with self._lock:
            engine, self._engine, self._ready = self._engine, None, False
        if engine is not None:
            engine.dispose()

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[Connection]:
        if time.monotonic() < self._rest_until:
            raise ArchiveError(self.problem)
        try:
            with self._opened().connect() as connection, _options(connection, writes).begin():
                yield connection
        except ArchiveError as error:
            self._failed(str(error))
            raise
        except (SQLAlchemyError, OSError) as error:
            problem = _explained(error)
            self._failed(problem)
            raise ArchiveError(problem) from error
        self.problem = ""

    def _failed(self, problem: str) -> None:
        self.problem = problem
        self._rest_until = time.monotonic() + REST_SECONDS

    def _opened(self) -> Engine:
        """The engine, its tables made where they are not there yet."""
        if not self._ready:
            with self._lock:
                if self._engine is None:
                    self._engine = _engine(self._url)
                if not self._ready:
                    try:
                        _prepare(self._engine)
                    except (IntegrityError, ProgrammingError):  # another server made them at the same moment
                        _prepare(self._engine)
                    self._ready = True
        return self._engine


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            return _sqlite(parsed)
        patience = {"connect_timeout": int(BUSY_SECONDS), **KEEPALIVES}
        settings: dict[str, Any] = patience if backend == "postgresql" else {}
        return create_engine(
            parsed,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_timeout=BUSY_SECONDS,
            pool_recycle=600,
            connect_args=settings,
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ArchiveError(
            "The database of kept runs cannot be used: its URL must be like sqlite:////folder/file.db "
            "or postgresql://user:password@host/name."
        ) from error


def _sqlite(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        lite.make(Path(url.database))
    engine = create_engine(url, hide_parameters=True, pool_timeout=BUSY_SECONDS, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    return engine


def _tune(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN: the driver would not before the first change
    lite.tune(connection, BUSY_SECONDS)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_size_limit = 67108864")


def _begin(connection: Connection) -> None:
    # Who will write says so from the start and waits for others; to find out half-way would be an error at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _options(connection: Connection, writes: bool) -> Connection:
    return connection.execution_options(writes=writes)


def _prepare(engine: Engine) -> None:
    """Make the tables where they are missing. Raises ArchiveError for those of a later version."""
    with engine.connect() as connection, _options(connection, True).begin():
        metadata.create_all(connection)
        found = connection.execute(select(version.c.version)).scalars().first()
        if found is None:
            connection.execute(insert(version).values(version=VERSION))
        elif found != VERSION:
            raise ArchiveError("The database of kept runs was made by another version of this program.")


def _explained(error: Exception) -> str:
    cause = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()
    text = cause[0] if cause else type(error).__name__
    for found, plain in _PLAIN.items():
        if found in text.lower():
            return f"The database of kept runs cannot be used now: {plain}"
    return f"The database of kept runs cannot be used now ({text[:200]})."
