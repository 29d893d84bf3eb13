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
    with looking(moment.module) as module:
        for part in ("train", "test"):
            inputs, targets = getattr(dataset, f"x_{part}"), getattr(dataset, f"y_{part}")
            chosen = _spaced(len(targets), rows)
            arrays[f"{part}_actual"] = targets[chosen]
            arrays[f"{part}_predicted"] = _outputs(module, inputs[chosen])
    return arrays


def _outputs(module: torch.nn.Module, rows: np.ndarray) -> np.ndarray:
    if not len(rows):
        return np.zeros(0, np.float32)
    return module(torch.from_numpy(rows).to(device_of(module))).reshape(-1).float().cpu().numpy()


def _spaced(count: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
