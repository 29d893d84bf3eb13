"""Files from the internet, whole or not at all: fetched once, checked by their SHA-256, kept in the server's home.

Nothing is fetched by itself: `fetch` is called by a person's button, or in a notebook. A file put into the folder by
hand is as good as a fetched one; it is checked like one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

from playground.data.errors import TableError
from playground.settings import MEGABYTE, Settings
from playground.settings import settings as default_settings

PIECE = 64 * 1024
SILENCE_SECONDS = 20
"""A mirror that says nothing for so long is given up."""
FILE_SECONDS = 3_600
AGENT = "network-playground"

Told = Callable[[int, int], None]
"""Called with the bytes that are here and those that there will be."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A file somewhere else. size: in bytes; sha256: as published, in hexadecimal; mirrors: whole addresses, http or
    https, tried in order."""

    name: str
    size: int
    sha256: str
    mirrors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """The files of one data set, and the folder inside "datasets" that they lie in."""

    title: str
    folder: str
    files: tuple[Remote, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


class _Refused(Exception):
    """Why a mirror did not give a file."""


def folder_of(collection: Collection, settings: Settings | None = None) -> Path:
    """Where the files of a collection lie, or may be put by hand."""
    return (settings or default_settings).home / "datasets" / collection.folder


def missing(collection: Collection, settings: Settings | None = None) -> tuple[Remote, ...]:
    """The files that are not here; one of another size, or found to have another sum, is not the one.

    They are only looked at, not read: a page may ask at any time.
    """
    folder = folder_of(collection, settings)
    return tuple(file for file in collection.files if not _seems_right(folder / file.name, file))


def require(collection: Collection, settings: Settings | None = None) -> None:
    """Raises TableError where files are missing: which, from where, and where to put them."""
    if lacking := missing(collection, settings):
        raise TableError(how_to_get(collection, lacking, settings), "kind")


def path_of(collection: Collection, file: Remote, settings: Settings | None = None) -> Path:
    """A file of the collection that is here and is what it should be. Raises TableError where it is not."""
    path = folder_of(collection, settings) / file.name
    if _size(path) != file.size:
        raise TableError(how_to_get(collection, (file,), settings), "kind")
    if _sum_of(path, path.stat().st_mtime_ns) != file.sha256:
        raise TableError(
            f"{path} is damaged, or another file of that name: its SHA-256 is not {file.sha256}. Remove it, then "
            "download it again or put the right one there.",
            "kind",
        )
    return path


def fetch(
    collection: Collection,
    told: Told | None = None,
    *,
    settings: Settings | None = None,
    stop: Callable[[], bool] = bool,
) -> Path:
    """Bring the files here that are missing; returns their folder. What is here and right stays as it is.

    told: called as bytes arrive; stop: ends the work early where it returns something true (TableError, too).
    Raises TableError, which says what every mirror answered, what is needed, and where it may be put by hand.
    """
    folder = folder_of(collection, settings)
    here = 0
    for file in collection.files:
        try:
            path_of(collection, file, settings)
        except TableError:
            _fetch_one(collection, file, folder, lambda count, here=here: _say(told, here + count, collection), stop)
        here += file.size
        _say(told, here, collection)
    return folder


def how_to_get(collection: Collection, files: tuple[Remote, ...], settings: Settings | None = None) -> str:
    """What is needed, in words for whoever can get it."""
    names = ", ".join(f"{file.name} ({file.mirrors[0]})" for file in files)
    return (
        f"{collection.title} is not on this server yet. Download it ({collection.size / MEGABYTE:.0f} MB), or put "
        f"{'this file' if len(files) == 1 else 'these files'} into {folder_of(collection, settings)}: {names}."
    )


def _say(told: Told | None, count: int, collection: Collection) -> None:
    if told is not None:
        told(min(count, collection.size), collection.size)


def _fetch_one(
    collection: Collection, file: Remote, folder: Path, told: Callable[[int], None], stop: Callable[[], bool]
) -> None:
    answers = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mirror in file.mirrors:
            try:
                _from_mirror(mirror, file, folder, told, stop)
                return
            except _Refused as refused:
                answers.append(f"{urlsplit(mirror).hostname}: {refused}")
    except OSError as error:
        raise TableError(f"The server could not keep {file.name} in {folder} ({error.strerror}).", "kind") from error
    raise TableError(
        f"{file.name} ({file.size / MEGABYTE:.1f} MB) could not be downloaded. {'; '.join(answers)}. It may be put "
        f"into {folder} by hand, from {' or '.join(file.mirrors)}; it is checked there.",
        "kind",
    )


def _from_mirror(
    mirror: str, file: Remote, folder: Path, told: Callable[[int], None], stop: Callable[[], bool]
) -> None:
    """The file, checked and in its place under its name. Raises _Refused where this mirror does not give it."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as kept:
            _receive(mirror, file, kept.write, told, stop)
            kept.flush()
            os.fsync(kept.fileno())
        os.replace(temporary, folder / file.name)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _receive(
    mirror: str, file: Remote, write: Callable[[bytes], object], told: Callable[[int], None], stop: Callable[[], bool]
) -> None:
    """Every byte of the file given to `write`, never more than it has."""
    count, digest, end = 0, hashlib.sha256(), time.monotonic() + FILE_SECONDS
    for piece in _pieces(mirror):
        count += len(piece)
        if count > file.size:
            raise _Refused(f"sent more than the {file.size:,} bytes it should have")
        if stop():
            raise _Refused("stopped")
        if time.monotonic() > end:
            raise _Refused("took more than an hour")
        digest.update(piece)
        write(piece)
        told(count)
    if count < file.size:
        raise _Refused(f"broke off after {count:,} of {file.size:,} bytes")
    if digest.hexdigest() != file.sha256:
        raise _Refused("sent another file (its SHA-256 is wrong)")


def _pieces(mirror: str) -> Iterator[bytes]:
    """What a mirror sends, piece by piece. Raises _Refused for whatever the network does."""
    if urlsplit(mirror).scheme not in ("http", "https"):
        raise _Refused("is not an address of the web")
    # Exactly the file's bytes: nobody may pack them once more on the way.
    request = urllib.request.Request(mirror, headers={"User-Agent": AGENT, "Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as answer:
            while True:
                try:
                    piece = answer.read(PIECE)
                except IncompleteRead as cut:
                    piece = cut.partial
                if not piece:
                    return
                yield piece
    except (OSError, HTTPException, ValueError) as error:
        raise _Refused(_reason(error)) from None


def _reason(error: Exception) -> str:
    """An error of the network in a few words."""
    if code := getattr(error, "code", None):
        return f"answered {code}"
    inner = getattr(error, "reason", None) or error
    if isinstance(inner, TimeoutError):
        return f"did not answer within {SILENCE_SECONDS} seconds"
    return f"could not be reached ({getattr(inner, 'strerror', None) or inner or type(inner).__name__})"


def _seems_right(path: Path, file: Remote) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return found.st_size == file.size and _sums.get((path, found.st_mtime_ns), file.sha256) == file.sha256


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


_sums: dict[tuple[Path, int], str] = {}


def _sum_of(path: Path, changed: int) -> str:
    """The SHA-256 of a file; worked out again when the file has changed."""
    key = (path, changed)
    if key not in _sums:
        with path.open("rb") as file:
            _sums[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _sums[key]
