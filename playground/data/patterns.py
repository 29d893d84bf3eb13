"""Two-dimensional data sets with a chosen number of classes, and the two moons.

Every function takes (rng, samples, noise[, classes]) with noise in [0, 0.5] and classes from 2 to 5, and
returns points (samples, 2) float64 and class indices (samples,) int64, not yet shuffled. At noise 0 the
classes never overlap and all points lie in [-6, 6]². Classes differ by at most one point in size, save where
noise decides the label, and on the checkerboard, where chance does.
"""

import numpy as np

from playground.data.classic import RADIUS, Sample, on_circle, uniform


def spiral(rng: np.random.Generator, samples: int, noise: float, classes: int = 2) -> Sample:
    """Arms that wind around the middle 1.75 times; with two classes exactly TensorFlow Playground's spiral.

    Arm k starts at angle -(k - 1) * 2 pi / classes, which is its 0 for class 1 and its pi for class 0.
    Points lie evenly along an arm, radius 0 to 5; noise shifts them by up to `noise` in each direction.
    """
    arms = [classes - 1 - arm for arm in range(classes)]  # theirs draws the positive class first
    points, labels = [], []
    for arm, count in zip(arms, _shares(samples, classes), strict=True):
        along = np.arange(count) / (samples / classes)
        angle = 1.75 * along * 2 * np.pi + 2 * np.pi * ((1 - arm) % classes) / classes
        shift = uniform(rng.random((count, 2)), -1, 1) * noise
        points.append(on_circle(along * RADIUS, angle) + shift)
        labels.append(np.full(count, arm))
    return np.concatenate(points), np.concatenate(labels)


RING_GAP = 0.3
"""Empty part of a ring's width, on its inner side."""


def rings(rng: np.random.Generator, samples: int, noise: float, classes: int = 2) -> Sample:
    """Rings inside one another, class 0 in the middle, the outermost of radius 5.

    As in `circle`, noise shifts where the label is read; by up to noise * 10 / classes in each direction, so
    that narrow rings are not harder than wide ones.
    """
    width = RADIUS / classes
    ring = np.repeat(np.arange(classes), _shares(samples, classes))
    draws = rng.random((samples, 4))
    inner = np.where(ring == 0, 0.0, (ring + RING_GAP) * width)
    points = on_circle(uniform(draws[:, 0], inner, (ring + 1) * width), uniform(draws[:, 1], 0, 2 * np.pi))
    read_at = points + uniform(draws[:, 2:], -2 * width, 2 * width) * noise
    # Borders lie in the middle of the gaps; whatever noise carries beyond the last ring belongs to it.
    read_ring = np.floor(np.hypot(read_at[:, 0], read_at[:, 1]) / width - RING_GAP / 2)
    return points, np.clip(read_ring, 0, classes - 1).astype(np.int64)


def blobs(rng: np.random.Generator, samples: int, noise: float, classes: int = 2) -> Sample:
    """Round clouds on a circle around the middle, wider the more there are, so that neighbours are about as far apart.

    Noise sets how wide a cloud is: its standard deviation grows from 0.4 without noise, where they lie far apart, to 2
    at noise 0.5, where they overlap and may leave [-6, 6].
    """
    label = np.repeat(np.arange(classes), _shares(samples, classes))
    distance = 2 + 0.4 * classes
    centres = on_circle(np.full(samples, distance), np.pi / 2 + 2 * np.pi * label / classes)
    return centres + rng.standard_normal((samples, 2)) * (0.4 + 3.2 * noise), label


SQUARES = 4
SQUARE_GAP = 0.05
"""Empty part of a square on each of its sides."""


def checkerboard(rng: np.random.Generator, samples: int, noise: float, classes: int = 2) -> Sample:
    """A board of 4 x 4 squares over [-5, 5]²; no two neighbours share a class.

    As in `xor`, noise shifts where the label is read: by up to noise times a square's side in each direction.
    """
    side = 2 * RADIUS / SQUARES
    square = rng.integers(SQUARES, size=(samples, 2))
    draws = rng.random((samples, 4))
    points = (square + uniform(draws[:, :2], SQUARE_GAP, 1 - SQUARE_GAP)) * side - RADIUS
    read_at = points + uniform(draws[:, 2:], -side, side) * noise
    read_square = np.floor((read_at + RADIUS) / side).astype(np.int64)
    # Steps of two upwards spread four and five colours as a knight moves; with fewer they would make stripes.
    step = 2 if classes > 3 else 1
    return points, (read_square[:, 0] + step * read_square[:, 1]) % classes


def moons(rng: np.random.Generator, samples: int, noise: float) -> Sample:
    """Two half circles that reach into each other: scikit-learn's `make_moons`, scaled to fill [-5, 5].

    Its coordinates times 10/3 around its middle (0.5, 0.25); its noise, a normal shift of every point with
    standard deviation `noise`, is taken in its own units.
    """
    upper, lower = samples // 2, samples - samples // 2
    outer, inner = np.linspace(0, np.pi, upper), np.linspace(0, np.pi, lower)
    x = np.concatenate([np.cos(outer), 1 - np.cos(inner)])
    y = np.concatenate([np.sin(outer), 0.5 - np.sin(inner)])
    points = np.stack([x, y], axis=1) + rng.standard_normal((samples, 2)) * noise
    return (points - (0.5, 0.25)) * (10 / 3), np.repeat(np.array([0, 1]), (upper, lower))


def _shares(samples: int, classes: int) -> list[int]:
    """`samples` shared out over the classes as evenly as can be, the first ones getting what is left over."""
    return [samples // classes + (k < samples % classes) for k in range(classes)]
