"""The losses of the registry at many points at once.

outputs: (G, K, n), samples last. targets: (n,) class numbers for cross-entropy and focal, otherwise (K, n). Each gives
(G,): the sum over samples of the mean over outputs. They may write over the outputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from playground.training.tasks.losses import LEAST

BatchedLoss = Callable[[Tensor, Tensor], Tensor]


def batched_loss(spec: Any) -> BatchedLoss:
    """The batched form of the loss `spec`. Raises KeyError for one that has none here."""
    return _LOSSES[spec.kind](spec)


def _total(costs: Tensor) -> Tensor:
    """The sum over samples of the mean over outputs."""
    return costs.flatten(1).sum(1) / costs.shape[1]


def _of_class(scores: Tensor, targets: Tensor) -> Tensor:
    return scores.gather(1, targets.expand(len(scores), 1, -1)).squeeze(1)


def _cross_entropy(outputs: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    log_p = F.log_softmax(outputs, dim=1)
    found = -_of_class(log_p, targets).sum(1)
    return found if smoothing == 0 else (1.0 - smoothing) * found - smoothing * log_p.mean(1).sum(1)


def _focal(outputs: Tensor, targets: Tensor, gamma: float) -> Tensor:
    log_p = _of_class(F.log_softmax(outputs, dim=1), targets)
    if gamma == 0:
        return -log_p.sum(1)
    return -(torch.expm1(log_p).neg_().clamp_min_(LEAST).pow_(gamma) * log_p).sum(1)


def _bce(outputs: Tensor, targets: Tensor) -> Tensor:
    return _total(F.binary_cross_entropy_with_logits(outputs, targets.expand_as(outputs), reduction="none"))


def _hinge(outputs: Tensor, targets: Tensor, margin: float) -> Tensor:
    return _total(outputs.mul_(targets).neg_().add_(margin).clamp_min_(0.0))


def _huber(outputs: Tensor, targets: Tensor, delta: float) -> Tensor:
    return _total(F.huber_loss(outputs, targets.expand_as(outputs), reduction="none", delta=delta))


def _log_cosh(outputs: Tensor, targets: Tensor) -> Tensor:
    size = outputs.sub_(targets).abs_()
    return _total(F.softplus(-2.0 * size).add_(size).sub_(math.log(2.0)))


_LOSSES: dict[str, Callable[[Any], BatchedLoss]] = {
    "cross_entropy": lambda spec: lambda y, t: _cross_entropy(y, t, spec.label_smoothing),
    "bce": lambda spec: _bce,
    "hinge": lambda spec: lambda y, t: _hinge(y, t, spec.margin),
    "focal": lambda spec: lambda y, t: _focal(y, t, spec.gamma),
    "mse": lambda spec: lambda y, t: _total(y.sub_(t).square_()),
    "half_mse": lambda spec: lambda y, t: _total(y.sub_(t).square_()).mul_(0.5),
    "mae": lambda spec: lambda y, t: _total(y.sub_(t).abs_()),
    "huber": lambda spec: lambda y, t: _huber(y, t, spec.delta),
    "log_cosh": lambda spec: _log_cosh,
}
