"""A network as a function of pixels: what attributions, attacks and dreams take gradients of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from playground.lenses.effort import work_of
from playground.lenses.lens import Unsuited
from playground.lenses.moment import moment_of
from playground.lenses.picked import Picked, pixels_of
from playground.lenses.vision.maps import shares_of
from playground.network.clone import clone
from playground.network.shapes import HEAD, Path
from playground.network.silence import silence_of

BITE_PRODUCTS, BITE_VALUES, BITE = 8_000_000, 4_000_000, 64
"""Multiplications, and values that all layers hold, of so many images as are looked at together at most: some
milliseconds of work."""


class PixelNetwork:
    """A moment's network in evaluation mode, as a function of images (n, C, H, W) from 0 (black) to 1.

    It is a copy whose parameters take no gradients, so whatever is done with it leaves no trace in the run. shape:
    (C, H, W); classes: how many; bite: how many images it looks at together.
    """

    def __init__(self, moment: Any) -> None:
        self.moment = moment_of(moment)
        dataset, module = self.moment.dataset, self.moment.module
        if dataset.image is None:
            raise ValueError("these data are no images")
        if dataset.task != "classification":
            raise Unsuited("a regression has no classes")
        self.module = clone(module, module.flat.values).requires_grad_(False)
        self.device = module.flat.values.device
        self.shape: tuple[int, int, int] = tuple(dataset.image)
        self.classes = len(dataset.classes)
        self.mean, self.deviation = (
            torch.tensor(numbers, dtype=torch.float32, device=self.device) for numbers in dataset.input_scale
        )
        products, values = work_of(self.moment)
        self.bite = max(1, min(BITE, BITE_PRODUCTS // products, BITE_VALUES // values))
        self._before: Tensor | None = None  # what the head gave last, before the output activation
        self.module.head.register_forward_hook(self._keep)

    def pixels(self, x: Any) -> Tensor:
        """Samples as the network takes them, (n, C*H*W), as images (n, C, H, W) from 0 to 1."""
        x = torch.tensor(x, dtype=torch.float32, device=self.device)
        return (x * self.deviation + self.mean).clamp(0.0, 1.0).reshape(-1, *self.shape)

    def scores(self, images: Tensor) -> Tensor:
        """How much speaks for each class, (n, classes): the last layer's outputs before the output activation.

        A single output z, of two classes, is the score z / 2 of the second and -z / 2 of the first.
        """
        self._answer(images)
        found, silence = self._before, silence_of(self.module.head_activation)
        found = silence.applied(found) if silence else found
        return torch.cat([-found, found], dim=1) / 2 if found.shape[1] == 1 else found

    def score(self, label: int) -> Callable[[Tensor], Tensor]:
        """The score of one class, as a function of images: (n,)."""
        return lambda images: self.scores(images)[:, label]

    def shares(self, images: Tensor) -> Any:
        """How likely each class is to the network, (n, classes) float64, a numpy array."""
        with torch.no_grad():
            return shares_of(self.moment, self._answer(images))

    def traced(self, images: Tensor, path: Path) -> tuple[Tensor, Tensor]:
        """The scores of images, and what the layer at `path` gave meanwhile; for "head" the scores again."""
        if path == HEAD:
            scores = self.scores(images)
            return scores, scores
        kept: list[Tensor] = []
        hook = self.module.at(path).register_forward_hook(lambda _layer, _given, output: kept.append(output))
        try:
            return self.scores(images), kept[-1]
        finally:
            hook.remove()

    def _answer(self, images: Tensor) -> Tensor:
        return self.module((images.flatten(1) - self.mean) / self.deviation)

    def _keep(self, _layer: Any, _given: Any, output: Tensor) -> None:
        self._before = output


def image_of(network: PixelNetwork, image: Picked | dict[str, Any] | None) -> tuple[Tensor, int | None]:
    """The picked image (1, C, H, W) from 0 to 1, and its class, None of one's own; as `picked.pixels_of`."""
    x, label = pixels_of(network.moment.dataset, image)
    return network.pixels(x), label
