"""Batch normalisation that also takes a batch of one sample."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class BatchNorm(nn.BatchNorm1d):
    """`torch.nn.BatchNorm1d` over (samples, features), and `BatchNorm2d` over images (samples, channels, height,
    width), with one rule more and one buffer less.

    A training batch with a single value for each feature or channel (one sample: the last of an epoch, or batch size
    1) has no variance, and PyTorch raises. Here such a batch is normalised by the running mean and variance, and leaves
    them as they are.

    `num_batches_tracked` is left out: only `momentum=None` needs it, and without it the whole state of a network
    is floats.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__(num_features, eps=eps, momentum=momentum, affine=affine, device=device)
        self.num_batches_tracked = None

    def reset_running_stats(self) -> None:
        self.running_mean.zero_()
        self.running_var.fill_(1)

    def forward(self, x: Tensor) -> Tensor:
        use_batch = self.training and x.numel() > x.shape[1]
        return F.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, use_batch, self.momentum, self.eps
        )
