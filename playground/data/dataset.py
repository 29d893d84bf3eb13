"""What every data set becomes: arrays to train and test on, and the plane on which they are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Task = Literal["classification", "regression"]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The one or two coordinates on which a data set and what a network makes of it are drawn.

    kind: "xy" (the points are 2-D themselves), "line" (one coordinate: a curve), "pca" (the first two principal
    components of a table's or of images' training inputs) or "features" (two of a table's inputs, in its own numbers).
    domain: (low, high) of each coordinate: what is worth drawing; points may lie outside it for the noisy
    2-D sets, as in TensorFlow Playground.
    titles: of the axes; for "line" the second is the target's.
    """

    kind: Literal["xy", "line", "pca", "features"]
    domain: tuple[Interval, ...]
    titles: tuple[str, str]
    map: Callable[[np.ndarray], np.ndarray]
    """Plane coordinates (m, 1 or 2) to the network's inputs (m, d)."""

    @property
    def dimensions(self) -> int:
        """1 for a line, 2 for a plane."""
        return 1 if self.kind == "line" else 2

    def inputs(self, points: np.ndarray) -> np.ndarray:
        """The network's inputs (m, d) float32 at these places (m, `dimensions`).

        On a plane of a table these are the inputs of the points *on* the plane; a sample's own inputs lie off it.
        Raises ValueError for another number of coordinates.
        """
        points = np.asarray(points)
        if points.ndim != 2 or points.shape[1] != self.dimensions:
            raise ValueError(f"a {self.kind} plane takes points (m, {self.dimensions}), not {points.shape}")
        return self.map(points).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A loaded data set. Its arrays are read-only: every run of a worker shares them.

    x_train (n, d), x_test (m, d): float32 inputs, finite. y_*: (n,) int64 class index for classification,
    (n,) float32 for regression. *_points: (n, 1 or 2) float32 coordinates on the plane. m may be 0.
    """

    task: Task
    classes: tuple[str, ...]
    """Class names in the order of their index; empty for regression."""
    inputs: tuple[str, ...]
    """Display names of the d inputs."""
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    train_points: np.ndarray
    test_points: np.ndarray
    plane: Plane
    target: str = ""
    """What is predicted, for an axis title; empty where it has no name."""
    target_scale: tuple[float, float] = (0.0, 1.0)
    """(mean, standard deviation) of a table's regression target: value = mean + std * y."""
    input_scale: tuple[np.ndarray, np.ndarray] | None = None
    """(means, standard deviations), each (d,) float64, of a table's inputs: its own value = mean + deviation * x.
    Of images, whose pixel in 0..1 is that, the numbers are the same for all pixels of a channel."""
    image: tuple[int, int, int] | None = None
    """(channels, height, width) where the d inputs are the pixels of an image, channel first, row by row."""
    notes: tuple[str, ...] = ()
    """What was done to the rows that a person should know ("12 rows without a value were left out")."""

    def __post_init__(self) -> None:
        for array in self._arrays():
            array.flags.writeable = False

    def _arrays(self) -> tuple[np.ndarray, ...]:
        return (self.x_train, self.y_train, self.x_test, self.y_test, self.train_points, self.test_points)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays together."""
        return sum(array.nbytes for array in self._arrays())
