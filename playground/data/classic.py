"""TensorFlow Playground's six data sets, exactly by its published definitions (its src/dataset.ts).

So that its classroom exercises carry over: same shapes, same meaning of noise, same labels. Every function
takes (rng, samples, noise) with noise in [0, 0.5] and returns points (samples, 2) float64 and labels
(samples,), not yet shuffled. Labels are class indices, 1 for its +1 (blue) and 0 for its -1 (orange), or
float64 targets of a regression.

The random numbers are drawn point by point in its order (the rows of one draw), so that a plain loop that
follows its code with the same generator gives the same points: the tests do just that. Only its normal
deviates are numpy's instead of its polar method: the same distribution.

An odd number of samples gives the extra point to the class that it draws first.
"""

import numpy as np

Sample = tuple[np.ndarray, np.ndarray]

RADIUS = 5.0
REGRESSION_RADIUS = 6.0


def uniform(draws: np.ndarray, low: float, high: float) -> np.ndarray:
    """Draws in [0, 1) stretched to [low, high)."""
    return draws * (high - low) + low


def halves(samples: int) -> tuple[int, int]:
    """How many points of the class drawn first and of the other."""
    return samples - samples // 2, samples // 2


def on_circle(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Polar to (x, y), the angle counted clockwise from north, as TensorFlow Playground does: (m, 2)."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def circle(rng: np.random.Generator, samples: int, noise: float) -> Sample:
    """A disc of radius 2.5 (class 1) inside a ring from 3.5 to 5 (class 0).

    Noise shifts where the *label* is read, by up to noise * 5 in each direction; the points stay.
    """

    def band(count: int, low: float, high: float) -> Sample:
        draws = rng.random((count, 4))
        points = on_circle(uniform(draws[:, 0], low, high), uniform(draws[:, 1], 0, 2 * np.pi))
        read_at = points + uniform(draws[:, 2:], -RADIUS, RADIUS) * noise
        inside = np.hypot(read_at[:, 0], read_at[:, 1]) < RADIUS * 0.5
        return points, inside.astype(np.int64)

    first, second = halves(samples)
    return _joined(band(first, 0, RADIUS * 0.5), band(second, RADIUS * 0.7, RADIUS))


def xor(rng: np.random.Generator, samples: int, noise: float) -> Sample:
    """Class 1 where x and y have the same sign; the quadrants pushed 0.3 away from the axes.

    Noise shifts where the label is read, by up to noise * 5 in each direction.
    """
    draws = rng.random((samples, 4))
    points = uniform(draws[:, :2], -5, 5)
    points += np.where(points > 0, 0.3, -0.3)
    read_at = points + uniform(draws[:, 2:], -5, 5) * noise
    return points, (read_at[:, 0] * read_at[:, 1] >= 0).astype(np.int64)


def gaussian(rng: np.random.Generator, samples: int, noise: float) -> Sample:
    """Two round Gaussian clouds: class 1 around (2, 2), class 0 around (-2, -2).

    Noise sets their *variance*, from 0.5 without noise to 4 at noise 0.5, so points may leave [-6, 6].
    """
    variance = 0.5 + 7.0 * noise
    first, second = halves(samples)
    points = rng.standard_normal((samples, 2)) * np.sqrt(variance)
    points[:first] += 2.0
    points[first:] -= 2.0
    return points, np.repeat(np.array([1, 0]), (first, second))


def plane(rng: np.random.Generator, samples: int, noise: float) -> Sample:
    """The target (x + y) / 10 over the square [-6, 6]: a tilted plane.

    Noise shifts where the target is read, by up to noise * 6 in each direction, so it may pass 1.2 then.
    """
    points, read_at = _square(rng, samples, noise)
    return points, read_at.sum(axis=1) / 10.0


HILLS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))
"""Centre x, centre y and sign of multi-gaussian's six hills and hollows."""


def multi_gaussian(rng: np.random.Generator, samples: int, noise: float) -> Sample:
    """Three hills and three hollows over [-6, 6]: cones that fall from ±1 to 0 at distance 2.

    Where cones meet, the strongest counts. Noise shifts where the target is read, as in `plane`.
    """
    points, read_at = _square(rng, samples, noise)
    hills = np.array(HILLS, dtype=np.float64)
    away = np.hypot(read_at[:, :1] - hills[:, 0], read_at[:, 1:] - hills[:, 1])
    heights = hills[:, 2] * np.clip(1.0 - away / 2.0, 0.0, 1.0)
    strongest = np.abs(heights).argmax(axis=1)
    return points, heights[np.arange(samples), strongest]


def _square(rng: np.random.Generator, samples: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Points uniform over [-6, 6]², and the noisy places where their targets are read."""
    draws = uniform(rng.random((samples, 4)), -REGRESSION_RADIUS, REGRESSION_RADIUS)
    return draws[:, :2], draws[:, :2] + draws[:, 2:] * noise


def _joined(first: Sample, second: Sample) -> Sample:
    return np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])
