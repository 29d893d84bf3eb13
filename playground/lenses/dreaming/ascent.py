"""Activation maximisation: gradient ascent on the pixels of an image, kept from turning into noise.

Erhan et al. 2009; decay and blur are those of Yosinski et al. 2015, https://arxiv.org/abs/1506.06579, jitter that of
Olah et al. 2017, https://distill.pub/2017/feature-visualization, and so is climbing where the training images' colours
are not correlated: in red, green and blue that is along their covariance times the gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from playground.experiment.randomness import generator

Excitement = Callable[[Tensor, int], Tensor]
"""(images (n, C, H, W), which one the first of them is) to what they excite, (n,)."""
NOISE = 0.08
"""Deviation of the noise that a dream begins with, in pixels' range of 1."""
RATE = 0.04
"""How far a pixel goes at one step, on the average."""
BLUR_GAP = 4
"""Steps between two times that it is blurred."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """jitter: pixels that the image is shifted by at random, either way, before each step; blur: deviation of the
    Gaussian, in pixels, that it is blurred with every `BLUR_GAP` steps; decay: share of its distance from the ground
    that a pixel loses at each step; seed: of the noise; colours: whether red, green and blue change together as they
    do in the training images, else each for itself."""

    jitter: int
    blur: float
    decay: float
    seed: int
    colours: bool = True


class Dream:
    """Images (n, C, H, W) from 0 to 1, each on its way to what excites one unit most.

    ground: (C, 1, 1), what a pixel is where nothing is to be seen. index: of each image, which noise it begins with.
    colours: (C, C), the covariance of the channels, which change together by it; None: each for itself.
    """

    def __init__(
        self, recipe: Recipe, ground: Tensor, shape: tuple[int, int, int], index: range, colours: Tensor | None = None
    ) -> None:
        noise = [generator(recipe.seed, "dream", number).normal(0.0, NOISE, shape) for number in index]
        made = torch.tensor(np.array(noise), dtype=torch.float32, device=ground.device)
        self.recipe, self.ground, self.colours = recipe, ground, colours
        self.images = (ground + made).clamp(0.0, 1.0)
        self.steps = 0

    def step(self, excitement: Excitement, bite: int = 64) -> Tensor:
        """One step uphill; what the images excited before it, (n,). bite: so many at once."""
        down, right = self._shift()
        slope, found = self._slope(self.images.roll((down, right), (2, 3)), excitement, bite)
        slope = slope.roll((-down, -right), (2, 3))
        if self.colours is not None:
            slope = torch.einsum("cd,ndhw->nchw", self.colours, slope)
        size = slope.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        images = self.images + RATE * slope / size.clamp_min(1e-12)
        self.steps += 1
        if self.recipe.blur and self.steps % BLUR_GAP == 0:
            images = blurred(images, self.recipe.blur)
        self.images = self.ground.lerp(images, 1.0 - self.recipe.decay).clamp(0.0, 1.0)
        return found

    def _slope(self, images: Tensor, excitement: Excitement, bite: int) -> tuple[Tensor, Tensor]:
        """In which direction they would excite more, (n, C, H, W), and how much they do, (n,)."""
        slopes, found = [], []
        for start in range(0, len(images), bite):
            with torch.enable_grad():
                seen = images[start : start + bite].clone().requires_grad_()
                excited = excitement(seen, start)
                slopes.append(torch.autograd.grad(excited.sum(), seen)[0])
            found.append(excited.detach())
        return torch.cat(slopes), torch.cat(found)

    def _shift(self) -> tuple[int, int]:
        """Down and right, of this step."""
        if not self.recipe.jitter:
            return 0, 0
        drawn = generator(self.recipe.seed, "jitter", self.steps)
        return tuple(int(one) for one in drawn.integers(-self.recipe.jitter, self.recipe.jitter + 1, 2))


def blurred(images: Tensor, deviation: float) -> Tensor:
    """Images (n, C, H, W) under a Gaussian of so many pixels, cut off at 4 of its deviations; beyond the border lies
    what is on it."""
    reach = math.ceil(4 * deviation)
    places = torch.arange(-reach, reach + 1, device=images.device, dtype=images.dtype)
    bell = torch.exp(-0.5 * (places / deviation).square())
    bell = (bell / bell.sum()).expand(images.shape[1], 1, 1, -1)
    padded = nn.functional.pad(images, (reach, reach, reach, reach), mode="replicate")
    across = nn.functional.conv2d(padded, bell, groups=images.shape[1])
    return nn.functional.conv2d(across, bell.transpose(2, 3), groups=images.shape[1])
