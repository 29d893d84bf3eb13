"""What a person brings, a zip or single files, as pictures with a class each, and what had to be left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np

from playground.data import unzipping
from playground.data.decoding import decode
from playground.data.errors import TableError
from playground.data.names import clean
from playground.data.unzipping import File
from playground.settings import Settings
from playground.settings import settings as default_settings

PIXELS_TOGETHER = 50
"""Times the largest image: what all files of one upload may hold, or decoding them takes minutes."""
NAMED = 3
"""So many files are named where several could not be read."""


@dataclass(frozen=True, slots=True)
class Item:
    """A picture on its way into an album. folder: its class as it was brought, "" for none; name: of its file."""

    folder: str
    name: str
    pixels: np.ndarray


@dataclass(slots=True)
class Brought:
    """What an upload came to. notes: what a person should know of it, each half a sentence."""

    items: list[Item] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def sorted(self) -> bool:
        """Whether every picture that lies in no folder may be left out: two folders or more have some."""
        return len({item.folder for item in self.items if item.folder}) > 1


def bring(uploads: Sequence[tuple[str, bytes]], settings: Settings | None = None) -> Brought:
    """Read uploaded files: (name, content) each, one zip or several, or images.

    Files that cannot be read are left out, which the notes say. Raises TableError, with the file's name, for a zip
    that is no good, where no image can be read, and for more than a server takes.
    """
    settings = settings or default_settings
    if not uploads:
        raise TableError("Nothing was brought.", "images")
    if sum(len(data) for _, data in uploads) > settings.image_bytes:
        raise TableError(
            f"Together that is more than the {settings.image_bytes // 1024**2:,} MB that are taken at once.", "images"
        )
    count, found = _found(uploads, settings)
    if count > settings.image_files:
        raise TableError(f"These are {count:,} images; at most {settings.image_files:,} are taken.", "images")
    return _read(found, settings)


def suggested(items: Iterable[Item]) -> list[str]:
    """A class for each picture: its folder, or else what its file's name begins with, where that parts them
    ("cat_01.png" and "dog 7.jpg"); "" where nothing does."""
    items = list(items)
    words = [re.split(r"[\d_\-. (]", PurePath(item.name).stem.lower(), maxsplit=1)[0] for item in items]
    kinds = {word for word in words if word}
    telling = 1 < len(kinds) <= max(2, len(items) // 2)
    return [item.folder or (word if telling else "") for item, word in zip(items, words, strict=True)]


def _found(uploads: Sequence[tuple[str, bytes]], settings: Settings) -> tuple[int, Iterator[File]]:
    """How many images there are, and the files."""
    parts: list[tuple[str, bytes, list | None]] = []
    for name, data in uploads:
        try:
            parts.append((name, data, unzipping.contents(data, settings) if unzipping.is_zip(data) else None))
        except TableError as error:
            raise TableError(f"{clean(name)}: {error.message}", "images") from None

    def files() -> Iterator[File]:
        for name, data, entries in parts:
            if entries is None:
                yield File("", clean(PurePath(name).name), data)
            else:
                yield from unzipping.files(data, entries, settings)

    return sum(1 if entries is None else len(entries) for _, _, entries in parts), files()


def _read(found: Iterator[File], settings: Settings) -> Brought:
    items, unread = [], []
    animated = area = kept = 0
    for file in found:
        try:
            decoded = decode(file.data, settings)
        except TableError as error:
            unread.append(f"{file.name} {error.message}")
            continue
        area += decoded.area
        kept += decoded.pixels.nbytes
        if area > PIXELS_TOGETHER * settings.image_pixels or kept > 2 * settings.album_bytes:
            raise TableError("These images hold too many pixels together: bring fewer, or smaller ones.", "images")
        animated += decoded.animated
        items.append(Item(file.folder, file.name, decoded.pixels))
    if not items:
        raise TableError(f"No image could be read: {_listed(unread)}.", "images")
    notes = []
    if unread:
        notes.append(f"{len(unread):,} left out: {_listed(unread)}")
    if animated:
        notes.append(f"only the first frame of {animated:,} animated {'one' if animated == 1 else 'ones'} is used")
    return Brought(items, tuple(notes))


def _listed(unread: list[str]) -> str:
    named = "; ".join(unread[:NAMED])
    return f"{named}; and {len(unread) - NAMED:,} more" if len(unread) > NAMED else named
