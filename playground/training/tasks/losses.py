"""The losses as functions (outputs, targets) -> scalar: the mean over samples and outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

LossFunction = Callable[[Tensor, Tensor], Tensor]

LEAST = 1e-12
"""The least 1 - p that the focal loss takes."""


def loss_function(spec: Any) -> LossFunction:
    """The loss that `spec` (an entry of `experiment.losses`) describes.

    outputs: (n, K) float32 after the output activation. targets: (n,) int64 for cross-entropy and focal, otherwise
    (n, K) float32 in the coding of the head.
    """
    return _LOSSES[spec.kind](spec)


def focal(outputs: Tensor, targets: Tensor, gamma: float) -> Tensor:
    """-(1 - p)^gamma ln p of the true class's softmax probability p (Lin et al. 2017, without class weights)."""
    log_p = F.log_softmax(outputs, dim=1).gather(1, targets[:, None]).squeeze(1)
    if gamma == 0:
        return -log_p.mean()
    # 1 - p as -expm1(ln p) keeps its digits near p = 1; the least value keeps the gradient of a power
    # below one finite there.
    away = (-torch.expm1(log_p)).clamp_min(LEAST)
    return -(away.pow(gamma) * log_p).mean()


def hinge(outputs: Tensor, targets: Tensor, margin: float) -> Tensor:
    """max(0, margin - t y), targets -1 and +1; with K outputs one such question for each class (one against rest)."""
    return (margin - targets * outputs).clamp_min(0.0).mean()


def log_cosh(outputs: Tensor, targets: Tensor) -> Tensor:
    """ln cosh e as |e| + softplus(-2 |e|) - ln 2, which does not overflow."""
    size = (outputs - targets).abs()
    return (size + F.softplus(-2.0 * size) - math.log(2.0)).mean()


_LOSSES: dict[str, Callable[[Any], LossFunction]] = {
    "cross_entropy": lambda spec: lambda y, t: F.cross_entropy(y, t, label_smoothing=spec.label_smoothing),
    "bce": lambda spec: F.binary_cross_entropy_with_logits,
    "hinge": lambda spec: lambda y, t: hinge(y, t, spec.margin),
    "focal": lambda spec: lambda y, t: focal(y, t, spec.gamma),
    "mse": lambda spec: F.mse_loss,
    # Huber's loss inside its delta is half the squared error: one kernel forwards and one backwards instead of two.
    "half_mse": lambda spec: lambda y, t: F.huber_loss(y, t, delta=math.inf),
    "mae": lambda spec: F.l1_loss,
    "huber": lambda spec: lambda y, t: F.huber_loss(y, t, delta=spec.delta),
    "log_cosh": lambda spec: log_cosh,
}
