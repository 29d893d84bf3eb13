"""Images for tests: files in any format, tiny stand-ins for what is downloaded, and an album of a person's own."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile

import numpy as np
from PIL import Image

from playground.data import album, download, downloadable
from playground.data.download import Collection, Remote

TRAIN, TEST = 120, 40
"""Images of the stand-ins; CIFAR-10's six batches are of TEST each."""


def encoded(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None, **options: object) -> bytes:
    """An image file of pixels (H, W), (H, W, 3) or (H, W, 4)."""
    image = Image.fromarray(pixels)
    kept = io.BytesIO()
    (image.convert(mode) if mode else image).save(kept, kind, **options)
    return kept.getvalue()


def noise(height: int = 12, width: int = 16, channels: int = 3, seed: int = 0) -> np.ndarray:
    """Random pixels (H, W, C) uint8."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these paths and contents."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return kept.getvalue()


def own_images(each: int = 12) -> str:
    """The SHA-256 of an album in the store: bright and dark images, `each` of them."""
    pairs = [
        (name, (noise(20, 26, seed=index * 2 + bright) // 2 + 128 * bright).astype(np.uint8))
        for index in range(each)
        for bright, name in enumerate(("dark", "bright"))
    ]
    return album.keep(album.album(pairs))


def stand_in_for_downloads(patch, settings) -> None:
    """From now on tiny collections take the place of MNIST, Fashion-MNIST and CIFAR-10, and are on this server.

    patch: pytest's monkeypatch; settings: of the server whose home they are put into.
    """
    patch.setattr(downloadable, "TRAIN", TRAIN)
    patch.setattr(downloadable, "TEST", TEST)
    patch.setattr(download, "default_settings", settings)
    contents = {"mnist": _mnist(1), "fashion_mnist": _mnist(2), "cifar10": _cifar()}
    collections = {}
    for kind, files in contents.items():
        real = downloadable.COLLECTIONS[kind]
        collection = collections[kind] = Collection(real.title, real.folder, tuple(_remote(*file) for file in files))
        folder = download.folder_of(collection)
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            (folder / name).write_bytes(data)
    for kind, collection in collections.items():
        patch.setitem(downloadable.COLLECTIONS, kind, collection)


def _remote(name: str, data: bytes) -> Remote:
    return Remote(name, len(data), hashlib.sha256(data).hexdigest(), (f"http://nowhere.invalid/{name}",))


def idx_bytes(values: np.ndarray) -> bytes:
    """Bytes in the IDX format of MNIST, gzipped."""
    header = np.array([0x0800 + values.ndim, *values.shape], ">u4").tobytes()
    return gzip.compress(header + values.astype(np.uint8).tobytes(), mtime=0)


def _mnist(seed: int) -> list[tuple[str, bytes]]:
    rng = np.random.default_rng(seed)
    parts = []
    for name, count in (("train", TRAIN), ("t10k", TEST)):
        images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        parts.append((f"{name}-images-idx3-ubyte.gz", idx_bytes(images)))
        parts.append((f"{name}-labels-idx1-ubyte.gz", idx_bytes(np.arange(count) % 10)))
    return parts


def _cifar() -> list[tuple[str, bytes]]:
    rng, kept = np.random.default_rng(3), io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w:gz") as archive:
        for name in (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"):
            records = rng.integers(0, 256, (TEST, 3_073), dtype=np.uint8)
            records[:, 0] = np.arange(TEST) % 10
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = records.size
            archive.addfile(member, io.BytesIO(records.tobytes()))
    return [("cifar-10-binary.tar.gz", kept.getvalue())]
