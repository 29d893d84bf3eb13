"""Image files out of a stranger's zip, in memory and under bounds: nothing is ever written to where it says."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from playground.data.errors import TableError
from playground.data.names import clean
from playground.settings import MEGABYTE, Settings
from playground.settings import settings as default_settings

ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp")
INFLATED = 4
"""Times the size of the largest upload: what all files of a zip may hold together."""
ENTRY_BYTES = 400
"""What an entry of the list of contents takes, with a long name."""
HIGHEST = 6
"""So many folders above an image are looked at for its class."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class File:
    """An image file as it was brought. folder: the one that it lies in, cleaned; "" for none; name: without it."""

    folder: str
    name: str
    data: bytes


def is_zip(data: bytes) -> bool:
    """Whether these bytes are a zip, whatever it is called."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def contents(data: bytes, settings: Settings | None = None) -> list[zipfile.ZipInfo]:
    """The entries of a zip that are images, by their names; what computers add by themselves is passed over.

    Raises TableError for what is no zip, holds no image, too many, or a path that leads out of it.
    """
    settings = settings or default_settings
    _check_list(data, settings)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, UnicodeError, NotImplementedError) as error:
        raise TableError("The file is no zip that can be read: make it again.", "images") from error
    images = [entry for entry in entries if _wanted(entry)]
    if not images:
        raise TableError(
            "There is no image in the zip. It should hold a folder for each class, with PNG, JPEG, GIF, BMP or WebP "
            "files in it.",
            "images",
        )
    if len(images) > settings.image_files:
        raise TableError(
            f"The zip holds {len(images):,} images; at most {settings.image_files:,} are taken. Keep fewer.", "images"
        )
    return sorted(images, key=lambda entry: entry.filename)


def files(data: bytes, entries: list[zipfile.ZipInfo], settings: Settings | None = None) -> Iterator[File]:
    """The files of these entries, unpacked one after another.

    Raises TableError where one cannot be unpacked, or all together hold more than they may: a zip bomb.
    """
    settings = settings or default_settings
    left = INFLATED * settings.image_bytes
    paths = [_path(entry) for entry in entries]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry, path, folder in zip(entries, paths, classes(paths), strict=True):
            content = _unpacked(archive, entry, left)
            left -= len(content)
            yield File(folder, clean(path.name), content)


def classes(paths: list[PurePosixPath]) -> list[str]:
    """The class of each file: the folder that it lies in, or where they all lie in folders of one name
    ("cat/photos/1.png", "dog/photos/1.png") the one above, and so on; "" in none."""
    nearest = [clean(path.parent.name) for path in paths]
    if len(set(nearest)) == 1:
        for up in range(1, HIGHEST):
            above = [clean(path.parts[-2 - up]) if len(path.parts) > 1 + up else "" for path in paths]
            if len(set(above)) > 1 and all(above):
                return above
    return nearest


def _check_list(data: bytes, settings: Settings) -> None:
    """Before the list of contents is read, which takes memory for each entry: that it is of a sensible length."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(data):
        raise TableError("The file is no zip that can be read: make it again.", "images")
    (length,) = struct.unpack("<I", data[at + 12 : at + 16])
    if length > 4 * settings.image_files * ENTRY_BYTES:
        raise TableError(
            f"The zip holds far more files than the {settings.image_files:,} images that are taken. Keep fewer.",
            "images",
        )


def _wanted(entry: zipfile.ZipInfo) -> bool:
    path = _path(entry)
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename.partition("/")[0]:
        raise TableError(
            f"The zip holds a path that leads out of it ({clean(entry.filename)}): make it again from a plain folder.",
            "images",
        )
    if entry.is_dir() or any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return False
    return path.suffix.lower() in ENDINGS


def _path(entry: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    name = clean(PurePosixPath(entry.filename).name)
    if entry.flag_bits & 0x1:
        raise TableError("The zip is locked with a password: make one without.", "images")
    if entry.compress_type not in _PACKED:
        raise TableError(f"{name} is packed in a way that is not read here: make an ordinary zip.", "images")
    try:
        with archive.open(entry) as file:
            content = file.read(left + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise TableError(f"{name} in the zip is damaged: make the zip again.", "images") from error
    if len(content) > left:
        raise TableError(f"What is in the zip is too large: {left // MEGABYTE:,} MB was the rest.", "images")
    return content
