"""What the network says of the rows it was given: predicted beside actual."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from playground.lenses.moment import device_of, looking, moment_of


def predictions(moment: Any, rows: int = 500) -> dict[str, np.ndarray]:
    """Predicted and actual targets of at most `rows` rows of each part of a regression.

    `train_actual`, `train_predicted` (n,), `test_actual`, `test_predicted` (m,), float32, in units of the
    (for tables standardised) target; `dataset.target_scale` leads back. Of a longer part evenly spaced rows are
    taken, always the same ones. Raises ValueError for classification.
    """
    moment = moment_of(moment)
    dataset = moment.dataset
    if dataset.task != "regression":
        raise ValueError("predicted against actual is for regression; these targets are classes")
    arrays = {}
    for part in ("train", "test"):
        targets = getattr(dataset, f"y_{part}")
        chosen = spaced(len(targets), rows)
        arrays[f"{part}_actual"] = targets[chosen]
        arrays[f"{part}_predicted"] = outputs_of(moment, part, chosen)
    return arrays


def outputs_of(moment: Any, part: str, chosen: np.ndarray | None = None) -> np.ndarray:
    """The one output of the network for the rows of a part (those `chosen`, by default all), (n,) float32."""
    inputs = getattr(moment.dataset, f"x_{part}")
    inputs = inputs if chosen is None else inputs[chosen]
    if not len(inputs):
        return np.zeros(0, np.float32)
    with looking(moment.module) as module:
        return module(torch.tensor(inputs, device=device_of(module))).reshape(-1).float().cpu().numpy()


def spaced(count: int, most: int) -> np.ndarray:
    """At most `most` of `count` rows, evenly spaced, always the same ones: their indices, rising."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
