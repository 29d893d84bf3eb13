"""The head: the last linear layer and its output activation, which follow from the data and the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from playground.experiment.data import task_of

if TYPE_CHECKING:
    from playground.experiment.experiment import Experiment

Coding = Literal["index", "binary", "one_hot", "signed", "value"]
OutputActivation = Literal["identity", "tanh", "sigmoid", "softplus", "relu"]
DISTANCE_LOSSES = ("mse", "half_mse", "mae", "huber", "log_cosh")


@dataclass(frozen=True)
class Head:
    """What the network ends with.

    outputs: units of the last linear layer; activation: what follows it; coding: how the targets are written
    ("index": class number; "binary": 0 or 1; "one_hot": 0 or 1 for each class; "signed": -1 or +1, for two classes in
    one output and otherwise for each class; "value": the number itself); why: one sentence for a person;
    choices: the output activations that make sense here, the automatic one first.
    """

    outputs: int
    activation: OutputActivation
    coding: Coding
    why: str
    choices: tuple[OutputActivation, ...]

    @property
    def threshold(self) -> float:
        """Above which a single output means the second class."""
        return 0.5 if self.coding == "binary" and self.activation == "sigmoid" else 0.0


def head_of(experiment: Experiment, classes: int) -> Head:
    """The head of `experiment` on data with `classes` classes (0 for regression).

    Raises ValueError where the experiment asks for an output activation that its loss cannot take.
    """
    loss, asked = experiment.training.loss.kind, experiment.head.activation
    automatic = _automatic(loss, task_of(experiment.data), classes)
    if asked is None or asked == automatic.activation:
        return automatic
    if asked not in automatic.choices:
        allowed = ", ".join(automatic.choices)
        raise ValueError(f"{asked} cannot follow the last layer with this loss; choose from {allowed}")
    coding = automatic.coding
    if coding == "signed":
        # Targets must lie where the output can go: 0 and 1 for a sigmoid, -1 and +1 otherwise.
        coding = {"sigmoid": "binary" if classes == 2 else "one_hot"}.get(asked, "signed")
    return Head(automatic.outputs, asked, coding, f"You chose {asked} as the output activation.", automatic.choices)


def _automatic(loss: str, task: str, classes: int) -> Head:
    if task == "regression":
        why = "One output, left as it is: the target is a number of any size."
        return Head(1, "identity", "value", why, ("identity", "tanh", "sigmoid", "softplus", "relu"))
    two = classes == 2
    if loss in ("cross_entropy", "focal"):
        why = f"{classes} outputs, one score per class; the loss turns them into probabilities itself (softmax)."
        return Head(classes, "identity", "index", why, ("identity",))
    if loss == "bce":
        why = "One output, the score of the second class" if two else f"{classes} outputs, a yes or no for each class"
        coding = "binary" if two else "one_hot"
        return Head(
            1 if two else classes,
            "identity",
            coding,
            f"{why}; the loss applies the sigmoid itself.",
            ("identity",),
        )
    outputs = 1 if two else classes
    what = "One output" if two else f"{outputs} outputs"
    if loss == "hinge":
        why = f"{what}, left free: the loss asks only that the sign is right by a margin."
        return Head(outputs, "identity", "signed", why, ("identity", "tanh"))
    why = f"{what} between -1 and +1, because the targets are -1 and +1."
    return Head(outputs, "tanh", "signed", why, ("tanh", "identity", "sigmoid"))
