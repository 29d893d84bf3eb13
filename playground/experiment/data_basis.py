"""What data sets have in common: how they are split, the inputs made of a point of the plane, the usual parameters."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from playground.experiment.entry import Entry, parameter
from playground.experiment.losses import Task
from playground.settings import settings

Feature = Literal[
    "x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2", "cos_x1", "cos_x2"
]  # fmt: skip
FEATURES: tuple[str, ...] = Feature.__args__
CURVE_FEATURES = ("x1", "x1_squared", "sin_x1", "cos_x1")
SEED_LIMIT = 2**31 - 1


class Data(Entry):
    """A data set. Every one is split into a training and a test part by `test_fraction` and `seed`."""

    task: ClassVar[Task]
    family: ClassVar[Literal["plane", "curve", "table", "image"]]
    test_fraction: float = parameter(
        0.5, label="Test part", help="Share of the points kept back to test on.", ge=0.05, le=0.95, step=0.05
    )
    seed: int = parameter(1, label="Seed", help="The same seed draws the same points.", ge=0, le=SEED_LIMIT, step=1)


class Plane(Data):
    """Points of the plane; the network sees the chosen `features` of them."""

    family = "plane"
    allowed: ClassVar[tuple[str, ...]] = FEATURES
    features: tuple[Feature, ...] = Field(
        default=("x1", "x2"),
        title="Inputs",
        description="What the network is fed.",
        min_length=1,
        max_length=len(FEATURES),
    )

    @field_validator("features")
    @classmethod
    def _known_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise ValueError("each input can be chosen once")
        for name in value:
            if name not in cls.allowed:
                raise ValueError(f"{name} is not an input of this data; choose from {', '.join(cls.allowed)}")
        # One order, so that the same choice is the same experiment however it was made.
        return tuple(name for name in cls.allowed if name in value)


class Synthetic(Plane):
    """Points drawn from a formula."""

    samples: int = parameter(
        500,
        label="Points",
        help="How many points are drawn, training and test together.",
        ge=20,
        le=settings.max_samples,
        step=50,
    )
    noise: float = parameter(
        0.0, label="Noise", help="How far points stray from the pattern.", ge=0.0, le=0.5, step=0.05
    )


def label_noise_share() -> float:
    return parameter(
        0.0,
        label="Label noise",
        help="Share of the training points that are given another class.",
        ge=0.0,
        le=0.5,
        step=0.05,
    )


def class_count(default: int = 2) -> int:
    return parameter(default, label="Classes", help="How many classes there are.", ge=2, le=5, step=1)
