"""Small networks to look at; everything real, nothing trained."""

from dataclasses import dataclass
from typing import Any

from playground.data import load
from playground.experiment import Experiment
from playground.network import build
from playground.training.tasks.supervised import Supervised


@dataclass
class Moment:
    """What a lens needs of a moment."""

    module: Any
    dataset: Any
    experiment: Experiment
    task: Supervised
    step: int = 0
    epoch: float = 0.0


def experiment_of(
    data: dict[str, Any], network: list[dict[str, Any]] | None = None, loss: str | None = None, **rest: Any
) -> Experiment:
    """An experiment with a fitting loss; the stack is 8 and 8 tanh units unless given."""
    if network is None:
        network = [
            {"kind": "linear", "units": 8}, {"kind": "tanh"}, {"kind": "linear", "units": 8}, {"kind": "tanh"}
        ]  # fmt: skip
    regression = data["kind"] in ("plane", "multi_gaussian", "curve", "diabetes")
    training = {
        "loss": {"kind": loss or ("mse" if regression else "cross_entropy")},
        "optimizer": {"kind": "sgd", "lr": 0.03},
    }
    return Experiment.model_validate(
        {"v": 1, "seed": 3, "data": data, "network": network, "training": training, **rest}
    )


def moment_of(data: dict[str, Any], network: list[dict[str, Any]] | None = None, **rest: Any) -> Moment:
    experiment = experiment_of(data, network, **rest)
    dataset = load(experiment.data)
    return Moment(build(experiment, dataset), dataset, experiment, Supervised(experiment, dataset))
