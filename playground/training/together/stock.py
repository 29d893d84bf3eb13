"""What cells share: data, tasks, and networks that others are made after."""

from __future__ import annotations

from typing import Any

from playground.data import load
from playground.experiment import Experiment
from playground.network import build
from playground.network.building import rebuild
from playground.network.network import Network
from playground.training.core import Core
from playground.training.tasks.supervised import Supervised


class Stock:
    """Makes the cores of a sweep's cells. What one needs that another has already is not made again.

    device, engine: as of `Trainer`.
    """

    def __init__(self, device: str, engine: str) -> None:
        self._asked = device, engine
        self._data: dict[Any, Any] = {}
        self._networks: dict[Any, Network] = {}
        self._tasks: dict[Any, Supervised] = {}

    def dataset(self, experiment: Experiment) -> Any:
        """The data of an experiment. Raises TableError where there is none."""
        if experiment.data not in self._data:
            self._data[experiment.data] = load(experiment.data)
        return self._data[experiment.data]

    def core(self, experiment: Experiment, dataset: Any) -> Core:
        """What trains an experiment. Raises what `Trainer` raises."""
        network, task = self._network(experiment, dataset), self._task_key(experiment)
        core = Core(experiment, dataset, *self._asked, network, self._tasks.get(task))
        if task is not None and core.device.type == "cpu":
            self._tasks[task] = core.task
        return core

    def _network(self, experiment: Experiment, dataset: Any) -> Network:
        """The network of an experiment, on the CPU."""
        key = experiment.data, experiment.network, experiment.head, experiment.training.loss
        if key not in self._networks:
            self._networks[key] = build(experiment, dataset)
        return rebuild(self._networks[key], experiment)

    def _task_key(self, experiment: Experiment) -> Any:
        """What a task is made of; None where images vary by the experiment's seed."""
        augment = getattr(experiment.data, "augment", None)
        if augment is not None and not augment.off:
            return None
        return experiment.data, experiment.head, experiment.training.loss
