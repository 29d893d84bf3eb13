"""A SQLite file that several programs write into, and several parts of one: what all of them have to do alike."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

_MAKING = threading.Lock()
_AGAIN_SECONDS = 0.01


def make(file: Path) -> None:
    """Make an empty file where there is none; what people train is nobody else's on this machine.

    A file that is there is never opened here: to close it would take away every lock that this process has on it
    (POSIX), and the next program to go would remove the write-ahead log under us. See "How To Corrupt An SQLite
    Database File", 2.2, in SQLite's documentation.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _MAKING, suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def tune(connection: sqlite3.Connection, patience: float) -> None:
    """Readers and a writer side by side; after a power cut the last moments may be missing, but nothing is damaged.

    To change a new file's mode SQLite does not wait for others who use it, as it does for all else: that is done here,
    for ``patience`` seconds.
    """
    until = time.monotonic() + patience
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
        time.sleep(_AGAIN_SECONDS)
    connection.execute("PRAGMA synchronous = NORMAL")
