"""Mixed precision (Micikevicius et al. 2018): products in 16-bit numbers, parameters and all that adds up in float32.

As `torch.autocast` does it: convolutions and linear layers compute in bfloat16, norms and losses in float32, and
whatever lies between in what it is given. bfloat16 reaches as far as float32, so that no loss has to be scaled.
"""

from __future__ import annotations

import torch
from torch import Tensor

from playground.training.engines.pairs.images import ConvPair, SeparablePair
from playground.training.engines.pairs.layers import LinearPair
from playground.training.engines.pairs.pair import Pair

LOW = torch.bfloat16
PRODUCTS = (ConvPair, LinearPair, SeparablePair)


def low_precision(asked: str, device: torch.device) -> torch.dtype | None:
    """The 16-bit type of an experiment's `precision`; None for float32, and where the device has no such numbers."""
    if asked != "mixed" or (device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)):
        return None
    return LOW


def mixed(pair: Pair, low: torch.dtype, whole: bool) -> Pair:
    """The pair as it is in mixed precision. whole: whether it needs float32."""
    if isinstance(pair, PRODUCTS):
        pair.low = low
        return pair
    return Between(pair, whole)


class Between:
    """A pair among others that compute in another type of number."""

    def __init__(self, pair: Pair, whole: bool) -> None:
        self._pair, self._whole = pair, whole

    def forward(self, x: Tensor) -> Tensor:
        y = self._pair.forward(x.float() if self._whole else x)
        self._kind = y.dtype
        return y

    def backward(self, grad: Tensor) -> Tensor | None:
        return self._pair.backward(grad.to(self._kind))
