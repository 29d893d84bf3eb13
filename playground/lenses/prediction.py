"""What the network says of one image."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.lenses.lens import Unsuited
from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.picked import Picked, pictures, pixels_of


def prediction(moment: Any, image: Picked | dict[str, Any] | None = None) -> dict[str, np.ndarray]:
    """How likely the network finds every class for the picked image, in evaluation mode.

    probabilities: (K,) float64 that sum to 1, NaN where the network answers no numbers; label: () int64, the image's
    class, -1 for pixels of a person's own; picture: the image, (H, W) or (H, W, 3) uint8. Without a choice it is the
    first test image. Raises ValueError for data that are no images, or do not have this one, and `Unsuited` for a
    regression.
    """
    moment = moment_of(moment)
    if moment.dataset.task != "classification":
        raise Unsuited("a regression predicts a number, no classes")
    x, label = pixels_of(moment.dataset, image)
    with looking(moment.module) as module:
        outputs = module(torch.tensor(x, device=device_of(module)))
    said = moment.task.decision(outputs)[0].double().cpu().numpy()
    both = np.array([1.0 - said, 1.0 + said]) / 2.0 if said.ndim == 0 else said
    return {
        "probabilities": both / both.sum(),
        "label": np.array(-1 if label is None else label),
        "picture": pictures(moment.dataset, x)[0],
    }
