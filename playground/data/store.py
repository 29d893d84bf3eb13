"""Uploaded tables, on disk under the SHA-256 of their bytes.

The name is the content, so the same file uploaded by a whole class is there once, an experiment's link names exactly
the rows it was made with, and nobody can overwrite or list another's table. Every process of the server uses the same
folder; files appear whole or not at all.
"""

import hashlib
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from playground.data.errors import TableError
from playground.settings import Settings
from playground.settings import settings as default_settings

PARTIAL = ".part"
WRITING_SECONDS = 600

_DIGEST = re.compile(r"[0-9a-f]{64}")


def put(data: bytes, *, settings: Settings | None = None) -> str:
    """Keep a file; returns the name to get it back by: its SHA-256 in hexadecimal.

    Where all tables together then take more than `settings.store_bytes`, those unused for longest are removed.
    Raises TableError for an empty file, one larger than `settings.csv_bytes`, or a disk that cannot take it.
    """
    settings = settings or default_settings
    if not data:
        raise TableError("The file is empty.")
    if len(data) > settings.csv_bytes:
        raise TableError(f"The file has {len(data):,} bytes; at most {settings.csv_bytes:,} are kept here.")
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest, settings)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _touch(path, len(data)):
            _write(path, data)
        _make_room(path, settings.store_bytes)
    except OSError as error:
        raise TableError(f"The server could not keep the table ({error.strerror}).") from error
    return digest


def get(digest: str, *, settings: Settings | None = None) -> bytes:
    """The bytes that `put` was given. Raises TableError where they are not (or no longer) here."""
    path = _path(digest, settings or default_settings)
    try:
        data = path.read_bytes()
    except OSError:
        raise TableError("This table is not on this server: upload it again.") from None
    if hashlib.sha256(data).hexdigest() != digest:  # a disk may lie; an experiment must not train on that
        with suppress(OSError):
            path.unlink()
        raise TableError("This table is not on this server: upload it again.")
    with suppress(OSError):  # a folder that is read-only now still serves what it has
        _touch(path, len(data))
    return data


def _path(digest: str, settings: Settings) -> Path:
    """Where a table lies. Anything but a SHA-256 is refused, so no name can lead out of the folder."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise TableError("This is not the name of a table: 64 hexadecimal digits are needed.")
    return settings.home / "tables" / f"{digest}.csv"


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=PARTIAL)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _touch(path: Path, size: int) -> bool:
    """Whether the whole file is there; if so, its time says that it was used just now."""
    try:
        if path.stat().st_size != size:
            return False
        os.utime(path)
    except FileNotFoundError:  # also where another process removes it meanwhile
        return False
    return True


def _make_room(newest: Path, capacity: int) -> None:
    """Remove what was unused for longest until `capacity` holds the rest.

    Half-written files count too: an old one was left by a process that died, a new one is another's work.
    """
    files = []
    in_work = time.time_ns() - WRITING_SECONDS * 10**9
    with os.scandir(newest.parent) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # another process makes room as well
                status = entry.stat()
                if entry.name.endswith(PARTIAL) and status.st_mtime_ns > in_work:
                    continue
                files.append((status.st_mtime_ns, status.st_size, entry.path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= capacity:
            return
        if path != str(newest):
            with suppress(FileNotFoundError):
                os.unlink(path)
            total -= size
