"""One-dimensional functions to fit: y over x in [-6, 6], within [-1, 1] before noise."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

REACH = 6.0


def sine(x: np.ndarray) -> np.ndarray:
    """sin(x): almost two periods."""
    return np.sin(x)


def step(x: np.ndarray) -> np.ndarray:
    """A jump from -0.75 to 0.75 at 0: no smooth function has it."""
    return np.where(x < 0, -0.75, 0.75)


def polynomial(x: np.ndarray) -> np.ndarray:
    """The third Chebyshev polynomial of x/6, 4u³ - 3u: a cubic that uses the whole range from -1 to 1."""
    u = x / REACH
    return u * (4 * u * u - 3)


CURVES: MappingProxyType[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {"sine": sine, "step": step, "polynomial": polynomial}
)


def curve(rng: np.random.Generator, samples: int, noise: float, shape: str) -> tuple[np.ndarray, np.ndarray]:
    """Points of one of the CURVES: x (samples, 1) uniform over [-6, 6] and y (samples,).

    Noise is added to y: normal, with standard deviation `noise`. Raises KeyError for an unknown shape.
    """
    x = rng.random((samples, 1)) * (2 * REACH) - REACH
    return x, CURVES[shape](x[:, 0]) + rng.standard_normal(samples) * noise
