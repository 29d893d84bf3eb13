"""The filters of a network as pictures: what each convolution multiplies with, and how that has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from playground.lenses.moment import moment_of
from playground.lenses.vision.stack import CONVOLUTIONS, LINEAR, Place, places_of
from playground.network.separable import SeparableConv2d
from playground.network.shapes import Path

MOST_CHANNELS = 16
"""Of a filter, so many channels are drawn."""


def filters(moment: Any, what: str = "weights", layer: int | None = None, shown: int = 16) -> dict[str, Any]:
    """The filters of every convolution, or of one (`layer` counts convolutions from 0; the last where there are fewer).

    Of a stack without convolutions that is fed images: the weights of its first linear layer, unit by unit, as images.

    - paths: tuple of where the layers stand ("head" for the head); labels: what they are called;
    - weights: a list of (filters, channels, height, width) float32: at most `shown` filters, and `MOST_CHANNELS`
      channels of each; with what="change", these minus those that the run began with;
    - reach: (layers,) float64, the largest absolute value of each layer, also among those that are not shown;
    - counts: (layers, 2) int64, how many filters there are, and channels of each;
    - sees_pixels: (layers,) bool, whether its channels are those of the image itself.

    Of a transposed convolution filter o is what every channel stamps into map o; of a separable one the product of its
    two steps, which is what one convolution would have to do the same. Raises ValueError for data that are no images,
    and for a change where the run's beginning is not known (a moment that no trainer remembers).
    """
    moment = moment_of(moment)
    if moment.dataset.image is None:
        raise ValueError("these data are no images")
    places = filtering(moment)
    if layer is not None and places:
        places = (places[min(layer, len(places) - 1)],)
    image = moment.dataset.image
    kernels = [kernels_of(moment.module, place, image) for place in places]
    if what == "change":
        start = beginning(moment)
        pairs = zip(kernels, places, strict=True)
        kernels = [now - kernels_of(start, place, image).to(now.device) for now, place in pairs]
    return {
        "paths": tuple(place.path for place in places),
        "labels": tuple(place.label for place in places),
        "weights": [kernel[:shown, :MOST_CHANNELS].float().cpu().numpy().copy() for kernel in kernels],
        "reach": np.array([float(kernel.abs().max()) if kernel.numel() else 0.0 for kernel in kernels]),
        "counts": np.array([kernel.shape[:2] for kernel in kernels], np.int64).reshape(-1, 2),
        "sees_pixels": np.array([_first(place, moment) for place in places], bool),
    }


def filtering(moment: Any) -> tuple[Place, ...]:
    """The layers whose filters can be drawn: every convolution; without any, the first linear layer (or the head)."""
    places = places_of(moment)
    found = tuple(place for place in places if place.kind in CONVOLUTIONS)
    return found or tuple(place for place in places if place.kind in LINEAR and _first(place, moment))[:1]


def kernels_of(module: Any, place: Place, image: tuple[int, int, int]) -> torch.Tensor:
    """The filters of one layer, (filters, channels, height, width); of a linear layer that sees the image its rows."""
    return kernels_in(module.at(place.path), image)


def kernels_in(layer: nn.Module, image: tuple[int, int, int]) -> torch.Tensor:
    """The filters of a module, (filters, channels, height, width); rows of a linear one are images of this shape."""
    if isinstance(layer, SeparableConv2d):
        return (layer.pointwise.weight * layer.depthwise.weight.transpose(0, 1)).detach()
    weight = layer.weight.detach()
    if isinstance(layer, nn.ConvTranspose2d):
        return weight.transpose(0, 1)
    return weight if weight.ndim == 4 else weight.reshape(-1, *image)


def beginning(moment: Any) -> Any:
    """The module that the run began with. Raises ValueError where nobody remembers it."""
    trainer = moment if hasattr(moment, "tape") else getattr(moment, "run", lambda: None)()
    if trainer is None:
        raise ValueError("how it began is the trainer's to tell; a single moment has no past")
    return trainer.at(0).module


def _first(place: Place, moment: Any) -> bool:
    """Whether a layer gets the image as it is, in its channels or as a list of its pixels."""
    shape, image = tuple(place.card.before), tuple(moment.dataset.image)
    if not (shape == image or shape == (int(np.prod(image)),)):
        return False
    earlier: list[Path] = []
    for other in places_of(moment):
        if other.path == place.path:
            break
        earlier.append(other.kind)
    return all(kind in ("flatten", "dropout", "dropout2d", "identity", "residual") for kind in earlier)
