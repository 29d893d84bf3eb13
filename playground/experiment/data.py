"""Data a person can pick: what it is called, what can be set, what it teaches. `playground.data` makes it.

Kinds fall into four families: two-dimensional classification and regression (drawn from a formula, or painted by a
person), a one-dimensional curve, tables, and images (in `experiment.images`).
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from playground.experiment.data_basis import (
    CURVE_FEATURES,
    FEATURES,
    SEED_LIMIT,
    Data,
    Feature,
    Plane,
    Synthetic,
    class_count,
    label_noise_share,
)
from playground.experiment.entry import parameter
from playground.experiment.images import (
    CIFAR10,
    IMAGES,
    MNIST,
    Digits,
    FashionMNIST,
    MNIST5k,
    OwnImages,
    Shapes,
)
from playground.experiment.losses import Task
from playground.experiment.painted import Painted
from playground.settings import settings

__all__ = [
    "BROUGHT",
    "CSV",
    "CURVE_FEATURES",
    "DATA",
    "FEATURES",
    "SEED_LIMIT",
    "DataSpec",
    "Painted",
    "Plane",
    "task_of",
]

BROUGHT = ("csv", "images")
"""Kinds that cannot be described before a person has brought something of their own."""
NAMES_BYTES = settings.link_bytes // 2
"""What the names of a table's chosen columns may take up in a link: the rest of the experiment needs room, too."""


class Classified(Synthetic):
    task = "classification"
    label_noise: float = label_noise_share()


class Circle(Classified):
    kind: Literal["circle"]
    label = "Circle"
    about = "A disc inside a ring: no straight line can part them, a square or a few bent units can."


class Xor(Classified):
    kind: Literal["xor"]
    label = "Exclusive or"
    about = (
        "Opposite quadrants belong together: the problem that one linear layer cannot solve (Minsky and Papert 1969)."
    )


class Gaussian(Classified):
    kind: Literal["gaussian"]
    label = "Two clouds"
    about = "Two normal clouds: a single neuron is enough."


class Spiral(Classified):
    kind: Literal["spiral"]
    classes: int = class_count()
    label = "Spiral"
    about = "Arms wound around each other: the hard one, it needs width, depth or the right inputs."


class Moons(Classified):
    kind: Literal["moons"]
    label = "Moons"
    about = "Two half-moons hooked into each other: one bend in the boundary solves it."


class Checkerboard(Classified):
    kind: Literal["checkerboard"]
    classes: int = class_count()
    label = "Checkerboard"
    about = "Squares of alternating classes: many separate regions for one boundary."


class Rings(Classified):
    kind: Literal["rings"]
    classes: int = class_count(3)
    label = "Rings"
    about = "Rings around rings, a class each."


class Blobs(Classified):
    kind: Literal["blobs"]
    classes: int = class_count(3)
    label = "Blobs"
    about = "One round cloud for each class: watch how the borders between them meet."


class PlaneRegression(Synthetic):
    kind: Literal["plane"]
    task = "regression"
    label = "Slope"
    about = "The value grows steadily along one diagonal: a linear neuron fits it exactly."


class MultiGaussian(Synthetic):
    kind: Literal["multi_gaussian"]
    task = "regression"
    label = "Hills and hollows"
    about = "Six bumps of either sign: a surface that needs several bent units."


class Curve(Synthetic):
    kind: Literal["curve"]
    task = "regression"
    family = "curve"
    allowed = CURVE_FEATURES
    shape: Literal["sine", "step", "polynomial"] = parameter("sine", label="Shape", help="The curve behind the points.")
    features: tuple[Feature, ...] = Field(
        default=("x1",),
        title="Inputs",
        description="What the network is fed.",
        min_length=1,
        max_length=len(CURVE_FEATURES),
    )
    label = "Curve"
    about = "One input, one output: see a network bend a line into shape, unit by unit."


class Table(Data):
    """Rows of a real table: inputs are standardised on the training part."""

    family = "table"
    test_fraction: float = parameter(
        0.3, label="Test part", help="Share of the rows kept back to test on.", ge=0.05, le=0.95, step=0.05
    )


class ClassTable(Table):
    task = "classification"
    label_noise: float = label_noise_share()
    balance: bool = parameter(
        False,
        label="Balance classes",
        help="Repeats rows of the rarer classes in the training part until all are equally common.",
    )


class Iris(ClassTable):
    kind: Literal["iris"]
    label = "Iris"
    about = "150 flowers of three species by four lengths (Fisher 1936)."


class Wine(ClassTable):
    kind: Literal["wine"]
    label = "Wine"
    about = "178 wines of three growers by thirteen measurements."


class BreastCancer(ClassTable):
    kind: Literal["breast_cancer"]
    label = "Breast cancer"
    about = "569 tumours, benign or malignant, by thirty measurements of their cells."


class Diabetes(Table):
    kind: Literal["diabetes"]
    task = "regression"
    label = "Diabetes"
    about = "442 patients by ten measurements: how far the disease has gone a year later."


class Flats(Table):
    kind: Literal["flats"]
    task = "regression"
    label = "Flat prices"
    about = "400 flats of a made-up city: the price by size, place, age and three more."


class Faults(ClassTable):
    kind: Literal["faults"]
    label = "Machine faults"
    about = "1,000 readings of made-up machines by four sensors; 6 in 100 are faults, the rest is fine."


class CSV(Table):
    """A person's own table. The rows stay on the server under their SHA-256; the experiment names them by it."""

    kind: Literal["csv"]
    table: str = Field(title="Table", description="SHA-256 of the uploaded file.", pattern=r"^[0-9a-f]{64}$")
    name: str = Field(
        default="table.csv", title="File name", description="What the uploaded file was called.", max_length=100
    )
    target: str = Field(title="Target", description="The column to predict.", max_length=100)
    as_task: Literal["classification", "regression"] = Field(title="Task", description="Classes or numbers.")
    columns: tuple[Annotated[str, Field(max_length=100)], ...] = Field(
        title="Inputs",
        description="The columns the network is fed.",
        min_length=1,
        max_length=settings.csv_columns,
    )
    missing: Literal["drop", "mean", "median", "most_frequent"] = parameter(
        "drop",
        label="Missing values",
        help="What happens to empty cells; text columns are filled with their most frequent value.",
    )
    balance: bool = parameter(
        False,
        label="Balance classes",
        help="Repeats rows of the rarer classes in the training part until all are equally common.",
    )
    label_noise: float = label_noise_share()
    label = "Your own table"
    about = "A CSV file of yours."
    task = "classification"

    @model_validator(mode="after")
    def _target_is_no_input(self) -> CSV:
        if self.target in self.columns:
            raise ValueError(f"the target {self.target!r} cannot be an input as well")
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("each column can be an input once")
        if len(json.dumps(self.columns, ensure_ascii=False).encode()) > NAMES_BYTES:
            raise ValueError("the names of these columns are too long for a link; choose fewer or shorten them")
        return self


DATA = (
    Circle, Xor, Gaussian, Spiral, Moons, Checkerboard, Rings, Blobs, PlaneRegression, MultiGaussian, Curve,
    Painted, Iris, Wine, BreastCancer, Diabetes, Flats, Faults, CSV, *IMAGES,
)  # fmt: skip

DataSpec = Annotated[
    Circle | Xor | Gaussian | Spiral | Moons | Checkerboard | Rings | Blobs | PlaneRegression | MultiGaussian | Curve
    | Painted | Iris | Wine | BreastCancer | Diabetes | Flats | Faults | CSV | Digits
    | MNIST5k | Shapes | MNIST | FashionMNIST | CIFAR10 | OwnImages,
    Field(discriminator="kind"),
]  # fmt: skip


def task_of(data: Any) -> Task:
    """The task a data description poses."""
    return getattr(data, "as_task", data.task)
