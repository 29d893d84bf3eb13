"""The lenses of the loss's surface, and the choice of its plane. Torch-free."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator

from playground.experiment.entry import Model, parameter
from playground.lenses.cells import Part
from playground.lenses.lens import Lens
from playground.network.places import path_of

LARGEST_INDEX = 2**31

Directions = Literal["filter", "layer", "raw", "pca", "hessian", "gradient", "line", "weights"]

DIRECTIONS: dict[Directions, tuple[str, str]] = {
    "filter": (
        "Random, filter-normalised",
        "Two random directions, each neuron's part as long as its own weights (Li et al. 2018): surfaces of different "
        "networks can be compared.",
    ),
    "layer": (
        "Random, layer-normalised",
        "Two random directions, each layer's part as long as the layer's weights.",
    ),
    "raw": (
        "Random, raw",
        "Two random directions as they are drawn: a step may be huge for one layer and nothing for another.",
    ),
    "pca": (
        "Principal components of the path",
        "The plane in which this run moved most (Lorch 2016): almost its whole way can be seen in it.",
    ),
    "hessian": (
        "Steepest curvature",
        "The two directions in which the training loss bends most: the top eigenvectors of its Hessian.",
    ),
    "gradient": (
        "Gradient and random",
        "To the right the training loss rises fastest; upwards is a random, filter-normalised direction.",
    ),
    "line": (
        "Straight line",
        "From one point to another, 0 and 1 on the axis (Goodfellow et al. 2015); upwards is a random direction.",
    ),
    "weights": (
        "Two single weights",
        "Everything stands still but two weights, and the axes are what they are.",
    ),
}
"""Every plane by name: what it is called, and what it shows."""


class WeightPlace(Model):
    """One number of a network: the weight from `input` to `unit` of the linear layer at `path`, or (None) its bias."""

    path: tuple[int, ...] | Literal["head"]
    unit: int = Field(ge=0, le=LARGEST_INDEX)
    input: int | None = Field(None, ge=0, le=LARGEST_INDEX)

    @field_validator("path")
    @classmethod
    def _is_path(cls, value: Any) -> Any:
        return path_of(value)


class PlaneLens(Lens):
    """A lens that looks at a plane through the parameters."""

    directions: Directions = parameter("filter", label="Plane", help="Which two directions the surface is drawn over.")
    seed: int = parameter(
        0, label="Seed", help="Which random directions: the same number gives the same.", ge=0, le=LARGEST_INDEX, step=1
    )
    radius: float = parameter(
        1.0,
        label="Radius",
        help="How far it reaches; 1 is as far as the weights are long, or all of the path.",
        ge=0.01,
        le=100.0,
        log=True,
    )
    anchor: int | None = parameter(
        None,
        label="Held at step",
        help="The step at which the plane was laid, where it stays while the run moves on; empty: it follows the run.",
        ge=0,
        le=2**53,
    )
    start: int = parameter(
        0,
        label="From step",
        help="Where the straight line begins; it ends at the run's present weights.",
        ge=0,
        le=2**53,
    )
    landmark: str | None = parameter(
        None,
        label="From the kept point",
        help="The line begins at weights that were kept, of this run or another, instead of at a step.",
        max_length=64,
    )
    first_weight: WeightPlace | None = parameter(None, label="Across", help="The weight on the axis across.")
    second_weight: WeightPlace | None = parameter(None, label="Upwards", help="The weight on the axis upwards.")

    def grid(self, plane: Any) -> tuple[np.ndarray, np.ndarray]:
        """Where it looks: the coordinates of columns and of rows on `plane`."""
        raise NotImplementedError

    def parts(self, dataset: Any) -> tuple[Part, ...]:
        """Of which samples."""
        raise NotImplementedError


class LossLandscape(PlaneLens):
    kind: Literal["loss_landscape"]
    resolution: int = parameter(
        51, label="Resolution", help="Places along each side; more are finer and slower.", ge=11, le=101, step=10
    )
    part: Part = parameter(
        "train", label="Samples", help="Those it trains on, or those kept back to test on; of images some hundreds."
    )
    label = "Loss landscape"
    about = "The loss around the weights, and the way of the run through it: what gradient descent feels its way over."

    def grid(self, plane: Any) -> tuple[np.ndarray, np.ndarray]:
        return plane.axes(self.resolution, self.radius)

    def parts(self, dataset: Any) -> tuple[Part, ...]:
        return (self.part,)


class LossSlice(PlaneLens):
    kind: Literal["loss_slice"]
    points: int = parameter(101, label="Points", help="Places along the line.", ge=11, le=501, step=10)
    axis: Literal["x", "y"] = parameter("x", label="Along", help="The first direction of the plane, or the second.")
    label = "Loss along a line"
    about = "Loss and accuracy of both parts along one direction through the weights."

    def grid(self, plane: Any) -> tuple[np.ndarray, np.ndarray]:
        x, y = plane.axes(self.points, self.radius)
        return (x, np.zeros(1)) if self.axis == "x" else (np.zeros(1), y)

    def parts(self, dataset: Any) -> tuple[Part, ...]:
        return ("train", "test") if len(dataset.x_test) else ("train",)
