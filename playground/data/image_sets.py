"""The images that are always here: scikit-learn's digits and 5,000 of MNIST. Each function gives Pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.images import Pictures

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "data"
"""Where the files are, with their licence and the scripts that make them again."""
DIGITS = tuple("0123456789")


def digits() -> Pictures:
    """scikit-learn's 1,797 digits: (1797, 1, 8, 8). Its 0 (paper) to 16 (ink) become 0 to 255."""
    import sklearn.datasets  # takes a second; a page that only shows names does without

    values, labels = sklearn.datasets.load_digits(return_X_y=True)
    images = np.rint(values * (255 / 16)).astype(np.uint8).reshape(-1, 1, 8, 8)
    return Pictures(images, labels.astype(np.int64))


def mnist_5k() -> Pictures:
    """500 of each of MNIST's digits: (5000, 1, 28, 28)."""
    with np.load(FOLDER / "mnist_5k.npz", allow_pickle=False) as file:
        return Pictures(file["images"][:, None], file["labels"].astype(np.int64))
