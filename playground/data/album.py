"""A person's own images, small and decoded, with their classes: what is kept of an upload."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.data import store
from playground.data.cache import ByteCache
from playground.data.decoding import LONG, fitted
from playground.data.errors import TableError
from playground.data.images import Pictures
from playground.data.names import NAME_LENGTH, clean
from playground.settings import Settings
from playground.settings import settings as default_settings

MAGIC = b"NPALBUM1"
MOST_CLASSES = 40
"""Letters and digits, and some more."""
HEADER_BYTES = 2 * 1024**2


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """classes: names, in order; labels: (n,) int64; images: n arrays (H, W, 3) uint8; grey: whether none has colour;
    notes: what a person should know of how it came to be."""

    classes: tuple[str, ...]
    labels: np.ndarray
    images: tuple[np.ndarray, ...]
    grey: bool
    notes: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of all pixels."""
        return sum(image.nbytes for image in self.images)


def album(
    pairs: Iterable[tuple[str, np.ndarray]], notes: Iterable[str] = (), settings: Settings | None = None
) -> Album:
    """The album of these (class name, image) pairs, classes in the order of their names; "" is no class: left out.

    Raises TableError for fewer than two classes, more than MOST_CLASSES, a class of one image, or too much in all.
    """
    settings = settings or default_settings
    sorted_in = [(clean(name), image) for name, image in pairs]
    counts = Counter(name for name, _ in sorted_in if name)
    _check_classes(counts)
    classes = tuple(sorted(counts))
    place = {name: index for index, name in enumerate(classes)}
    kept = [(place[name], image) for name, image in sorted_in if name]
    if left_out := len(sorted_in) - len(kept):
        notes = (*notes, f"{_images(left_out)} without a class left out")
    images = tuple(image for _, image in kept)
    if sum(image.nbytes for image in images) > settings.album_bytes:
        raise TableError(
            f"These {len(images):,} images are too many together; about "
            f"{len(images) * settings.album_bytes // sum(image.nbytes for image in images):,} of them fit.",
            "images",
        )
    grey = all((image[..., :1] == image).all() for image in images)
    return Album(classes, np.array([label for label, _ in kept], np.int64), images, grey, tuple(notes))


def _check_classes(counts: Counter[str]) -> None:
    if not counts:
        raise TableError("No image has a class yet: give each one.", "images")
    if len(counts) == 1:
        raise TableError(
            f"There is one class only ({next(iter(counts))!r}), so there is nothing to tell apart. Bring a second one.",
            "images",
        )
    if len(counts) > MOST_CLASSES:
        raise TableError(
            f"There are {len(counts):,} classes; at most {MOST_CLASSES} are possible. Keep fewer folders.", "images"
        )
    if lonely := [name for name, count in counts.items() if count < 2]:
        raise TableError(
            f"The class {lonely[0]!r} has one image only; every class needs two or more, one of them to test on.",
            "images",
        )


def keep(made: Album, settings: Settings | None = None) -> str:
    """Put an album into the store; returns the SHA-256 to get it back by. Raises TableError as the store does."""
    return store.put(_packed(made), settings=settings, shelf=store.ALBUMS)


def kept(digest: str) -> Album:
    """An album of the store. Raises TableError where it is not here (any more)."""
    return _albums.get(digest, lambda: _unpacked(store.get(digest, shelf=store.ALBUMS)))


def forget() -> None:
    """Empty the cache."""
    _albums.clear()


def pictures(spec: Any) -> Pictures:
    """The pictures that `spec` (of the kind "images") makes of its album: all of one size, in colour or grey.

    Raises TableError where that is more than `settings.image_values`.
    """
    found = kept(spec.images)
    channels, height, width = spec.shape
    values = len(found.images) * channels * height * width
    if values > default_settings.image_values:
        most = int((default_settings.image_values / len(found.images) / channels) ** 0.5)
        raise TableError(f"So many images have room at {most} × {most} pixels at most. Choose a smaller size.", "size")
    images = np.empty((len(found.images), *spec.shape), np.uint8)
    for index, image in enumerate(found.images):
        images[index] = fitted(image, spec.size, spec.fit, spec.colour)
    return Pictures(images, found.labels, notes=found.notes)


def _packed(made: Album) -> bytes:
    """Magic, length of the header, header (JSON), and the pixels of one image after another; grey ones once."""
    header = {
        "classes": made.classes,
        "labels": made.labels.tolist(),
        "sizes": [image.shape[:2] for image in made.images],
        "grey": made.grey,
        "notes": made.notes,
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    pixels = (image[..., :1] if made.grey else image for image in made.images)
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *(part.tobytes() for part in pixels)])


def _unpacked(data: bytes) -> Album:
    """What `_packed` made. Raises TableError for anything else."""
    try:
        if data[: len(MAGIC)] != MAGIC:
            raise ValueError("another file")
        start = len(MAGIC) + 4
        (length,) = struct.unpack("<I", data[len(MAGIC) : start])
        if length > HEADER_BYTES:
            raise ValueError("a header without end")
        return _read(json.loads(data[start : start + length]), memoryview(data)[start + length :])
    except (ValueError, KeyError, TypeError, struct.error, RecursionError) as error:
        raise TableError("These images are not on this server: bring them again.", "images") from error


def _read(header: dict[str, Any], pixels: memoryview) -> Album:
    classes = tuple(clean(str(name), NAME_LENGTH) for name in header["classes"])
    labels = np.array(header["labels"], np.int64)
    channels = 1 if header["grey"] else 3
    images, start = [], 0
    for height, width in header["sizes"]:
        if not (0 < height <= LONG and 0 < width <= LONG):
            raise ValueError("a size that none has")
        end = start + height * width * channels
        image = np.frombuffer(pixels[start:end], np.uint8).reshape(height, width, channels)
        images.append(np.broadcast_to(image, (height, width, 3)))
        start = end
    if start != len(pixels) or len(labels) != len(images) or set(labels.tolist()) != set(range(len(classes))):
        raise ValueError("numbers that do not fit together")
    return Album(classes, labels, tuple(images), bool(header["grey"]), tuple(str(note) for note in header["notes"]))


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"


_albums: ByteCache[Album] = ByteCache(128 * 1024**2)
