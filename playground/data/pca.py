"""The plane on which a table or images are drawn: the first two principal components of their training inputs."""

from functools import partial

import numpy as np

from playground.data.dataset import Interval, Plane

MARGIN = 0.08
"""Empty share of the drawing on every side of the outermost points."""

MOST_EXACT = 256
"""With more inputs, as images have, two components are sought instead of all being worked out."""
SOUGHT_ROWS = 1_000
SOUGHT_ROUNDS = 15

_ORDINALS = ("First", "Second")


def components(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (d,), the first two principal components (2, d) and their shares of the variance (2,), all float64.

    inputs: (n, d). Components have length 1 and their largest entry is positive, as in scikit-learn's PCA. With a
    single input, the second component is zero: the plane then does not change along its second axis. With more than
    MOST_EXACT inputs they are those of SOUGHT_ROWS of the rows, spread evenly, found to about two digits.
    """
    if inputs.shape[1] > MOST_EXACT:
        return _sought(inputs)
    exact = inputs.astype(np.float64)
    mean = exact.mean(axis=0)
    exact -= mean
    covariance = exact.T @ exact / len(exact)
    values, vectors = np.linalg.eigh(covariance)  # in rising order
    axes = np.zeros((2, inputs.shape[1]))
    shares = np.zeros(2)
    count = min(2, len(values))
    axes[:count] = _upright(vectors[:, ::-1][:, :count].T)
    total = np.clip(values, 0, None).sum()
    if total > 0:
        shares[:count] = np.clip(values[::-1][:count], 0, None) / total
    return mean, axes, shares


def _sought(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `components`, by subspace iteration (Halko, Martinsson and Tropp 2011) on some of the rows."""
    rows = np.linspace(0, len(inputs) - 1, min(SOUGHT_ROWS, len(inputs))).astype(np.int64)
    chosen = inputs[rows].astype(np.float64)
    mean = chosen.mean(axis=0)
    chosen -= mean
    start = np.random.Generator(np.random.Philox(0)).standard_normal((chosen.shape[1], min(10, len(rows))))
    basis = np.linalg.qr(start)[0]
    for _ in range(SOUGHT_ROUNDS):
        basis = np.linalg.qr(chosen.T @ (chosen @ basis))[0]
    _, strengths, turn = np.linalg.svd(chosen @ basis, full_matrices=False)
    axes, shares = np.zeros((2, chosen.shape[1])), np.zeros(2)
    count = min(2, len(strengths))
    axes[:count] = _upright((basis @ turn[:count].T).T)
    total = (chosen**2).sum()
    if total > 0:
        shares[:count] = strengths[:count] ** 2 / total
    return mean, axes, shares


def _upright(axes: np.ndarray) -> np.ndarray:
    """The axes, each turned round where its largest entry is negative."""
    largest = np.abs(axes).argmax(axis=1)
    return axes * np.where(axes[np.arange(len(axes)), largest] < 0, -1.0, 1.0)[:, None]


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
    # The mean is taken off afterwards: all inputs of many images in double precision would be a gigabyte.
    if inputs.shape[1] > MOST_EXACT:
        return (inputs @ axes.T.astype(np.float32) - (mean @ axes.T).astype(np.float32)).astype(np.float32)
    return ((inputs - mean) @ axes.T).astype(np.float32)


def _embed(points: np.ndarray, mean: np.ndarray, axes: np.ndarray) -> np.ndarray:
    return (mean + points @ axes).astype(np.float32)
