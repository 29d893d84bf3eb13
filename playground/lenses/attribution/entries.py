"""The lens that asks a network why. Torch-free."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from playground.experiment.entry import parameter
from playground.lenses.cells import MOST_CLASSES
from playground.lenses.lens import ClassifierLens, picked_image
from playground.lenses.picked import Picked
from playground.settings import settings

LayerPath = tuple[int, ...]
Reference = Literal["black", "white", "mean"]
Target = Annotated[int, Field(ge=0, lt=MOST_CLASSES)] | Literal["predicted", "second", "actual"]
MOST_SIDE = 64
"""Of an image, in pixels."""


class Explanation(ClassifierLens):
    kind: Literal["explanation"]
    image: Picked | None = picked_image()
    target: Target = parameter(
        "predicted",
        label="Class",
        help="Which class is explained: the predicted one, the second choice, the right one, or any by number.",
    )
    path: LayerPath = parameter(
        (),
        label="Layer",
        help="Whose maps Grad-CAM weighs. Empty: those of the last convolution.",
        max_length=settings.max_depth + 1,
    )
    reference: Reference = parameter(
        "black",
        label="Compared with",
        help="What integrated gradients begin at, and occlusion covers with: black, white, or the mean of all images.",
    )
    samples: int = parameter(
        16, label="Noisy copies", help="Over how many SmoothGrad takes the mean.", ge=1, le=64, step=1
    )
    noise: float = parameter(
        0.15,
        label="Noise",
        help="Deviation of SmoothGrad's noise; 1 is from black to white.",
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    steps: int = parameter(
        24, label="Steps", help="Places between reference and image for integrated gradients.", ge=2, le=128, step=2
    )
    window: int | None = parameter(
        None,
        label="Window",
        help="Side of the square that occlusion covers, in pixels. Empty: about a fifth of the image.",
        ge=1,
        le=MOST_SIDE,
    )
    label = "Why"
    about = "Which pixels speak for a class, and which against it: five methods side by side."
