"""Uploaded tables and images, on disk under the SHA-256 of their bytes.

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
from dataclasses import dataclass
from pathlib import Path

from playground.data.errors import TableError
from playground.settings import Settings
from playground.settings import settings as default_settings

PARTIAL = ".part"
WRITING_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept together. noun: what a person calls it; limit, capacity: the settings that say how many bytes one
    and all may have; field: where in a description its name stands."""

    folder: str
    ending: str
    noun: str
    limit: str
    capacity: str
    field: str

    @property
    def gone(self) -> TableError:
        """That what is asked for is not here."""
        these = "These" if self.noun.endswith("s") else "This"
        are, it = ("are", "them") if these == "These" else ("is", "it")
        return TableError(f"{these} {self.noun} {are} not on this server: upload {it} again.", self.field)


TABLES = Shelf("tables", ".csv", "table", "csv_bytes", "store_bytes", "table")
ALBUMS = Shelf("albums", ".album", "images", "album_bytes", "albums_bytes", "images")

_DIGEST = re.compile(r"[0-9a-f]{64}")


def put(data: bytes, *, settings: Settings | None = None, shelf: Shelf = TABLES) -> str:
    """Keep a file; returns the name to get it back by: its SHA-256 in hexadecimal.

    Where all on its shelf together then take more than that may hold, those unused for longest are removed.
    Raises TableError for an empty file, one larger than the shelf takes, or a disk that cannot take it.
    """
    settings = settings or default_settings
    if not data:
        raise TableError("The file is empty.", shelf.field)
    most = getattr(settings, shelf.limit)
    if len(data) > most:
        raise TableError(f"The file has {len(data):,} bytes; at most {most:,} are kept here.", shelf.field)
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest, settings, shelf)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _touch(path, len(data)):
            _write(path, data)
        _make_room(path, getattr(settings, shelf.capacity))
    except OSError as error:
        raise TableError(f"The server could not keep the {shelf.noun} ({error.strerror}).", shelf.field) from error
    return digest


def get(digest: str, *, settings: Settings | None = None, shelf: Shelf = TABLES) -> bytes:
    """The bytes that `put` was given. Raises TableError where they are not (or no longer) here."""
    path = _path(digest, settings or default_settings, shelf)
    try:
        data = path.read_bytes()
    except OSError:
        raise shelf.gone from None
    if hashlib.sha256(data).hexdigest() != digest:  # a disk may lie; an experiment must not train on that
        with suppress(OSError):
            path.unlink()
        raise shelf.gone
    with suppress(OSError):  # a folder that is read-only now still serves what it has
        _touch(path, len(data))
    return data


def _path(digest: str, settings: Settings, shelf: Shelf) -> Path:
    """Where a file lies. Anything but a SHA-256 is refused, so no name can lead out of the folder."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise TableError(f"This is not the name of a {shelf.noun}: 64 hexadecimal digits are needed.", shelf.field)
    return settings.home / shelf.folder / f"{digest}{shelf.ending}"


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
