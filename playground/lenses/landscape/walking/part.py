"""Samples, and what a network's answer to them costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from playground.experiment import Head
from playground.training.tasks.supervised import Supervised

LEAST_IMAGES = 256
MOST_PRODUCTS = 200_000_000
"""Of images so many are measured at a point of a landscape at least, and so many multiplications made for more."""


class Part(NamedTuple):
    """What the loss is measured on.

    x (n, ...) float32; targets as `loss` takes them, labels as `score` takes them, both with n rows. loss: (outputs,
    targets) -> the mean over the rows. spec: its entry of `experiment.losses`, or None for a loss of one's own. score:
    (outputs, labels) -> a number, a mean over the rows where `kind` is "accuracy"; None: nothing is scored. kind: "r2"
    takes the first output of each row as its prediction. head: says which class an output means; None: only `score`
    knows.
    """

    x: Tensor
    targets: Tensor
    labels: Tensor
    loss: Callable[[Tensor, Tensor], Tensor]
    spec: Any = None
    score: Callable[[Tensor, Tensor], Tensor] | None = None
    kind: Literal["accuracy", "r2"] = "accuracy"
    head: Head | None = None

    def rows(self, rows: slice) -> Part:
        """The same of some rows."""
        return self._replace(x=self.x[rows], targets=self.targets[rows], labels=self.labels[rows])

    @property
    def spread(self) -> float:
        """The squared deviations of the labels from their mean, summed; what R² compares the squared errors with."""
        labels = self.labels.double()
        return float((labels - labels.mean()).square().sum())


def part_of(task: Supervised, which: Literal["train", "test"], products: int = 0) -> Part:
    """The training or the test samples of `task`; of images no more than a point can be measured with in good time: the
    first ones, which are in no order. products: multiplications that one sample takes, 0 where all samples are wanted.

    Raises ValueError where there are no test samples.
    """
    first = slice(None, task.samples) if which == "train" else slice(task.samples, None)
    if not len(task.x[first]):
        raise ValueError("There are no test samples: nothing was kept back from training.")
    if task.image is not None and products:
        first = slice(first.start or 0, min(first.stop or len(task.x), (first.start or 0) + _enough(products)))
    return Part(
        task.x[first], task.targets[first], task.labels[first], task.loss, task.loss_entry, task.score, task.metric,
        task.head,
    )  # fmt: skip


def _enough(products: int) -> int:
    """How many images one point is measured with."""
    return max(LEAST_IMAGES, MOST_PRODUCTS // products)


def hits(outputs: Tensor, labels: Tensor, head: Head) -> Tensor:
    """How many rows are right: outputs (G, K, n), labels (n,) -> (G,)."""
    if outputs.shape[1] == 1:
        predicted = (outputs[:, 0] > head.threshold) == labels.bool()
        return predicted.sum(1)
    most = outputs.amax(1, keepdim=True)
    if (outputs == most).sum() != most.numel():  # some are equal (or not numbers): which is first decides
        return (outputs.argmax(1) == labels).sum(1)
    # `argmax` takes ten times as long as this.
    return (outputs.gather(1, labels.expand_as(most)) == most).sum((1, 2))


def squared_errors(outputs: Tensor, labels: Tensor) -> Tensor:
    """The squared errors, summed: outputs (G, K, n), labels (n,) -> (G,)."""
    return (outputs[:, 0] - labels).square_().sum(1)


def no_score(points: int, device: torch.device) -> Tensor:
    """What stands for a score where there is none."""
    return torch.full((points,), float("nan"), device=device)
