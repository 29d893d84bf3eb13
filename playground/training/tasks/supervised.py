"""Supervised learning: classes or numbers to predict from inputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.experiment import Experiment, Head, head_of
from playground.network.network import Network
from playground.training.augmentation import Augmenter
from playground.training.tasks.losses import loss_function

IMAGES_AT_ONCE = 64
"""Images whose maps are held at the same time when they are measured: those of small networks stay near a core."""
IMAGES_MEASURED = 1_000
PIXELS_MEASURED = 1_000_000
"""Of each part of image data so many images are measured, or more while they have no more pixels than this."""


class Supervised:
    """The data of an experiment as tensors on one device, its loss, and what is measured.

    x (n + m, d): training samples, then test samples; `x_train` and `x_test` are views of it. targets, `train_targets`
    and `test_targets`: in the head's coding. metric: "accuracy" or "r2". loss_entry: the loss as the experiment has it.
    image: (C, H, W) of image data, or None. measured: how many samples of each part, the first ones, are measured.
    """

    def __init__(self, experiment: Experiment, dataset: Any, device: torch.device | str = "cpu") -> None:
        self.kind = dataset.task
        self.classes = len(dataset.classes)
        self.head: Head = head_of(experiment, self.classes)
        self.device = torch.device(device)
        self.metric = "accuracy" if self.kind == "classification" else "r2"
        self.loss_entry = experiment.training.loss
        self.loss = loss_function(self.loss_entry)
        self.image = dataset.image
        self._vary = augmenter(experiment, dataset.image, self.device)
        self.samples, self.test_samples = len(dataset.x_train), len(dataset.x_test)
        # Copies, never views of numpy's memory: that is aligned by chance, and alignment can move the last bit.
        self.x = torch.tensor(np.concatenate([dataset.x_train, dataset.x_test]), device=self.device)
        labels = np.concatenate([dataset.y_train, dataset.y_test])
        self.labels = torch.tensor(labels, device=self.device)
        self.targets = code(self.labels, self.head, self.classes)
        self.measured = tuple(_measured(count, self.image) for count in (self.samples, self.test_samples))
        self.x_train, self.x_test = self.x[: self.samples], self.x[self.samples :]
        self.train_targets, self.test_targets = self.targets[: self.samples], self.targets[self.samples :]
        self._measured = [
            (self.x[start:][:count], self.targets[start:][:count], self.labels[start:][:count])
            for start, count in zip((0, self.samples), self.measured, strict=True)
            if count
        ]

    @property
    def varied(self) -> bool:
        """Whether training samples differ from epoch to epoch."""
        return self._vary is not None

    def inputs(self, rows: np.ndarray, epoch: int) -> Tensor:
        """These training samples, (len(rows), d), as `epoch` (0 is the first) shows them."""
        x = self.x_train.index_select(0, torch.as_tensor(rows, device=self.device))
        return x if self._vary is None else self._vary(x, epoch, rows)

    def measure(
        self, network: Network, answer: Callable[[Tensor], Tensor] | None = None
    ) -> tuple[float, float, float, float]:
        """(train loss, test loss, train metric, test metric) in evaluation mode; NaN for an empty test part.

        Only the first `measured` samples of each part count. answer: a quicker way to what `network` answers.
        The mode of `network` is as before afterwards.
        """
        switch = network.training and network.depends_on_mode
        if switch:
            network.eval()
        with torch.no_grad():
            outputs = self._outputs(network, answer or network)
            losses = [self.loss(y, part[1]) for y, part in zip(outputs, self._measured, strict=True)]
            metrics = [self.score(y, part[2]) for y, part in zip(outputs, self._measured, strict=True)]
            found = torch.stack([*losses, *metrics]).tolist()  # one transfer from a GPU, not four
        if switch:
            network.train()
        if not self.test_samples:
            found = [found[0], float("nan"), found[1], float("nan")]
        return tuple(found)

    def _outputs(self, network: Network, answer: Callable[[Tensor], Tensor]) -> list[Tensor]:
        """The answers to what is measured; images go through the network a few at a time, as maps take room."""
        if network.image is not None:
            return [torch.cat([answer(few) for few in part[0].split(IMAGES_AT_ONCE)]) for part in self._measured]
        if self.image is not None:
            return [answer(part[0]) for part in self._measured]
        return list(answer(self.x).split([len(part[0]) for part in self._measured]))

    def score(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Accuracy (share of right classes), or R² (1 - squared error / variance; 0 for targets that are all equal)."""
        if self.kind == "classification":
            return (self.predicted(outputs) == labels).float().mean()
        error = (outputs.reshape(-1) - labels).square().sum()
        spread = (labels - labels.mean()).square().sum()
        return torch.where(spread > 0, 1.0 - error / spread.clamp_min(1e-30), torch.zeros_like(error))

    def scores(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The scores of several answers to the same samples: outputs (S, n, K) -> (S,), as `score` to the bit."""
        if self.kind == "classification":
            predicted = self.predicted(outputs.flatten(0, 1)).view(len(outputs), -1)
            return (predicted == labels).float().mean(1)
        return torch.stack([self.score(one, labels) for one in outputs])

    def predicted(self, outputs: Tensor) -> Tensor:
        """The most likely class of each sample, (n,) int64."""
        if outputs.shape[1] > 1:
            return outputs.argmax(dim=1)
        return (outputs[:, 0] > self.head.threshold).long()

    def decision(self, outputs: Tensor) -> Tensor:
        """What the network says, for a map of it.

        Two classes: (n,) from -1 (surely class 0) to +1 (surely class 1): p1 - p0, or the output itself cut to that
        range where the targets are -1 and +1. More classes: (n, K) probabilities that sum to 1; where every class
        has a yes or no of its own these are divided by their sum. Regression: the value, (n,).
        """
        if self.kind == "regression":
            return outputs[:, 0]
        return _two(outputs, self.head) if self.classes == 2 else _many(outputs, self.head)


def _measured(count: int, image: tuple[int, int, int] | None) -> int:
    """How many of `count` samples of a part are measured again and again along a run."""
    return count if image is None else min(count, max(IMAGES_MEASURED, PIXELS_MEASURED // math.prod(image)))


def augmenter(
    experiment: Experiment, image: tuple[int, int, int] | None, device: torch.device | str
) -> Augmenter | None:
    """What varies the training images of `experiment` from epoch to epoch; None where they stay as they are."""
    spec = getattr(experiment.data, "augment", None)
    if image is None or spec is None or spec.off:
        return None
    return Augmenter(spec, image, experiment.seed, device)


def code(labels: Tensor, head: Head, classes: int) -> Tensor:
    """Targets in the head's coding: (n,) int64 for "index", otherwise (n, outputs) float32."""
    if head.coding == "index":
        return labels
    if head.coding == "value":
        return labels[:, None]
    yes = labels[:, None] if head.outputs == 1 else torch.nn.functional.one_hot(labels, classes)
    yes = yes.float()
    return yes * 2 - 1 if head.coding == "signed" else yes


def _two(outputs: Tensor, head: Head) -> Tensor:
    if head.coding == "index":
        return torch.tanh((outputs[:, 1] - outputs[:, 0]) * 0.5)  # p1 - p0 of a softmax over two
    value = outputs[:, 0]
    if head.coding == "binary":
        return value * 2 - 1 if head.activation == "sigmoid" else torch.tanh(value * 0.5)
    return value.clamp(-1.0, 1.0)


def _many(outputs: Tensor, head: Head) -> Tensor:
    if head.coding == "index":
        return outputs.t().contiguous().softmax(dim=0).t()  # along memory: twice as quick for a whole map
    if head.coding == "signed":
        yes = (outputs.clamp(-1.0, 1.0) + 1.0) * 0.5
    else:
        yes = outputs if head.activation == "sigmoid" else outputs.sigmoid()
    yes = yes + 1e-7  # where all say no, every class is as likely as the others
    return yes / yes.sum(dim=1, keepdim=True)
