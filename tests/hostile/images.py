"""Hostile images: what a person's "images" may really be. Each case: a name, the bytes, and words of the answer."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

from tests.hostile.tables import File
from tests.pictures import encoded, noise, zipped

GOOD = encoded(noise())


def _png(width: int, height: int, rows: bytes) -> bytes:
    """A grey PNG that says that it is so large, with these packed rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _files() -> Iterator[File]:
    unread = ("no image could be read", "png, jpeg, gif, bmp or webp")
    yield File("nothing", b"", unread)
    yield File("noise", random.Random(0).randbytes(50_000), unread)
    yield File("a page", b"<!doctype html><script>alert(1)</script>", unread)
    yield File("a script as SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", unread)
    yield File("PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n", unread)
    yield File("a cut JPEG", encoded(noise(200, 200), "JPEG")[:900], unread)
    yield File(
        "a bomb of 10 gigapixels", _png(100_000, 100_000, zlib.compress(bytes(1_000_000))), ("25,000,000 pixels",)
    )
    yield File("a line of 60 million pixels", _png(60_000_000, 1, zlib.compress(bytes(60_000_001))), ("25,000,000",))
    yield File("a size of 0", _png(0, 5, b""), unread)
    yield File("pixels without end", _png(8, 8, zlib.compress(bytes(30_000_000))))
    yield File("an endless palette", encoded(noise(8, 8), "GIF")[:-1] + b"!\xfe" + b"\xff" + bytes(255) * 2_000)
    yield File("words in a PNG", GOOD[:-12] + _words(20_000_000) + GOOD[-12:])


def _words(length: int) -> bytes:
    """A chunk of text that unpacks to `length` bytes."""
    data = b"note\0\0" + zlib.compress(bytes(length))
    return struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))


def _zips() -> Iterator[File]:
    yield File("an empty zip", zipped({}), ("no image in the zip",))
    yield File("a zip of nothing but folders", zipped({"a/": b"", "b/": b""}), ("no image in the zip",))
    yield File("a cut zip", zipped({"a/1.png": GOOD})[:-40], ("no zip that can be read",))
    yield File("zip-slip", zipped({"../../../tmp/slipped.png": GOOD}), ("leads out of it",))
    yield File("one class only", zipped({f"cat/{n}.png": GOOD for n in range(5)}), ("one class only", "bring a second"))
    yield File("a class of one", zipped({"a/1.png": GOOD, "b/1.png": GOOD, "b/2.png": GOOD}), ("has one image only",))
    many = {f"{name}/{n}.png": GOOD for name in range(50) for n in range(2)}
    yield File("50 classes", zipped(many), ("50 classes", "at most 40"))
    yield File("a zip bomb", zipped({f"a/{n}.png": bytes(30_000_000) for n in range(4)}), ("too large",))
    yield File(
        "6,000 images", zipped({f"{n % 3}/{n}.png": b"" for n in range(6_000)}), ("6,000 images", "at most 5,000")
    )
    yield File("a zip in a zip", zipped({"a/1.png": zipped({"b/1.png": GOOD})}), ("no image could be read",))
    yield File("a zip of a bomb", zipped({"a/1.png": _png(100_000, 100_000, b"")}), ("25,000,000 pixels",))
    yield File("200,000 entries", _crowded(200_000), ("far more files",))
    pets = {f"{name}/{n}.png": GOOD for name in ("<b>cat</b>", "d\u202eog") for n in range(4)}
    yield File("names with markup", zipped(pets))


def _crowded(count: int) -> bytes:
    """A zip whose list of contents names one and the same file again and again."""
    data = bytearray(zipped({"a/1.png": b""}))
    start, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    entry, tail = bytes(data[start:end]), bytearray(data[end:])
    tail[8:12] = struct.pack("<HH", 65_535, 65_535)
    tail[12:16] = struct.pack("<I", len(entry) * count)
    return bytes(data[:start]) + entry * count + bytes(tail)


IMAGES = (*_files(), *_zips())
"""Every case. Those without words are files that can be read; of those, only the ones in TAKEN can be trained on."""
TAKEN = ("names with markup",)
