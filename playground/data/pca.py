"""The plane on which a table is drawn: the first two principal components of its training inputs."""

from functools import partial

import numpy as np

from playground.data.dataset import Interval, Plane

MARGIN = 0.08
"""Empty share of the drawing on every side of the outermost points."""

_ORDINALS = ("First", "Second")


def components(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (d,), the first two principal components (2, d) and their shares of the variance (2,), all float64.

    inputs: (n, d). Components have length 1 and their largest entry is positive, as in scikit-learn's PCA. With a
    single input, the second component is zero: the plane then does not change along its second axis.
    """
    exact = inputs.astype(np.float64)
    mean = exact.mean(axis=0)
    exact -= mean
    covariance = exact.T @ exact / len(exact)
    values, vectors = np.linalg.eigh(covariance)  # in rising order
    axes = np.zeros((2, inputs.shape[1]))
    shares = np.zeros(2)
    count = min(2, len(values))
    axes[:count] = vectors[:, ::-1][:, :count].T
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.where(axes[np.arange(2), largest] < 0, -1.0, 1.0)[:, None]
    total = np.clip(values, 0, None).sum()
    if total > 0:
        shares[:count] = np.clip(values[::-1][:count], 0, None) / total
    return mean, axes, shares


def principal_plane(train: np.ndarray, test: np.ndarray) -> tuple[Plane, np.ndarray, np.ndarray]:
    """The plane through the training inputs (n, d), and where the training and test rows fall on it (·, 2)."""
    mean, axes, shares = components(train)
    train_points, test_points = _project(train, mean, axes), _project(test, mean, axes)
    domain = tuple(interval(np.concatenate([train_points, test_points])[:, axis]) for axis in range(2))
    titles = tuple(
        f"{name} principal component ({share:.0%} of the variance)"
        for name, share in zip(_ORDINALS, shares, strict=True)
    )
    return Plane("pca", domain, titles, partial(_embed, mean=mean, axes=axes)), train_points, test_points


def interval(values: np.ndarray) -> Interval:
    """A range that holds all values with a margin, and is never empty."""
    low, high = float(values.min()), float(values.max())
    margin = (high - low) * MARGIN or 1.0
    return low - margin, high + margin


def _project(inputs: np.ndarray, mean: np.ndarray, axes: np.ndarray) -> np.ndarray:
    return ((inputs - mean) @ axes.T).astype(np.float32)


def _embed(points: np.ndarray, mean: np.ndarray, axes: np.ndarray) -> np.ndarray:
    return (mean + points @ axes).astype(np.float32)
