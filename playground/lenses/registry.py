"""Every lens by name: what it shows, what can be set, and which data it suits. Torch-free; `look` brings torch in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from playground.data.planes import PlaneChoice
from playground.experiment.entry import parameter
from playground.lenses.attacks.entries import Attack, Robustness
from playground.lenses.attribution.entries import Explanation
from playground.lenses.cells import Cell, Part
from playground.lenses.dreaming.entries import Dreams
from playground.lenses.landscape.entries import LossLandscape, LossSlice
from playground.lenses.lens import Lens
from playground.lenses.single_image import Hand, Prediction
from playground.lenses.vision.entries import VISION
from playground.settings import settings


def _resolution(default: int, most: int) -> int:
    return parameter(
        default, label="Resolution", help="Places across the plane; more are finer and slower.", ge=4, le=most, step=4
    )


def _shown() -> int:
    return parameter(12, label="Units shown", help="Most units of one layer that are drawn.", ge=1, le=64, step=1)


def _plane() -> PlaneChoice | None:
    return parameter(
        None,
        label="Plane",
        help="Of a table: which plane through its inputs is drawn. Empty: its own.",
    )


class DecisionBoundary(Lens):
    kind: Literal["decision_boundary"]
    resolution: int = _resolution(100, 400)
    plane: PlaneChoice | None = _plane()
    mark: Cell | None = parameter(None, label="Marked", help="A cell of the confusion matrix, whose rows are marked.")
    label = "Decision boundary"
    about = "What the network answers at every place of the plane, and how sure it is."

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.plane.dimensions == 2


class FittedCurve(Lens):
    kind: Literal["fitted_curve"]
    points: int = parameter(240, label="Points", help="Places along the axis.", ge=8, le=2000, step=8)
    label = "Fitted curve"
    about = "The line that a network with one input and one output draws."

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.plane.kind == "line"


class Predictions(Lens):
    kind: Literal["predictions"]
    rows: int = parameter(500, label="Rows", help="Most rows of each part that are drawn.", ge=10, le=50_000, step=100)
    label = "Predicted against actual"
    about = "What the network says of every row, beside the truth."

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.task == "regression"


class Neurons(Lens):
    kind: Literal["neurons"]
    resolution: int = _resolution(24, 100)
    shown: int = _shown()
    plane: PlaneChoice | None = _plane()
    label = "Neurons"
    about = "What every neuron answers to over the plane: the first layers cut it, later ones combine the cuts."


class Weights(Lens):
    kind: Literal["weights"]
    label = "Weights"
    about = "The numbers that training changes: a matrix and a bias vector for every linear layer."


class Network(Lens):
    kind: Literal["network"]
    resolution: int = _resolution(24, 100)
    shown: int = _shown()
    plane: PlaneChoice | None = _plane()
    label = "Network diagram"
    about = "Neurons and weights together, as the diagram draws them."


class Confusion(Lens):
    kind: Literal["confusion"]
    part: Part = parameter("test", label="Part", help="The points it trains on, or those kept back to test on.")
    label = "Confusion matrix"
    about = "How often each class is taken for each: which mistakes the accuracy is made of."

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.task == "classification"


class Roc(Lens):
    kind: Literal["roc"]
    part: Literal["both", "train", "test"] = parameter(
        "both", label="Part", help="The points it trains on, those kept back to test on, or both."
    )
    points: int = parameter(200, label="Points", help="Most points of one curve.", ge=8, le=10_000, step=8)
    label = "ROC curve"
    about = "What it would get right and wrong at every threshold, not only at the one in the middle."

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.task == "classification"


class Residuals(Lens):
    kind: Literal["residuals"]
    rows: int = parameter(500, label="Rows", help="Most rows of each part that are drawn.", ge=10, le=50_000, step=100)
    bins: int = parameter(40, label="Bins", help="Bars of the histogram.", ge=4, le=200, step=2)
    label = "Residuals"
    about = "How far off each prediction is, and in which direction: what is left over should look like noise."

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.task == "regression"


class Curves(Lens):
    kind: Literal["curves"]
    points: int = parameter(400, label="Points", help="Most points of one line.", ge=16, le=10_000, step=16)
    log: bool = parameter(False, label="Log scales", help="For epochs on a logarithmic scale.")
    live_only = True
    label = "Training curves"
    about = "Loss and accuracy (or R²) over the epochs: whether it learns, and whether it learns by heart."


def _bins(default: int) -> int:
    return parameter(default, label="Bins", help="Parts that the scale is cut into.", ge=4, le=200, step=2)


class Gradients(Lens):
    kind: Literal["gradients"]
    live_only = True
    label = "Gradients and updates"
    about = "How large gradient and update are in every layer, along the run: whether the first layers learn at all."


class Units(Lens):
    kind: Literal["units"]
    live_only = True
    label = "Dead and saturated units"
    about = "How many units of every layer no longer react, or sit where their activation is flat, along the run."


class WeightHistory(Lens):
    kind: Literal["weight_history"]
    layer: int | None = parameter(
        None, label="Layer", help="Whose weights: 0 is the first layer, empty means all.", ge=0, le=settings.max_layers
    )
    bins: int = _bins(60)
    live_only = True
    label = "Weights over time"
    about = "The histogram of the weights along the run: how they part from where they began."


class Activations(Lens):
    kind: Literal["activations"]
    bins: int = _bins(40)
    label = "Activations"
    about = "How the values of every layer's units are distributed over the training samples."


class Findings(Lens):
    kind: Literal["findings"]
    label = "Findings"
    about = "What the gradients and units of this moment are a sign of: vanishing, exploding, dead, saturated."


class Sharpness(Lens):
    kind: Literal["sharpness"]
    count: int = parameter(2, label="Eigenvalues", help="How many of the largest are drawn.", ge=1, le=5, step=1)
    live_only = True
    label = "Sharpness"
    about = "How sharply the training loss bends along the run, and the line where gradient descent stops being stable."


LENSES: Mapping[str, type[Lens]] = MappingProxyType(
    {
        lens.model_fields["kind"].annotation.__args__[0]: lens
        for lens in (
            DecisionBoundary,
            FittedCurve,
            Predictions,
            Neurons,
            Weights,
            Network,
            Confusion,
            Roc,
            Residuals,
            Curves,
            Gradients,
            Units,
            WeightHistory,
            Activations,
            Findings,
            LossLandscape,
            LossSlice,
            Sharpness,
            *VISION,
            Prediction,
            Hand,
            Explanation,
            Attack,
            Robustness,
            Dreams,
        )
    }
)
