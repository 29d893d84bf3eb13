"""What a network's outputs say about classes: values and probabilities, whatever the loss it was trained with."""

from __future__ import annotations

import torch
from torch import Tensor

from playground.experiment.head import Head


def two_class_value(outputs: Tensor, head: Head) -> Tensor:
    """-1 where class 0 is certain, +1 where class 1 is: (m,) from outputs (m, 1 or 2).

    It is p(1) - p(0) where the outputs mean probabilities, and the output itself, cut to [-1, 1], where the targets
    are -1 and +1.
    """
    if head.coding == "index":
        return torch.tanh((outputs[:, 1] - outputs[:, 0]) * 0.5)  # softmax of two, p1 - p0
    output = outputs.reshape(-1)
    if head.coding == "binary":
        # A sigmoid head gives the probability, otherwise the loss applies the sigmoid: 2 s(z) - 1 = tanh(z / 2).
        return output * 2 - 1 if head.activation == "sigmoid" else torch.tanh(output * 0.5)
    return output.clamp(-1.0, 1.0)


def probabilities(outputs: Tensor, head: Head) -> Tensor:
    """Probability of each class, (K, m) from outputs (m, K), K > 2; they sum to 1 over the classes.

    Softmax for class scores; where every class has a yes or no of its own (one_hot, signed), these shares of "yes"
    are divided by their sum.
    """
    scores = outputs.t().contiguous()  # classes first: sums over classes then run along memory
    if head.coding == "index":
        return torch.softmax(scores, dim=0)
    if head.coding == "one_hot":
        yes = scores.clamp(0.0, 1.0) if head.activation == "sigmoid" else torch.sigmoid(scores)
    else:
        yes = (scores.clamp(-1.0, 1.0) + 1.0) * 0.5
    # Where all say no, every class is as likely as the others.
    yes = yes + 1e-7
    return yes / yes.sum(dim=0)


def confidence(chosen: Tensor, classes: int) -> Tensor:
    """The chosen class's probability, stretched so that 1 / K, a guess, is 0 and certainty 1."""
    return ((chosen - 1.0 / classes) / (1.0 - 1.0 / classes)).clamp_min(0.0)
