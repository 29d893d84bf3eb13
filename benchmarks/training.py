"""How fast the reference engine trains, side by side with a textbook PyTorch loop.

    python -m benchmarks.training

Both train the same network on TensorFlow Playground's circle (250 training points, batches of 10) in one thread. The
trainer also measures, records and takes its snapshots; the textbook loop only trains. They take turns, so that
whatever else the machine does slows both.
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
from playground.experiment.presets import tensorflow_playground
from playground.training import Trainer

NETWORKS = {"2-4-2-1": (4, 2), "2-8-8-8-1": (8, 8, 8)}
OPTIMIZERS = {"SGD": {"kind": "sgd", "lr": 0.03}, "Adam": {"kind": "adam", "lr": 0.01}}


def main(epochs: int = 20, rounds: int = 7) -> dict[str, dict[str, float]]:
    """Print and return, for each network and optimizer, epochs per second of both and their ratio (medians)."""
    torch.set_num_threads(1)
    results = {}
    print(f"{'':24}{'textbook':>12}{'trainer':>12}{'ratio':>8}   (epochs a second)")
    for name, widths in NETWORKS.items():
        for optimizer, entry in OPTIMIZERS.items():
            speeds = _compare(_experiment(widths, entry), epochs, rounds)
            results[f"{name} {optimizer}"] = speeds
            line = f"{name + ' ' + optimizer:24}{speeds['textbook']:12.0f}{speeds['trainer']:12.0f}"
            print(f"{line}{speeds['ratio']:8.2f}", flush=True)
    return results


def _experiment(widths: tuple[int, ...], optimizer: dict[str, Any]) -> Experiment:
    stack = [layer for width in widths for layer in ({"kind": "linear", "units": width}, {"kind": "tanh"})]
    experiment = tensorflow_playground(network=stack)
    return experiment.replace(training={**experiment.training.model_dump(), "optimizer": optimizer})


def _compare(experiment: Experiment, epochs: int, rounds: int) -> dict[str, float]:
    contenders = {"textbook": _textbook(experiment), "trainer": _trainer(experiment)}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for train in contenders.values():
        train(40)  # warm up, and let the trainer pass the first thousand steps, of which it records every few
    for _ in range(rounds):
        for name, train in contenders.items():
            start = time.perf_counter()
            train(epochs)
            times[name].append(time.perf_counter() - start)
    speeds = {name: epochs / median(taken) for name, taken in times.items()}
    ratios = [a / b for a, b in zip(times["textbook"], times["trainer"], strict=True)]
    return {**speeds, "ratio": median(ratios)}


def _trainer(experiment: Experiment) -> Callable[[int], None]:
    trainer = Trainer(experiment, device="cpu", engine="torch")
    return lambda epochs: trainer.advance(epochs=epochs)


def _textbook(experiment: Experiment) -> Callable[[int], None]:
    """As tutorials write it: Sequential, DataLoader, zero_grad, backward, step."""
    data = load(experiment.data)
    targets = torch.tensor(data.y_train).float()[:, None] * 2 - 1
    loader = DataLoader(TensorDataset(torch.tensor(data.x_train), targets), batch_size=10, shuffle=True)
    widths = [2, *(layer.units for layer in experiment.network if layer.kind == "linear"), 1]
    layers = [part for a, b in pairwise(widths) for part in (nn.Linear(a, b), nn.Tanh())]
    model, loss_function = nn.Sequential(*layers), nn.MSELoss()
    entry = experiment.training.optimizer
    optimizer = getattr(torch.optim, entry.torch_name)(model.parameters(), **entry.arguments())

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for x, y in loader:
                optimizer.zero_grad()
                loss = loss_function(model(x), y) / 2
                loss.backward()
                optimizer.step()

    return train


if __name__ == "__main__":
    main()
