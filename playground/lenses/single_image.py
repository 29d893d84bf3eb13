"""The lenses of one picked image that its prediction and the convolution by hand look through. Torch-free."""

from __future__ import annotations

from typing import Literal

from playground.experiment.entry import parameter
from playground.lenses.lens import ClassifierLens, ImageLens, picked_image
from playground.lenses.picked import Picked
from playground.settings import settings


class Prediction(ClassifierLens):
    kind: Literal["prediction"]
    image: Picked | None = picked_image()
    label = "Prediction"
    about = "How likely the network finds every class for one image: of the data, or drawn by hand."


class Hand(ImageLens):
    kind: Literal["hand"]
    image: Picked | None = picked_image()
    layer: int | None = parameter(
        None,
        label="Convolution",
        help="Whose filter is shown: 0 is the first convolution, empty means none.",
        ge=0,
        le=settings.max_layers * 2,
    )
    filter: int = parameter(0, label="Filter", help="Which of its filters; 0 is the first.", ge=0, le=100_000, step=1)
    label = "One convolution"
    about = "What goes into one filter, with its weights: everything needed to work its sums out by hand."
