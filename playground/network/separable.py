"""Depthwise-separable convolution (Chollet 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SeparableConv2d(nn.Module):
    """`depthwise`, one filter for each channel, then `pointwise`, a mixture of the channels at every pixel.

    The bias, if there is one, is the mixture's.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        bias: bool = True,
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride, padding, dilation, groups=in_channels, bias=False,
            device=device,
        )  # fmt: skip
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias, device=device)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise(self.depthwise(x))
