"""Losses: what training makes small. Which of them fit is a matter of the task; see `head.py` for what each needs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from playground.experiment.entry import Entry, parameter

Task = Literal["classification", "regression"]


class Loss(Entry):
    """A loss of a batch: the mean over its samples (and outputs)."""

    tasks: ClassVar[tuple[Task, ...]]
    """Where it is offered."""


class CrossEntropy(Loss):
    kind: Literal["cross_entropy"]
    label_smoothing: float = parameter(
        0.0,
        label="Label smoothing",
        help="Share of the target spread over all classes.",
        ge=0.0,
        le=0.9,
        step=0.05,
    )
    label = "Cross-entropy"
    about = "How surprised the predicted probabilities are by the true class: the standard choice for classes."
    formula = r"L = -\ln \frac{e^{z_y}}{\sum_k e^{z_k}}"
    tasks = ("classification",)


class BinaryCrossEntropy(Loss):
    kind: Literal["bce"]
    label = "Binary cross-entropy"
    about = "Cross-entropy of one yes-or-no output; with more classes, one such output for each."
    formula = r"L = -\,t \ln \sigma(z) - (1 - t) \ln(1 - \sigma(z))"
    tasks = ("classification",)


class Hinge(Loss):
    kind: Literal["hinge"]
    margin: float = parameter(
        1.0,
        label="Margin",
        help="How far on the right side a point must lie to cost nothing.",
        gt=0.0,
        le=10.0,
        step=0.1,
    )
    label = "Hinge"
    about = "Costs nothing once a point is on the right side by a margin: the loss of support vector machines."
    formula = r"L = \max(0,\, m - t\,y)"
    tasks = ("classification",)


class Focal(Loss):
    kind: Literal["focal"]
    gamma: float = parameter(
        2.0,
        label="Gamma",
        help="How strongly easy points are played down; 0 is cross-entropy.",
        ge=0.0,
        le=10.0,
        step=0.5,
    )
    label = "Focal"
    about = "Cross-entropy that plays down easy points, so that rare and hard ones count (Lin et al. 2017)."
    formula = r"L = -(1 - p_y)^\gamma \ln p_y"
    tasks = ("classification",)


class MSE(Loss):
    kind: Literal["mse"]
    label = "Mean squared error"
    about = "The squared distance to the target: large errors cost far more than small ones."
    formula = r"L = (y - t)^2"
    tasks = ("classification", "regression")


class HalfMSE(Loss):
    kind: Literal["half_mse"]
    label = "Half squared error"
    about = "Half the squared distance, so that its slope is just the error; TensorFlow Playground's loss."
    formula = r"L = \tfrac{1}{2} (y - t)^2"
    tasks = ("classification", "regression")


class MAE(Loss):
    kind: Literal["mae"]
    label = "Mean absolute error"
    about = "The distance to the target: outliers pull no harder than other points."
    formula = r"L = |y - t|"
    tasks = ("classification", "regression")


class Huber(Loss):
    kind: Literal["huber"]
    delta: float = parameter(
        1.0, label="Delta", help="Where the square turns into a straight line.", gt=0.0, le=100.0, step=0.1
    )
    label = "Huber"
    about = "Squared near the target and straight far away: smooth, yet robust to outliers (Huber 1964)."
    formula = (
        r"L = \begin{cases} \tfrac{1}{2} e^2 & |e| \le \delta \\ \delta(|e| - \tfrac{\delta}{2}) & |e| > "
        r"\delta \end{cases},\; e = y - t"
    )
    tasks = ("classification", "regression")


class LogCosh(Loss):
    kind: Literal["log_cosh"]
    label = "Log-cosh"
    about = "Like Huber, but smooth everywhere: squared near the target, straight far away."
    formula = r"L = \ln \cosh(y - t)"
    tasks = ("classification", "regression")


LOSSES = (CrossEntropy, BinaryCrossEntropy, Hinge, Focal, MSE, HalfMSE, MAE, Huber, LogCosh)

LossSpec = Annotated[
    CrossEntropy | BinaryCrossEntropy | Hinge | Focal | MSE | HalfMSE | MAE | Huber | LogCosh,
    Field(discriminator="kind"),
]
