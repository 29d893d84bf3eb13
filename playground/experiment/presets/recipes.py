"""What presets are made of: short ways to write down a stack and an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from playground.experiment.experiment import Experiment

Description = dict[str, Any]


@dataclass(frozen=True)
class Preset:
    """A named starting point: `title`, one sentence `about`, what to `observe` (and what to try next), and the
    `description` of its experiment. What `observe` says is tested.
    """

    title: str
    about: str
    observe: str
    description: Description

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment, checked. Raises pydantic.ValidationError where it is beyond this server's limits."""
        return Experiment.model_validate(self.description)

    @property
    def is_possible(self) -> bool:
        """Whether this server's limits allow it."""
        try:
            return bool(self.experiment)
        except ValidationError:
            return False


def stack(*units: int, activation: str = "tanh", after: tuple[Description, ...] = ()) -> list[Description]:
    """Linear layers of so many units, each with its activation, and behind it the layers `after`."""
    return [layer for width in units for layer in (linear(width), {"kind": activation}, *after)]


def linear(units: int) -> Description:
    return {"kind": "linear", "units": units}


def experiment(data: Description, network: list[Description], training: Description, **rest: Any) -> Description:
    """The description of an experiment; `rest`: its other parts."""
    return {"v": 1, "data": data, "network": network, "training": training, **rest}


def recipe(loss: str, optimizer: str, lr: float, batch_size: int, **more: Any) -> Description:
    """A training; `more`: other parameters of the optimizer."""
    return {"loss": {"kind": loss}, "optimizer": {"kind": optimizer, "lr": lr, **more}, "batch_size": batch_size}


def playground_rules(
    data: Description | None = None, network: list[Description] | None = None, **rest: Any
) -> Description:
    """An experiment under TensorFlow Playground's rules.

    500 points, half for training, tanh output, half squared error, SGD 0.03, batches of 10, weights uniform in
    ±0.5, biases 0.1. `data` and `network` are descriptions; by default the circle and its 4-2 tanh stack. `rest`: parts
    of the experiment to have otherwise.
    """
    parts = {
        "init": {"weights": {"kind": "uniform", "a": 0.5}, "biases": {"kind": "constant", "value": 0.1}},
        "training": recipe("half_mse", "sgd", 0.03, 10),
        **rest,
    }
    return experiment(
        {"samples": 500, "test_fraction": 0.5, **(data or {"kind": "circle"})},
        stack(4, 2) if network is None else network,
        **parts,
    )


def tensorflow_playground(
    data: Description | None = None, network: list[Description] | None = None, seed: int = 0
) -> Experiment:
    """The experiment that `playground_rules` describes."""
    return Experiment.model_validate(playground_rules(data, network, seed=seed))
