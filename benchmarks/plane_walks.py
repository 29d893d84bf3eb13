"""What the benchmark of landscapes compares: a loss on a plane, as anyone would find it, and as ours do.

All take turns in one process on one thread, over the same module and samples, and give the loss at so many places along
each side; a contender that would take minutes is asked for fewer of them, and its time scaled to all.
"""

from __future__ import annotations

import copy
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.data import load
from playground.experiment import Experiment
from playground.experiment.losses import CrossEntropy
from playground.experiment.presets.recipes import playground_rules, recipe, stack
from playground.lenses.landscape.walking import Part, part_of, walk_of
from playground.network import build
from playground.settings import settings
from playground.training.tasks.supervised import Supervised

PACKAGE = ("loss-landscapes", "3.0.6")
SIDE = 51


@dataclass
class Scene:
    """A module, the plane about it, and what the loss is measured on. loss: as PyTorch's own takes it."""

    module: nn.Module
    plane: list[Tensor]
    part: Part
    loss: nn.Module


def dense() -> Scene:
    """2-8-8-1 with tanh on 500 points of the spiral, squared error."""
    rules = playground_rules({"kind": "spiral", "samples": 1000, "test_fraction": 0.5}, stack(8, 8))
    rules["training"] = recipe("mse", "sgd", 0.03, 10)
    described = Experiment.model_validate(rules)
    data = load(described.data)
    module = build(described, data)
    return Scene(module, _plane(module), part_of(Supervised(described, data), "train"), nn.MSELoss())


def convolutional() -> Scene:
    """Two convolutions (8 and 16 channels, 3x3) on 1,024 digits of 8x8, cross-entropy."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    x = torch.tensor(digits.images[:1024], dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(digits.target[:1024])
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip
    part = Part(x, labels, labels, nn.functional.cross_entropy, CrossEntropy(kind="cross_entropy"))
    return Scene(module, _plane(module), part, nn.CrossEntropyLoss())


def _plane(module: nn.Module) -> list[Tensor]:
    centre = nn.utils.parameters_to_vector(module.parameters()).detach().clone()
    draw = torch.Generator().manual_seed(0)
    return [centre, *(0.1 * torch.randn(len(centre), generator=draw) for _ in range(2))]


def coordinates(side: int) -> tuple[np.ndarray, np.ndarray]:
    """All places of a square grid from -1 to 1."""
    x, y = np.meshgrid(*[np.linspace(-1.0, 1.0, side)] * 2)
    return x.ravel(), y.ravel()


Fill = Callable[[int], Any]
"""Finds the loss on a grid of so many places along each side."""


def naive(scene: Scene) -> Fill:
    """A copy of the module, its parameters set point by point; no gradients."""
    twin, part = copy.deepcopy(scene.module).eval(), scene.part
    centre, first, second = scene.plane

    @torch.no_grad()
    def fill(side: int) -> list[float]:
        found = []
        for x, y in zip(*coordinates(side), strict=True):
            nn.utils.vector_to_parameters(centre + float(x) * first + float(y) * second, twin.parameters())
            found.append(scene.loss(twin(part.x), part.targets).item())
        return found

    return fill


def walker(scene: Scene, engine: str) -> Fill:
    """One of ours; reading the module is part of it."""
    return lambda side: walk_of(scene.module, *scene.plane, scene.part, engine).at(*coordinates(side))[0]


def package(scene: Scene) -> Fill:
    """The package's own way: a random plane, filter-normalised, with its own metric. Raises ImportError."""
    library = _package()
    metric = importlib.import_module("loss_landscapes.metrics").Loss(scene.loss, scene.part.x, scene.part.targets)
    return lambda side: library.random_plane(
        copy.deepcopy(scene.module).eval(), metric, distance=1, steps=side, normalization="filter"
    )


def _package() -> Any:
    """The package, in a folder of its own: nothing else of ours ever sees it. Raises ImportError."""
    name, version = PACKAGE
    folder = settings.home / "benchmarks" / f"{name}-{version}"
    if not folder.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
        done = subprocess.run([*command, f"{name}=={version}"], capture_output=True, text=True)
        if done.returncode:
            raise ImportError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("loss_landscapes")
    finally:
        sys.path.remove(str(folder))


class Contender:
    """seconds: for a whole grid, of every turn; side: how many places along a side it is asked for."""

    def __init__(self, fill: Fill, turn: float) -> None:
        self._fill = fill
        self.side, self.seconds = 5, []
        self._timed()
        self.side = int(np.clip(np.sqrt(turn / self._timed() * SIDE**2), 5, SIDE))

    def take(self) -> None:
        """A turn."""
        self.seconds.append(self._timed())

    def _timed(self) -> float:
        start = time.perf_counter()
        self._fill(self.side)
        return (time.perf_counter() - start) * (SIDE / self.side) ** 2
