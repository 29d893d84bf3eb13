"""Points that a person painted on the plane, as a data set."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from playground.experiment import painting
from playground.experiment.data_basis import Plane, label_noise_share
from playground.experiment.entry import parameter
from playground.settings import settings


class Painted(Plane):
    """Points that a person painted (see `painting` for their text)."""

    kind: Literal["painted"]
    task = "classification"
    test_fraction: float = parameter(
        0.2, label="Test part", help="Share of the points kept back to test on.", ge=0.05, le=0.95, step=0.05
    )
    as_task: Literal["classification", "regression"] = Field(
        default="classification", title="Labels", description="Whether the points have classes or values."
    )
    points: str = Field(
        default=painting.smile(),
        title="Points",
        description="The painted points: x, y and class or value of each.",
        max_length=settings.link_bytes,
    )
    label_noise: float = label_noise_share()
    label = "Painted"
    about = "Points of your own: switch on Paint beside the boundary, then click or drag there."

    @field_validator("points")
    @classmethod
    def _can_be_trained_on(cls, text: str, info: ValidationInfo) -> str:
        text = painting.canonical(text)
        task = info.data.get("as_task", cls.task)
        if problem := painting.problem(painting.decode(text)[1], task, settings.max_painted):
            raise ValueError(problem)
        return text

    @property
    def labels(self) -> np.ndarray:
        """Class or value of every point as it is kept, (n,) uint8."""
        return painting.decode(self.points)[1]

    @property
    def count(self) -> int:
        """How many points there are."""
        return len(self.labels)

    @property
    def classes(self) -> int:
        """How many classes: as many as the last one that has a point needs, and at least two; 0 of values."""
        return 0 if self.as_task == "regression" else max(int(self.labels.max()) + 1, 2)


def repainted(before: Any, after: Any) -> bool:
    """Whether two experiments differ only in the points, those of `after` being painted: a network can go on with them.

    A set that was drawn from a formula counts, too, where inputs and split stay: it is what painting may begin with.
    """
    old, new = before.data, after.data
    if before == after or not isinstance(new, Painted) or old.family != "plane":
        return False
    if isinstance(old, Painted):
        same = old.model_copy(update={"points": new.points}) == new
    else:
        same = all(getattr(old, name) == getattr(new, name) for name in ("features", "test_fraction", "seed"))
    return same and before.model_copy(update={"data": new}) == after
