"""Ready-made experiments, each with what to look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.experiment.experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """A named starting point: `title`, one sentence `about`, and what to `observe`."""

    title: str
    about: str
    observe: str
    experiment: Experiment


def _stack(*units: int, activation: str = "tanh") -> list[dict[str, Any]]:
    return [layer for width in units for layer in ({"kind": "linear", "units": width}, {"kind": activation})]


def _experiment(
    data: dict[str, Any], network: list[dict[str, Any]], training: dict[str, Any], **rest: Any
) -> Experiment:
    return Experiment.model_validate({"v": 1, "data": data, "network": network, "training": training, **rest})


def tensorflow_playground(
    data: dict[str, Any] | None = None, network: list[dict[str, Any]] | None = None, seed: int = 0
) -> Experiment:
    """An experiment under TensorFlow Playground's rules.

    500 points, half for training, tanh output, half squared error, SGD 0.03, batches of 10, weights uniform in
    ±0.5, biases 0.1. `data` and `network` are descriptions; by default the circle and its 4-2 tanh stack.
    """
    return _experiment(
        {"samples": 500, "test_fraction": 0.5, **(data or {"kind": "circle"})},
        _stack(4, 2) if network is None else network,
        {"loss": {"kind": "half_mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}, "batch_size": 10},
        init={"weights": {"kind": "uniform", "a": 0.5}, "biases": {"kind": "constant", "value": 0.1}},
        seed=seed,
    )


def start() -> Experiment:
    """What a newcomer finds: the circle, a small tanh stack, ready to play."""
    return PRESETS["tensorflow-playground"].experiment


PRESETS: dict[str, Preset] = {
    "tensorflow-playground": Preset(
        "TensorFlow Playground rules",
        "The classroom classic, number for number: the circle with 4 and 2 tanh units.",
        ("The test loss falls to about 0.005 in 200 epochs; with the activation set to identity it stays near 0.5."),
        tensorflow_playground(),
    ),
    "spiral": Preset(
        "Spiral",
        "Two arms wound around each other, and three layers of eight tanh units.",
        "Nothing for a while, then the boundary begins to turn with the arms.",
        tensorflow_playground({"kind": "spiral"}, _stack(8, 8, 8)),
    ),
    "features": Preset(
        "Inputs instead of layers",
        "Exclusive or, solved by no hidden layer at all: the product of the two inputs does it.",
        "Switch x₁x₂ off and x₁, x₂ on: now the loss cannot fall.",
        tensorflow_playground({"kind": "xor", "features": ["x1_x2"]}, []),
    ),
    "iris": Preset(
        "Iris",
        "Three species of flowers by four lengths: a real table, three classes, cross-entropy.",
        "Setosa parts at once; versicolor and virginica share a blurred border.",
        _experiment(
            {"kind": "iris"},
            _stack(8, activation="relu"),
            {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "adam", "lr": 0.01}, "batch_size": 16},
        ),
    ),
    "curve": Preset(
        "Fit a curve",
        "One input, one output, sixteen tanh units: a line that bends into shape.",
        "Each unit adds one bend; fewer units leave a stiffer line.",
        _experiment(
            {"kind": "curve", "shape": "sine", "noise": 0.1, "samples": 200},
            _stack(16, 16),
            {"loss": {"kind": "mse"}, "optimizer": {"kind": "adam", "lr": 0.01}, "batch_size": 16},
        ),
    ),
}
