"""Matrix products of many points.

PyTorch's own go to MKL, which makes half of what an AMD processor can do; oneDNN, which PyTorch brings along for
convolutions, makes all of it, but only has a product of two matrices at a time and takes a while to begin.
"""

from __future__ import annotations

import torch
from torch import Tensor

WORTHWHILE = 1_000_000
"""Multiplications of one product from which oneDNN is the quicker one."""


def products(weights: Tensor, x: Tensor) -> Tensor:
    """weights (G, M, K) times x (G or 1, K, N) -> (G, M, N)."""
    points, outputs, inside = weights.shape
    large = outputs * inside * x.shape[2] >= WORTHWHILE and outputs >= 8
    if not (large and x.device.type == "cpu" and _has_onednn()):
        return torch.bmm(weights, x.expand(points, -1, -1))
    found = [_product(weight, x[point if len(x) > 1 else 0]) for point, weight in enumerate(weights)]
    return found[0][None] if points == 1 else torch.stack(found)


def _product(weight: Tensor, x: Tensor) -> Tensor:
    # weight @ x as a linear layer that is given the rows of `weight`, and whose own weights are those of x. Of what has
    # gaps between its rows (some of the samples) oneDNN makes a thousandth of the speed.
    return torch.ops.mkldnn._linear_pointwise(weight.contiguous(), x.contiguous().t(), None, "none", [], "")


_known: bool | None = None


def _has_onednn() -> bool:
    """Whether oneDNN's product is there (it is no part of what PyTorch promises), and right."""
    global _known
    if _known is None:
        a, b = torch.arange(6.0).view(2, 3), torch.arange(12.0).view(3, 4)
        try:
            _known = bool(torch.equal(_product(a, b), a @ b))
        except (AttributeError, RuntimeError):
            _known = False
    return _known
