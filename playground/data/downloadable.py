"""The three sets of images that are downloaded: MNIST, Fashion-MNIST and CIFAR-10, with the sums of their files."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path
from types import MappingProxyType

import numpy as np

from playground.data import download
from playground.data.download import Collection, Remote, Told, path_of
from playground.data.errors import TableError
from playground.data.images import Pictures

TRAIN, TEST = 60_000, 10_000

FASHION_CLASSES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"
)  # fmt: skip
CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

CLASSES = MappingProxyType({"fashion_mnist": FASHION_CLASSES, "cifar10": CIFAR_CLASSES})
"""Those of MNIST are the digits."""


def _files(sums: dict[str, tuple[int, str]], *mirrors: str) -> tuple[Remote, ...]:
    return tuple(
        Remote(name, size, sha256, tuple(mirror + name for mirror in mirrors)) for name, (size, sha256) in sums.items()
    )


COLLECTIONS: dict[str, Collection] = {
    "mnist": Collection(
        "MNIST",
        "mnist",
        _files(
            {
                "train-images-idx3-ubyte.gz": (
                    9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
                ),
                "train-labels-idx1-ubyte.gz": (
                    28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
                ),
                "t10k-images-idx3-ubyte.gz": (
                    1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
                ),
                "t10k-labels-idx1-ubyte.gz": (
                    4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
                ),
            },
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
    ),
    "fashion_mnist": Collection(
        "Fashion-MNIST",
        "fashion_mnist",
        _files(
            {
                "train-images-idx3-ubyte.gz": (
                    26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
                ),
                "train-labels-idx1-ubyte.gz": (
                    29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
                ),
                "t10k-images-idx3-ubyte.gz": (
                    4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
                ),
                "t10k-labels-idx1-ubyte.gz": (
                    5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
                ),
            },
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
    ),
    "cifar10": Collection(
        "CIFAR-10",
        "cifar10",
        _files(
            {
                "cifar-10-binary.tar.gz": (
                    170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
                )
            },
            "https://www.cs.toronto.edu/~kriz/",
            "https://cave.cs.toronto.edu/kriz/",
            "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
        ),
    ),
}  # fmt: skip
"""By the kind of the data that needs them. The sums are those that TensorFlow Datasets publishes."""


def fetch(kind: str, told: Told | None = None) -> Path:
    """Download "mnist", "fashion_mnist" or "cifar10" unless it is here; returns its folder.

    told: called with the bytes that are here and those that there will be. Raises TableError as `download.fetch` does.
    """
    return download.fetch(COLLECTIONS[kind], told)


def read(kind: str) -> Pictures:
    """All pictures of a collection that is here. Raises TableError where it is not, or is damaged."""
    collection = COLLECTIONS[kind]
    paths = [path_of(collection, file) for file in collection.files]
    return cifar(paths[0]) if kind == "cifar10" else idx_pictures(*paths)


def idx_pictures(images: Path, labels: Path, test_images: Path, test_labels: Path) -> Pictures:
    """The four files of MNIST and of those that took its format: (70000, 1, 28, 28)."""
    pixels = np.concatenate([idx(images, (TRAIN, 28, 28)), idx(test_images, (TEST, 28, 28))])
    return Pictures(
        pixels[:, None], np.concatenate([idx(labels, (TRAIN,)), idx(test_labels, (TEST,))]).astype(np.int64), TEST
    )


def idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """A gzipped IDX file of bytes of just this shape: a magic number 0x0800 + dimensions, the dimensions, big-endian,
    then the values, the last index running fastest. Never more than that is unpacked."""
    header = np.array([0x0800 + len(shape), *shape], ">u4").tobytes()
    size = len(header) + int(np.prod(shape))
    try:
        with gzip.open(path) as file:
            data = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(f"{path.name} cannot be unpacked: download it again.", "kind") from error
    if len(data) != size or not data.startswith(header):
        raise TableError(f"{path.name} holds something else than {shape[0]:,} of what it should: replace it.", "kind")
    return np.frombuffer(data, np.uint8, offset=len(header)).reshape(shape)


_BATCHES = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")
_RECORD = 1 + 3 * 32 * 32


def cifar(path: Path) -> Pictures:
    """CIFAR-10's binary version: (60000, 3, 32, 32). Six files in the archive, each of 10,000 records of a label and
    1,024 red, green and blue pixels. Read one after another; nothing is written to the disk."""
    records = np.empty((len(_BATCHES), TEST, _RECORD), np.uint8)
    found = set()
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                name = Path(member.name).name
                if name in _BATCHES and member.isfile() and member.size == TEST * _RECORD:
                    data = archive.extractfile(member).read(member.size)
                    records[_BATCHES.index(name)] = np.frombuffer(data, np.uint8).reshape(TEST, _RECORD)
                    found.add(name)
    except (OSError, EOFError, zlib.error, ValueError, tarfile.TarError) as error:
        raise TableError(f"{path.name} cannot be unpacked: download it again.", "kind") from error
    if len(found) < len(_BATCHES):
        raise TableError(f"{path.name} is not the binary version of CIFAR-10: replace it.", "kind")
    flat = records.reshape(-1, _RECORD)
    return Pictures(flat[:, 1:].reshape(-1, 3, 32, 32), flat[:, 0].astype(np.int64), TEST)
