"""TensorFlow Playground's data sets against a plain loop that follows its src/dataset.ts line by line.

Both draw from generators with the same seed, in the same order, so they must agree point for point.
"""

import math

import numpy as np
import pytest

from playground.data import classic, patterns

COUNTS = [20, 101, 500]
NOISES = [0.0, 0.15, 0.5]


class Loop:
    """The published definitions, one point at a time."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.points, self.labels = [], []

    def uniform(self, low, high):
        return self.rng.random() * (high - low) + low

    def push(self, x, y, label):
        self.points.append((x, y))
        self.labels.append(label)

    def circle(self, samples, noise):
        radius = 5
        for low, high, count in (
            (0, radius * 0.5, math.ceil(samples / 2)),
            (radius * 0.7, radius, samples // 2),
        ):
            for _ in range(count):
                r, angle = self.uniform(low, high), self.uniform(0, 2 * math.pi)
                x, y = r * math.sin(angle), r * math.cos(angle)
                noise_x, noise_y = self.uniform(-radius, radius) * noise, self.uniform(-radius, radius) * noise
                self.push(x, y, 1 if math.dist((x + noise_x, y + noise_y), (0, 0)) < radius * 0.5 else -1)

    def xor(self, samples, noise):
        for _ in range(samples):
            x, y = self.uniform(-5, 5), self.uniform(-5, 5)
            x += 0.3 if x > 0 else -0.3
            y += 0.3 if y > 0 else -0.3
            noise_x, noise_y = self.uniform(-5, 5) * noise, self.uniform(-5, 5) * noise
            self.push(x, y, 1 if (x + noise_x) * (y + noise_y) >= 0 else -1)

    def gaussian(self, samples, noise):
        variance = 0.5 + noise / 0.5 * (4 - 0.5)
        for centre, label, count in ((2, 1, math.ceil(samples / 2)), (-2, -1, samples // 2)):
            for _ in range(count):
                x = centre + math.sqrt(variance) * self.rng.standard_normal()
                y = centre + math.sqrt(variance) * self.rng.standard_normal()
                self.push(x, y, label)

    def spiral(self, samples, noise):
        n = samples / 2
        for delta, label, count in ((0, 1, math.ceil(n)), (math.pi, -1, samples // 2)):
            for i in range(count):
                r, t = i / n * 5, 1.75 * i / n * 2 * math.pi + delta
                x = r * math.sin(t) + self.uniform(-1, 1) * noise
                y = r * math.cos(t) + self.uniform(-1, 1) * noise
                self.push(x, y, label)

    def square(self, samples, noise, label_at):
        for _ in range(samples):
            x, y = self.uniform(-6, 6), self.uniform(-6, 6)
            noise_x, noise_y = self.uniform(-6, 6) * noise, self.uniform(-6, 6) * noise
            self.push(x, y, label_at(x + noise_x, y + noise_y))

    def plane(self, samples, noise):
        self.square(samples, noise, lambda x, y: -1 + (x + y + 10) / 20 * 2)

    def multi_gaussian(self, samples, noise):
        hills = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]

        def label_at(x, y):
            label = 0
            for centre_x, centre_y, sign in hills:
                new = sign * min(1, max(0, 1 - math.dist((x, y), (centre_x, centre_y)) / 2))
                if abs(new) > abs(label):
                    label = new
            return label

        self.square(samples, noise, label_at)


OURS = {
    "circle": classic.circle,
    "xor": classic.xor,
    "gaussian": classic.gaussian,
    "spiral": patterns.spiral,
    "plane": classic.plane,
    "multi_gaussian": classic.multi_gaussian,
}


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("samples", COUNTS)
@pytest.mark.parametrize("noise", NOISES)
def test_equals_the_published_definition(kind, samples, noise):
    loop = Loop(7)
    getattr(loop, kind)(samples, noise)
    points, labels = OURS[kind](np.random.default_rng(7), samples, noise)
    assert points.shape == (samples, 2)
    np.testing.assert_allclose(points, loop.points, rtol=0, atol=1e-12)
    if kind in ("plane", "multi_gaussian"):
        np.testing.assert_allclose(labels, loop.labels, rtol=0, atol=1e-12)
    else:
        assert labels.dtype == np.int64
        assert np.array_equal(np.where(labels == 1, 1, -1), loop.labels)


@pytest.mark.parametrize("noise", NOISES)
def test_noise_is_the_variance_of_the_clouds(noise):
    points, labels = classic.gaussian(np.random.default_rng(0), 40_000, noise)
    for label, centre in ((1, 2), (0, -2)):
        cloud = points[labels == label]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.06)
        np.testing.assert_allclose(cloud.var(axis=0), 0.5 + 7 * noise, rtol=0.05)


def test_circle_leaves_a_gap_and_noise_moves_only_labels():
    quiet, labels = classic.circle(np.random.default_rng(1), 2_000, 0.0)
    noisy, noisy_labels = classic.circle(np.random.default_rng(1), 2_000, 0.5)
    radius = np.hypot(*quiet.T)
    assert np.array_equal(quiet, noisy)
    assert np.array_equal(labels, (radius < 2.5).astype(int))
    assert not ((radius > 2.5) & (radius < 3.5)).any()
    assert radius.max() <= 5
    assert (labels != noisy_labels).any()


def test_xor_keeps_clear_of_the_axes():
    points, labels = classic.xor(np.random.default_rng(1), 2_000, 0.0)
    assert np.abs(points).min() >= 0.3
    assert np.abs(points).max() <= 5.3
    assert np.array_equal(labels, (points[:, 0] * points[:, 1] > 0).astype(int))


def test_hills_are_cones_of_reach_two():
    points, values = classic.multi_gaussian(np.random.default_rng(1), 5_000, 0.0)
    assert np.abs(values).max() <= 1
    assert values.max() > 0.9 and values.min() < -0.9
    away = np.min([np.hypot(points[:, 0] - x, points[:, 1] - y) for x, y, _ in classic.HILLS], axis=0)
    assert (values[away >= 2] == 0).all()
    assert (values[away < 1.99] != 0).all()


def test_the_slope_without_noise_is_exact():
    points, values = classic.plane(np.random.default_rng(1), 100, 0.0)
    np.testing.assert_allclose(values, points.sum(axis=1) / 10, atol=1e-15)
