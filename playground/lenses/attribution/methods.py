"""Five ways to ask which pixels made a network's score what it is. Each is a few lines of autograd.

A score is a function of images (n, C, H, W) to (n,), each image's score its own; x is one image (1, C, H, W). Nothing
here touches a parameter's `.grad`. Every method is `gradual.Work`: it rests after each bite of images.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from playground.lenses.gradual import Work

Score = Callable[[Tensor], Tensor]
BITE = 32
"""Images at once, unless somebody knows better."""


def slopes(score: Score, images: Tensor, bite: int = BITE) -> Work[Tensor]:
    """The gradient of each image's score by its own pixels, (n, C, H, W)."""
    found = []
    for part in images.detach().split(bite):
        with torch.enable_grad():
            part = part.requires_grad_()
            found.append(torch.autograd.grad(score(part).sum(), part)[0])
        yield
    return torch.cat(found)


def input_gradient(score: Score, x: Tensor) -> Work[Tensor]:
    """How much the score rises for each pixel that gets a little brighter, (C, H, W).

    Simonyan et al. 2014, https://arxiv.org/abs/1312.6034.
    """
    return (yield from slopes(score, x))[0]


def smooth_grad(score: Score, x: Tensor, noise: Tensor, bite: int = BITE) -> Work[Tensor]:
    """The mean of the gradients at noisy copies of the image, (C, H, W): what only flickers averages out.

    noise: (n, C, H, W), what is added to each copy. Smilkov et al. 2017, https://arxiv.org/abs/1706.03825.
    """
    return (yield from slopes(score, x + noise, bite)).mean(dim=0)


def integrated_gradients(score: Score, x: Tensor, reference: Tensor, steps: int, bite: int = BITE) -> Work[Tensor]:
    """What each pixel contributes to the difference between the score of x and that of the reference, (C, H, W).

    The gradient is followed along the straight line from one to the other, at `steps` points of the Gauss-Legendre
    rule; the sum over all pixels is that difference, nearly. reference: (1, C, H, W). Sundararajan et al. 2017,
    https://arxiv.org/abs/1703.01365, equation 1.
    """
    places, weights = (torch.as_tensor(one, dtype=x.dtype, device=x.device) for one in _legendre(steps))
    way = reference + places[:, None, None, None] * (x - reference)
    along = yield from slopes(score, way, bite)
    return torch.tensordot(weights, along, dims=1) * (x - reference)[0]


def _legendre(steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of the Gauss-Legendre rule on the interval from 0 to 1."""
    places, weights = np.polynomial.legendre.leggauss(steps)
    return (places + 1) / 2, weights / 2


def grad_cam(scores: Tensor, maps: Tensor) -> Tensor:
    """Where in the maps of a convolution the evidence for the score lies, (n, h, w), not negative.

    scores: (n,), computed with gradients from maps (n, channels, h, w). Each map counts as much as the score rises,
    on the average over its places, where it rises. Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391,
    equations 1 and 2.
    """
    (rise,) = torch.autograd.grad(scores.sum(), maps)
    return (rise.mean(dim=(2, 3), keepdim=True) * maps.detach()).sum(dim=1).relu()


def enlarged(maps: Tensor, height: int, width: int) -> Tensor:
    """Maps (n, h, w) laid over the image they are of, (n, height, width), smoothly."""
    stretched = nn.functional.interpolate(maps[:, None], (height, width), mode="bilinear", align_corners=False)
    return stretched[:, 0]


def occlusion(score: Score, x: Tensor, reference: Tensor, window: int, stride: int, bite: int = BITE) -> Work[Tensor]:
    """How much of the score is lost where a square window is covered, (H, W).

    window: its side, in pixels, in steps of stride <= window; the last ones may reach beyond the image. What is covered
    looks as in the reference (1, C, H, W). A pixel under several windows gets the mean of what they cost. Zeiler and
    Fergus 2014, https://arxiv.org/abs/1311.2901.
    """
    rows, columns = (_spans(length, min(window, length), stride).to(x.device) for length in x.shape[2:])
    cost, times = (torch.zeros(x.shape[2:], dtype=x.dtype, device=x.device) for _ in range(2))
    with torch.no_grad():
        whole = score(x)
    for places in torch.arange(len(rows) * len(columns), device=x.device).split(bite):
        covers = rows[places // len(columns), :, None] & columns[places % len(columns), None, :]
        with torch.no_grad():
            lost = whole - score(torch.where(covers[:, None], reference, x))
        cost += torch.tensordot(lost, covers.to(x.dtype), dims=1)
        times += covers.sum(dim=0)
        yield
    return cost / times


def _spans(length: int, window: int, stride: int) -> Tensor:
    """Along one side, every place of the window: (n, length), true where it covers; together they cover all."""
    starts = torch.arange(-(-(length - window) // stride) + 1)[:, None] * stride
    places = torch.arange(length)
    return (places >= starts) & (places < starts + window)
