"""One image on its way through every layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.picked import Picked, pictures, pixels_of
from playground.lenses.vision.stack import UNCHANGED, places_of

MOST_VALUES = 512
"""Of a layer whose units stand in no image."""


def feature_maps(moment: Any, image: Picked | dict[str, Any] | None = None, shown: int = 16) -> dict[str, Any]:
    """What every layer makes of the picked image, in evaluation mode; layers that change nothing then are left out.

    - picture: the image, uint8 (h, w) or (h, w, 3); label: its class, -1 of an image of one's own;
    - paths: tuple of where the layers stand, a block after what is inside it, "head" last; labels: what they are
      called;
    - maps: a list, by layer, of (maps, h, w) float32, at most `shown` maps, or (units,) where there are no places any
      more, at most `MOST_VALUES`; counts (layers,) int64: how many there are;
    - shares (classes,) float64: how likely each class is to the network; predicted: the class it takes the image for.

    Raises ValueError for data that are no images, and for an image that they do not have.
    """
    moment = moment_of(moment)
    x, label = pixels_of(moment.dataset, image)
    with looking(moment.module) as module:
        seen = module.trace(torch.tensor(x, device=device_of(module)))
        names = {place.path: place for place in places_of(moment)}
        kept = {path: values[0] for path, values in seen.items() if names[path].kind not in UNCHANGED}
        shares = shares_of(moment, seen["head"])[0]
    return {
        "picture": pictures(moment.dataset, x)[0],
        "label": -1 if label is None else label,
        "paths": tuple(kept),
        "labels": tuple(names[path].label for path in kept),
        "maps": [_few(values, shown).float().cpu().numpy().copy() for values in kept.values()],
        "counts": np.array([len(values) for values in kept.values()], np.int64),
        "shares": shares,
        "predicted": int(shares.argmax()),
    }


def shares_of(moment: Any, outputs: torch.Tensor) -> np.ndarray:
    """How likely each class is to the network, (n, classes) float64, of what it put out."""
    said = moment.task.decision(outputs).detach().double().cpu().numpy()
    if said.ndim == 2:
        return said
    return np.stack([1 - said, 1 + said], axis=1) / 2


def _few(values: torch.Tensor, shown: int) -> torch.Tensor:
    return values[:shown] if values.ndim == 3 else values[:MOST_VALUES]
