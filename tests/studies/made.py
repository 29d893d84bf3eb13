"""Studies and trials for the tests: small ones, that are trained in a moment."""

from contextlib import closing
from typing import Any

from playground.experiment import Experiment
from playground.studies import Studies, StudySpec, run

RATE = {"kind": "range", "at": "training.optimizer.lr", "low": 0.001, "high": 1.0, "log": True}
WIDTH = {"kind": "range", "at": "width", "low": 1, "high": 6}
OPTIMIZER = {"kind": "choices", "at": "training.optimizer", "values": ("sgd", "adam")}


def experiment(**training: Any) -> Experiment:
    """A circle of twenty points, two units."""
    data = {"kind": "circle", "samples": 20, "noise": 0.0, "test_fraction": 0.5, "seed": 0, "features": ["x1", "x2"]}
    recipe = {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.1}, "batch_size": 5}
    return Experiment.model_validate(
        {"v": 1, "seed": 0, "data": data, "network": [{"kind": "linear", "units": 2}, {"kind": "tanh"}],
         "training": {**recipe, **training}}
    )  # fmt: skip


def spec(**given: Any) -> StudySpec:
    """A study of the learning rate: six trials of three epochs, none given up."""
    usual = {"base": experiment(), "dimensions": (RATE,), "sampler": "random", "pruner": "none", "trials": 6}
    return StudySpec.model_validate({"v": 1, "epochs": 3, **usual, **given})


def endless(**given: Any) -> StudySpec:
    """A study whose trials take minutes: who is at one is at it when the test looks."""
    base = experiment(batch_size=1)
    data = {**base.data.model_dump(), "samples": 4000}
    return spec(base=base.replace(data=data), epochs=5000, **given)


def worked(url: str, description: StudySpec) -> dict[str, Any]:
    """The report of a study that was worked on to its end."""
    with closing(Studies(url)) as studies:
        return run(url, studies.create(description), device="cpu")


def until(steps, wanted) -> Any:
    """The first step of a worker for which ``wanted(step)`` holds."""
    return next(step for step in steps if wanted(step))
