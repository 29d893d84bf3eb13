"""The lenses that fool a network. Torch-free."""

from __future__ import annotations

from typing import Literal

from playground.experiment.entry import parameter
from playground.lenses.cells import MOST_CLASSES, Part
from playground.lenses.lens import ClassifierLens, picked_image
from playground.lenses.picked import Picked


def _steps(default: int) -> int:
    return parameter(default, label="Steps", help="How many small steps PGD takes.", ge=1, le=40, step=1)


class Attack(ClassifierLens):
    kind: Literal["attack"]
    image: Picked | None = picked_image()
    method: Literal["fgsm", "pgd"] = parameter(
        "pgd",
        label="Method",
        help="One step of the gradient's sign (FGSM), or many smaller ones (PGD).",
    )
    epsilon: float = parameter(
        0.1,
        label="Epsilon",
        help="How much any pixel may change at most; 1 is from black to white.",
        ge=0.0,
        le=1.0,
        step=0.01,
    )
    steps: int = _steps(10)
    towards: int | None = parameter(
        None,
        label="Towards",
        help="The class that the network shall see. Empty: any but the right one.",
        ge=0,
        lt=MOST_CLASSES,
    )
    label = "Fool it"
    about = "A change of the image that is hardly to be seen, and what the network says then."


class Robustness(ClassifierLens):
    kind: Literal["robustness"]
    part: Part = parameter("test", label="Part", help="The images it trains on, or those kept back to test on.")
    samples: int = parameter(
        64, label="Images", help="How many images are attacked, evenly spaced.", ge=8, le=1024, step=8
    )
    most: float = parameter(
        0.3,
        label="Largest epsilon",
        help="How far the axis reaches; 1 is from black to white.",
        gt=0.0,
        le=1.0,
        step=0.05,
    )
    steps: int = _steps(8)
    label = "Robust accuracy"
    about = "How many images are still recognised when every pixel may change by epsilon."
