"""Supervised learning: classes or numbers to predict from inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.experiment import Experiment, Head, head_of
from playground.network.network import Network
from playground.training.tasks.losses import loss_function

IMAGES_AT_ONCE = 256
"""Images whose maps are held at the same time when all samples are measured."""


class Supervised:
    """The data of an experiment as tensors on one device, its loss, and what is measured.

    x (n + m, d): training samples, then test samples; `x_train` and `x_test` are views of it. targets, `train_targets`
    and `test_targets`: in the head's coding. metric: "accuracy" or "r2". loss_entry: the loss as the experiment has it.
    """

    def __init__(self, experiment: Experiment, dataset: Any, device: torch.device | str = "cpu") -> None:
        self.kind = dataset.task
        self.classes = len(dataset.classes)
        self.head: Head = head_of(experiment, self.classes)
        self.device = torch.device(device)
        self.metric = "accuracy" if self.kind == "classification" else "r2"
        self.loss_entry = experiment.training.loss
        self.loss = loss_function(self.loss_entry)
        self.samples, self.test_samples = len(dataset.x_train), len(dataset.x_test)
        # Copies, never views of numpy's memory: that is aligned by chance, and alignment can move the last bit.
        self.x = torch.tensor(np.concatenate([dataset.x_train, dataset.x_test]), device=self.device)
        labels = np.concatenate([dataset.y_train, dataset.y_test])
        self.labels = torch.tensor(labels, device=self.device)
        self.targets = code(self.labels, self.head, self.classes)
        self._parts = [count for count in (self.samples, self.test_samples) if count]
        self._targets, self._labels = self.targets.split(self._parts), self.labels.split(self._parts)
        self.x_train, self.x_test = self.x[: self.samples], self.x[self.samples :]
        self.train_targets, self.test_targets = self.targets[: self.samples], self.targets[self.samples :]

    def measure(self, network: Network) -> tuple[float, float, float, float]:
        """(train loss, test loss, train metric, test metric) in evaluation mode; NaN for an empty test part.

        The mode of `network` is as before afterwards.
        """
        switch = network.training and network.depends_on_mode
        if switch:
            network.eval()
        with torch.no_grad():
            outputs = self._outputs(network).split(self._parts)
            losses = [self.loss(*pair) for pair in zip(outputs, self._targets, strict=True)]
            metrics = [self.score(*pair) for pair in zip(outputs, self._labels, strict=True)]
            found = torch.stack([*losses, *metrics]).tolist()  # one transfer from a GPU, not four
        if switch:
            network.train()
        if not self.test_samples:
            found = [found[0], float("nan"), found[1], float("nan")]
        return tuple(found)

    def _outputs(self, network: Network) -> Tensor:
        """What `network` answers to all samples; images go through it a part at a time, as maps take room."""
        if network.image is None:
            return network(self.x)
        return torch.cat([network(part) for part in self.x.split(IMAGES_AT_ONCE)])

    def score(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Accuracy (share of right classes), or R² (1 - squared error / variance; 0 for targets that are all equal)."""
        if self.kind == "classification":
            return (self.predicted(outputs) == labels).float().mean()
        error = (outputs.reshape(-1) - labels).square().sum()
        spread = (labels - labels.mean()).square().sum()
        return torch.where(spread > 0, 1.0 - error / spread.clamp_min(1e-30), torch.zeros_like(error))

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
