"""The inputs a 2-D data set can feed a network: nine functions of a point (x1, x2), as TensorFlow Playground's.

TensorFlow Playground has the first seven; the two cosines complete the set. The sines are of the plain
coordinate (no factor of pi), as there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Feature:
    """One input. name: in the experiment; label: on the screen; formula: LaTeX; value: elementwise (x1, x2)."""

    name: str
    label: str
    formula: str
    value: Function


_ALL = (
    Feature("x1", "x₁", "x_1", lambda a, b: a),
    Feature("x2", "x₂", "x_2", lambda a, b: b),
    Feature("x1_squared", "x₁²", "x_1^2", lambda a, b: a * a),
    Feature("x2_squared", "x₂²", "x_2^2", lambda a, b: b * b),
    Feature("x1_x2", "x₁x₂", "x_1 x_2", lambda a, b: a * b),
    Feature("sin_x1", "sin x₁", r"\sin x_1", lambda a, b: np.sin(a)),
    Feature("sin_x2", "sin x₂", r"\sin x_2", lambda a, b: np.sin(b)),
    Feature("cos_x1", "cos x₁", r"\cos x_1", lambda a, b: np.cos(a)),
    Feature("cos_x2", "cos x₂", r"\cos x_2", lambda a, b: np.cos(b)),
)
FEATURES = MappingProxyType({feature.name: feature for feature in _ALL})


def labels(names: Sequence[str]) -> tuple[str, ...]:
    """The display names of these features, in the given order."""
    return tuple(FEATURES[name].label for name in names)


def compute(names: Sequence[str], points: np.ndarray) -> np.ndarray:
    """Inputs of these features at `points` (m, 2): (m, len(names)) float32, columns in the given order.

    Points of a curve (m, 1) have only x1. The arithmetic is in float64 and rounded once. Raises KeyError for a name
    that is no feature.
    """
    points = np.asarray(points, dtype=np.float64)
    x1, x2 = points[:, 0], points[:, -1]
    inputs = np.empty((len(points), len(names)), dtype=np.float32)
    for column, name in enumerate(names):
        inputs[:, column] = FEATURES[name].value(x1, x2)
    return inputs
