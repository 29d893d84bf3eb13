"""From pictures of classes to a data set: chosen, split, standardised, labelled wrong, drawn on a plane."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from playground.data.dataset import Dataset
from playground.data.pca import principal_plane
from playground.data.split import balanced, mislabelled, stratified
from playground.experiment.randomness import generator
from playground.settings import settings

LEVELS = 256
"""Values of a stored pixel; 255 is 1.0."""
CHUNK = 1_000
"""Images looked at together: what that takes beside the result is a few megabytes."""

_CHANNELS = {1: ("",), 3: (", red", ", green", ", blue")}


class Pictures(NamedTuple):
    """images: (n, C, H, W) uint8; labels: (n,) class indices int64; tests: how many of them, the last ones, were set
    apart to test on by whoever published them; 0 where nobody did. notes: what a person should know of them."""

    images: np.ndarray
    labels: np.ndarray
    tests: int = 0
    notes: tuple[str, ...] = ()


def pixel_names(shape: tuple[int, int, int]) -> tuple[str, ...]:
    """Display names of the inputs of images of this shape (C, H, W): "row 1, column 1", and the colour."""
    channels, height, width = shape
    return tuple(
        f"row {row}, column {column}{colour}"
        for colour in _CHANNELS[channels]
        for row in range(1, height + 1)
        for column in range(1, width + 1)
    )


def image_data(spec: Any, classes: tuple[str, ...], pictures: Pictures) -> Dataset:
    """The data set that `spec`, an entry of the family "image", makes of these pictures of these classes.

    Every class keeps its share in both parts. Every channel is standardised by its pixels in the training part.
    """
    train, test = parts(spec, pictures)
    shape = pictures.images.shape[1:]
    means, deviations = channel_scale(pictures.images[train])
    x_train = standardised(pictures.images[train], means, deviations)
    x_test = standardised(pictures.images[test], means, deviations)
    plane, train_points, test_points = principal_plane(x_train, x_test)
    y_train = pictures.labels[train]
    if spec.label_noise:
        y_train = mislabelled(generator(spec.seed, "data", "label noise"), y_train, spec.label_noise, len(classes))
    if getattr(spec, "balance", False):
        rows = balanced(generator(spec.seed, "data", "balance"), y_train, settings.image_values // x_train.shape[1])
        x_train, y_train, train_points = x_train[rows], y_train[rows], train_points[rows]
    pixels = shape[1] * shape[2]
    return Dataset(
        task="classification", classes=classes, inputs=pixel_names(shape), x_train=x_train, y_train=y_train,
        x_test=x_test, y_test=pictures.labels[test], train_points=train_points, test_points=test_points, plane=plane,
        target="class", input_scale=(np.repeat(means, pixels), np.repeat(deviations, pixels)), image=tuple(shape),
        notes=pictures.notes,
    )  # fmt: skip


def parts(spec: Any, pictures: Pictures) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of the training and of the test part: as many together as `spec` asks for.

    What was published as a test part stays one: test images are taken from there alone, and training images from the
    rest; of neither more than there are.
    """
    count = len(pictures.labels)
    samples = min(getattr(spec, "samples", count), count)
    labels = pictures.labels
    if not pictures.tests:
        rows = _some(generator(spec.seed, "data", "choice"), labels, samples)
        train, test = stratified(generator(spec.seed, "data", "split"), labels[rows], spec.test_fraction)
        return rows[train], rows[test]
    first = count - pictures.tests
    wanted = round(samples * (1 - spec.test_fraction))
    trains = min(max(wanted, samples - pictures.tests), first)
    train = _some(generator(spec.seed, "data", "split", "train"), labels[:first], trains)
    test = _some(generator(spec.seed, "data", "split", "test"), labels[first:], samples - trains)
    return train, first + test


def _some(rng: np.random.Generator, labels: np.ndarray, count: int) -> np.ndarray:
    """`count` row numbers in random order; every class keeps its share."""
    return stratified(rng, labels, 1 - count / len(labels))[0]


def channel_scale(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (C,) float64 of each channel of uint8 images (n, C, H, W), black 0 and white 1.

    Exact: counted, not added up. A channel that never changes has the deviation 1.
    """
    channels = images.shape[1]
    counts = np.zeros((channels, LEVELS), np.int64)
    for start in range(0, len(images), CHUNK):
        for channel in range(channels):
            counts[channel] += np.bincount(images[start : start + CHUNK, channel].ravel(), minlength=LEVELS)
    shares = counts / counts.sum(axis=1, keepdims=True)
    levels = np.arange(LEVELS) / (LEVELS - 1)
    means = shares @ levels
    deviations = np.sqrt((shares * (levels - means[:, None]) ** 2).sum(axis=1))
    return means, np.where(deviations > 0, deviations, 1.0)


def standardised(images: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """uint8 images (n, C, H, W) as inputs (n, C*H*W) float32: (pixel / 255 - mean) / deviation, by channel."""
    levels = np.arange(LEVELS) / (LEVELS - 1)
    tables = ((levels - means[:, None]) / deviations[:, None]).astype(np.float32)
    result = np.empty(images.shape, np.float32)
    for channel, table in enumerate(tables):
        for start in range(0, len(images), CHUNK):
            result[start : start + CHUNK, channel] = table[images[start : start + CHUNK, channel]]
    return result.reshape(len(images), -1)
