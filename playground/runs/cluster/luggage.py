"""Files that an experiment needs and that another machine may lack: a person's tables and images, and the sets of
images that the server has downloaded. Every one is checked by its SHA-256 where it arrives."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from playground.data import download, store
from playground.data.download import Collection, Remote
from playground.data.downloadable import COLLECTIONS
from playground.data.errors import TableError

PIECE_BYTES = 4 * 1024**2
"""A file travels in pieces of so many bytes."""

_SHELVES = {shelf.folder: shelf for shelf in (store.TABLES, store.ALBUMS)}


class Item(NamedTuple):
    """A file. where: a shelf of the store, or a collection; name: its SHA-256 there, or a file name."""

    where: str
    name: str


def lacking(experiment: bytes) -> list[Item]:
    """What an experiment (as JSON) needs and this machine does not have."""
    data: dict[str, Any] = orjson.loads(experiment)["data"]
    items = [Item(folder, data[shelf.field]) for folder, shelf in _SHELVES.items() if _names(data, shelf)]
    found = [item for item in items if not _kept(item)]
    if (collection := COLLECTIONS.get(data["kind"])) is not None:
        found += [Item(data["kind"], file.name) for file in download.missing(collection)]
    return found


def pieces(item: Item) -> Iterator[bytes]:
    """The bytes of a file of this machine. Raises TableError where it is not here."""
    if item.where in _SHELVES:
        data = store.get(item.name, shelf=_SHELVES[item.where])
        yield from (data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES))
    else:
        with open(download.path_of(*_remote(item)), "rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece


def put(item: Item, data: bytes) -> None:
    """Keep a file that came. Raises TableError where it is not what was asked for, or cannot be kept."""
    if item.where in _SHELVES:
        if hashlib.sha256(data).hexdigest() == item.name:
            store.put(data, shelf=_SHELVES[item.where])
            return
    else:
        collection, remote = _remote(item)
        if hashlib.sha256(data).hexdigest() == remote.sha256:
            _write(download.folder_of(collection) / remote.name, data)
            return
    raise TableError("The file that came is another one.")


def _names(data: dict[str, Any], shelf: store.Shelf) -> bool:
    return isinstance(data.get(shelf.field), str)


def _kept(item: Item) -> bool:
    try:
        return bool(store.get(item.name, shelf=_SHELVES[item.where]))
    except TableError:
        return False


def _remote(item: Item) -> tuple[Collection, Remote]:
    collection = COLLECTIONS.get(item.where)
    for file in collection.files if collection else ():
        if file.name == item.name:
            return collection, file
    raise TableError("There is no such file.")


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; two that write the same file write the same."""
    partial = path.with_name(f".{path.name}.{os.getpid()}{store.PARTIAL}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise TableError(f"The file could not be kept ({error.strerror}).") from error
