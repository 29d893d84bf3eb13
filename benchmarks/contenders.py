"""What the benchmarks of training compare: the same experiments, trained by an engine and by a loop from a textbook.

They take turns of about equal length in one process, each warmed up first, so that whatever else the machine does slows
all of them; what counts is the median over the turns. OMP_NUM_THREADS is 1 wherever this is imported first.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from playground.data import load
from playground.experiment import Experiment
from playground.experiment.presets.recipes import playground_rules, recipe, stack
from playground.training import Trainer
from playground.training.engines.fused import ahead

NETWORKS = ("2-4-2-1", "2-8-8-8-1", "7-16-16-1", "30-64-64-2")
"""On the circle (250 training points), the third with every input that is made of the two coordinates; the last on the
breast cancer table (398 training rows) with the cross-entropy. All with tanh and batches of 10."""
OPTIMIZERS = {"SGD": ("sgd", 0.03), "Adam": ("adam", 0.01)}
FEATURES = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]

Train = Callable[[int], Any]
"""Trains for so many epochs."""


def experiment(network: str, optimizer: str = "SGD", seed: int = 0) -> Experiment:
    """One of `NETWORKS` with one of `OPTIMIZERS`."""
    inputs, *hidden, outputs = map(int, network.split("-"))
    data = {"kind": "circle", "features": FEATURES[:inputs]} if outputs == 1 else {"kind": "breast_cancer"}
    rules = playground_rules(data if outputs == 1 else None, stack(*hidden), seed=seed)
    rules["training"] = recipe("half_mse" if outputs == 1 else "cross_entropy", *OPTIMIZERS[optimizer], 10)
    if outputs > 1:
        rules["data"] = {**data, "test_fraction": 0.3}
        del rules["init"]
    return Experiment.model_validate(rules)


def prepare() -> None:
    """One thread, and the fused engine compiled: it is once for a machine, and no part of what is measured."""
    torch.set_num_threads(1)
    ahead.compile_once()


def engine(described: Experiment, name: str) -> Train:
    """The trainer, with everything that it does beside training: it measures, records and takes its snapshots."""
    trainer = Trainer(described, device="cpu", engine=name)
    return lambda epochs: trainer.advance(epochs=epochs)


def textbook(described: Experiment) -> Train:
    """As tutorials write it: Sequential, DataLoader, zero_grad, backward, step. It only trains."""
    data, signed = load(described.data), described.training.loss.kind != "cross_entropy"
    targets = torch.tensor(data.y_train)
    if signed:
        targets = targets.float()[:, None] * 2 - 1
    loader = DataLoader(
        TensorDataset(torch.tensor(data.x_train), targets), batch_size=described.training.batch_size, shuffle=True
    )
    widths = [len(data.inputs), *(layer.units for layer in described.network if layer.kind == "linear")]
    layers = [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), nn.Tanh())]
    layers += [nn.Linear(widths[-1], 1), nn.Tanh()] if signed else [nn.Linear(widths[-1], len(data.classes))]
    model = nn.Sequential(*layers)
    loss_function = nn.MSELoss() if signed else nn.CrossEntropyLoss()
    entry = described.training.optimizer
    optimizer = getattr(torch.optim, entry.torch_name)(model.parameters(), **entry.arguments())

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                loss = loss_function(model(x), y)
                loss.backward()
                optimizer.step()

    return train


class Turns:
    """One contender: `take()` trains for about `seconds` and remembers how fast that was (epochs a second)."""

    def __init__(self, train: Train, seconds: float, warm_seconds: float) -> None:
        self._train = train
        self.speeds: list[float] = []
        epochs, spent = 1, 0.0
        while spent < warm_seconds:
            speed = self._timed(epochs)
            spent += epochs / speed
            epochs *= 2
        self._epochs = max(1, round(speed * seconds))

    def take(self) -> float:
        """A turn; its speed."""
        self.speeds.append(self._timed(self._epochs))
        return self.speeds[-1]

    @property
    def speed(self) -> float:
        """The median over all turns."""
        return median(self.speeds)

    def _timed(self, epochs: int) -> float:
        start = time.perf_counter()
        self._train(epochs)
        return epochs / (time.perf_counter() - start)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over the turns of how many times as fast it was."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def verdict(found: float, wanted: float | None, what: str = "times") -> str:
    """What stands behind a line: nothing, that its target is met, or that it is missed."""
    if wanted is None:
        return ""
    return f"  at least {wanted:g} {what}: " + ("met" if found >= wanted else "MISSED")
