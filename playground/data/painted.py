"""Painted points: where they are, what they say, and which of them train."""

from typing import Any

import numpy as np

from playground.data.dataset import Dataset
from playground.experiment import painting
from playground.experiment.data import Painted, task_of
from playground.experiment.randomness import key
from playground.settings import settings


def painted(spec: Painted) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (n, 2) float64, targets (n,) (int64 classes or float32 values), and a draw in [0, 1) for each, (n,).

    A point's draw depends on the seed and on the point alone. So what is painted or erased elsewhere leaves it in the
    part it is in (see `split.ranked`), and the network goes on with nearly the same points.
    """
    places, labels = painting.decode(spec.points)
    regression = spec.as_task == "regression"
    targets = painting.values_of(labels).astype(np.float32) if regression else labels.astype(np.int64)
    return places, targets, draws(painting.unpack(spec.points), key(spec.seed, "data", "split"))


def draws(records: np.ndarray, seed: int) -> np.ndarray:
    """A number in [0, 1) for each of `records` (n,) of 32 bits: SplitMix64's output function (Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        z = records.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def painted_from(spec: Any, dataset: Dataset) -> Painted:
    """The points of a two-dimensional data set as if they had been painted: what one starts from to change it.

    spec: its description, whose inputs, test part and seed are kept; dataset: what it loads to. Labels are taken as
    they are seen, made wrong or not. Points outside the canvas are left out, values are kept within [-1, 1]. Of more
    points than may be painted about half as many as may are taken, so that there is room for more.
    """
    if isinstance(spec, Painted):
        return spec
    places = np.concatenate([dataset.train_points, dataset.test_points])
    targets = np.concatenate([dataset.y_train, dataset.y_test])
    seen = np.flatnonzero((np.abs(places) <= painting.REACH).all(axis=1))
    if len(seen) > settings.max_painted:
        seen = seen[:: -(-2 * len(seen) // settings.max_painted)]
    task = task_of(spec)
    labels = painting.labels_of(targets) if task == "regression" else targets
    return Painted(
        kind="painted",
        as_task=task,
        points=painting.encode(places[seen], labels[seen]),
        features=spec.features,
        test_fraction=spec.test_fraction,
        seed=spec.seed,
    )
