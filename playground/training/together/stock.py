"""What cells share: data, tasks, and networks that others are made after."""

from __future__ import annotations

from typing import Any

from playground.data import load
from playground.experiment import Experiment
from playground.network import build
from playground.network.building import rebuild, sizes_of
from playground.network.errors import NetworkError
from playground.network.network import Network
from playground.network.shapes import infer
from playground.settings import settings
from playground.training.core import Core
from playground.training.tasks.supervised import Supervised

WORKED_ON = 256
"""Samples that compiled code measures at once."""


class Stock:
    """Makes the cores of a sweep's cells. What one needs that another has already is not made again.

    device, engine: as of `Trainer`.
    """

    def __init__(self, device: str, engine: str) -> None:
        self._asked = device, engine
        self._bytes = 0
        self._data: dict[Any, Any] = {}
        self._networks: dict[Any, Network] = {}
        self._tasks: dict[Any, Supervised] = {}

    def dataset(self, experiment: Experiment) -> Any:
        """The data of an experiment. Raises TableError where there is none."""
        if experiment.data not in self._data:
            self._data[experiment.data] = load(experiment.data)
        return self._data[experiment.data]

    def core(self, experiment: Experiment, dataset: Any) -> Core:
        """What trains an experiment. Raises what `Trainer` raises, and NetworkError where there is no room for it
        beside the others."""
        self._make_room(experiment, dataset)
        network, task = self._network(experiment, dataset), self._task_key(experiment)
        core = Core(experiment, dataset, *self._asked, network, self._tasks.get(task))
        if task is not None and core.device.type == "cpu":
            self._tasks[task] = core.task
        return core

    def _make_room(self, experiment: Experiment, dataset: Any) -> None:
        """Before anything is allocated: numbers, gradients, what an optimizer remembers and a snapshot of them, and of
        a dense network what all layers hold of the samples that compiled code works on at once."""
        shapes = infer(experiment, *sizes_of(dataset))
        values = shapes.inputs + sum(card.outputs for card in shapes.cards)
        work = 0 if shapes.sees_images else 2 * values * WORKED_ON
        self._bytes += 4 * (8 * shapes.parameters + work)
        if self._bytes > settings.cells_bytes:
            self._bytes -= 4 * (8 * shapes.parameters + work)
            most = settings.cells_bytes // 2**20
            raise NetworkError(f"There is no room for this network: all of a grid may take {most:,} MB together.")

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
