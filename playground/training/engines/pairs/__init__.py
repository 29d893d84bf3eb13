"""Gradients without autograd: every layer and every loss as a forward and, beside it, its backward.

A small network's step is a few microseconds of arithmetic; recording it for autograd, walking the record and
accumulating costs several times that. Here each pair calls PyTorch's own derivative kernels, and writes the gradients
of its parameters straight into where they belong (`p.grad`, the views of `FlatParameters.grads`). A layer or loss that
no pair is known for goes through autograd by itself, in the midst of the others: its answer is as right, only slower.
"""

from __future__ import annotations

from playground.training.engines.pairs.losses import loss_pair
from playground.training.engines.pairs.mixed import low_precision
from playground.training.engines.pairs.stack import Chain, network_pairs, silences

__all__ = ["Chain", "loss_pair", "low_precision", "network_pairs", "silences"]
