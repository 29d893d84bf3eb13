"""Attacks that change every pixel by epsilon at most: one step of the gradient's sign (FGSM), or many (PGD).

Pixels are from 0 (black) to 1, and epsilon is in their unit. Scores is a function of images (n, C, H, W) to the scores
of the classes (n, K). Nothing here touches a parameter's `.grad`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from playground.lenses.gradual import Work

Scores = Callable[[Tensor], Tensor]
REACH = 2.5
"""How far the steps of PGD could go together, in epsilons: on the border of what is allowed they can still turn."""


def margin(scores: Tensor, labels: Tensor) -> Tensor:
    """How far class `labels` (n,) is behind all others together, (n,): log of their odds against it.

    The cross-entropy is log(1 + exp(margin)), so its gradient has the same signs; but it vanishes where a network is
    sure, in 32 bits even to nothing, and this one does not.
    """
    own = scores.gather(1, labels[:, None])
    others = scores.scatter(1, labels[:, None], -torch.inf)
    return others.logsumexp(dim=1) - own[:, 0]


def uphill(scores: Scores, images: Tensor, labels: Tensor) -> Tensor:
    """In which direction each pixel makes the label less likely, (n, C, H, W): -1, 0 or 1."""
    with torch.enable_grad():
        images = images.detach().requires_grad_()
        (slope,) = torch.autograd.grad(margin(scores(images), labels).sum(), images)
    return slope.sign()


def fgsm(scores: Scores, images: Tensor, labels: Tensor, epsilon: Tensor | float, *, towards: bool = False) -> Tensor:
    """Images changed by epsilon in the direction of the gradient's sign, (n, C, H, W).

    labels: (n,) int64, the class that each is led away from, or, with `towards`, that it is led to. epsilon: one number
    or (n, 1, 1, 1). The fast gradient sign method of Goodfellow et al. 2015, https://arxiv.org/abs/1412.6572.
    """
    return (images + _sign(towards) * epsilon * uphill(scores, images, labels)).clamp(0.0, 1.0)


def pgd(
    scores: Scores,
    images: Tensor,
    labels: Tensor,
    epsilon: Tensor | float,
    steps: int,
    *,
    towards: bool = False,
    start: Tensor | None = None,
) -> Work[Tensor]:
    """Images changed in `steps` smaller steps of the gradient's sign, never by more than epsilon, (n, C, H, W).

    labels, epsilon, towards: as of `fgsm`. start: (n, C, H, W) where the way begins, within epsilon of the images;
    without it at the images. A step is `REACH` * epsilon / steps long. Projected gradient descent of Madry et al. 2018,
    https://arxiv.org/abs/1706.06083.
    """
    step = _sign(towards) * epsilon * (REACH / steps)
    changed = images if start is None else start
    for _ in range(steps):
        moved = changed + step * uphill(scores, changed, labels)
        changed = (images + (moved - images).clamp(-epsilon, epsilon)).clamp(0.0, 1.0)
        yield
    return changed


def _sign(towards: bool) -> float:
    return -1.0 if towards else 1.0
