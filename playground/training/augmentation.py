"""Training images as they vary, on the device that trains. What is drawn for which image is `data.augmenting`'s."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from playground.data.augmenting import cut, draw
from playground.experiment.images import Augmentation
from playground.experiment.randomness import LOW, ODD, base_of, key
from playground.network.dropout import mix


class Augmenter:
    """Images of the training part as an epoch shows them: a function of (seed, epoch, row), however they are batched.

    spec: how they vary; image: (C, H, W); seed: the experiment's; device: where the images are.
    """

    def __init__(
        self, spec: Augmentation, image: tuple[int, int, int], seed: int, device: torch.device | str = "cpu"
    ) -> None:
        self.spec, self.image, self.seed = spec, image, seed
        self.device = torch.device(device)
        _, height, width = image
        self._down = torch.arange(height, device=self.device)
        self._across = torch.arange(width, device=self.device)
        self._pixels = torch.arange(image[0] * height * width, device=self.device)

    @torch.no_grad()
    def __call__(self, x: Tensor, epoch: int, rows: np.ndarray | Tensor) -> Tensor:
        """x (n, C*H*W) or (n, C, H, W), which are these `rows` (n,) of the training part, as `epoch` (0 is the first)
        shows them; of the same shape, and never changed in place. Rows in main memory cost no waiting for a GPU."""
        spec = self.spec
        if spec.off:
            return x
        rows = rows.cpu().numpy() if isinstance(rows, Tensor) else np.asarray(rows)
        drawn = draw(spec, self.image, self.seed, epoch, rows)
        images = x.reshape(-1, *self.image)
        if spec.moves:
            grid = functional.affine_grid(self._here(drawn.affine).to(x.dtype), list(images.shape), align_corners=False)
            images = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
        elif spec.flip:
            images = torch.where(self._here(drawn.mirrored)[:, None, None, None], images.flip(-1), images)
        if spec.noise:
            images = images + self._noise(epoch, rows).view(images.shape).to(x.dtype)
        if spec.cutout:
            images = images.masked_fill(self._blanked(self._here(drawn.corner))[:, None], 0.0)
        return images.reshape(x.shape)

    def _here(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self.device, non_blocking=True)

    def _noise(self, epoch: int, rows: np.ndarray) -> Tensor:
        """(n, C*H*W), of deviation `spec.noise`."""
        elements = self._here(rows.astype(np.int64))[:, None] * len(self._pixels) + self._pixels
        elements = (elements & LOW) * ODD
        radius = (self._hashed("augment noise", epoch, elements).float() + 0.5) / 2.0**32
        angle = self._hashed("augment noise angle", epoch, elements).float() * (2 * np.pi / 2**32)
        return radius.log_().mul_(-2).sqrt_().mul_(angle.cos_()).mul_(self.spec.noise)

    def _hashed(self, purpose: str, epoch: int, elements: Tensor) -> Tensor:
        return mix((elements + base_of(key(self.seed, purpose), epoch)) & LOW)

    def _blanked(self, corner: Tensor) -> Tensor:
        sides = cut(self.spec, self.image)
        down, across = self._down - corner[:, :1], self._across - corner[:, 1:]
        return ((down >= 0) & (down < sides[0]))[:, :, None] & ((across >= 0) & (across < sides[1]))[:, None, :]
