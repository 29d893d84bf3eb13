"""One cell of a confusion matrix, as a choice of rows. Torch-free."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from playground.experiment.entry import Model

Part = Literal["train", "test"]

MOST_CLASSES = 1_000
"""Beyond any data: only that a number from a stranger is one."""


class Cell(Model):
    """The rows of a part that are of class `actual` and that the network takes for class `predicted`."""

    part: Part = "test"
    actual: int = Field(ge=0, lt=MOST_CLASSES)
    predicted: int = Field(ge=0, lt=MOST_CLASSES)

    def fits(self, dataset: Any) -> bool:
        """Whether `dataset` has both classes."""
        return max(self.actual, self.predicted) < len(dataset.classes)
