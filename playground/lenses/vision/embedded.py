"""How classes come apart: what the last layer sees of every image, in two or three dimensions."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch

from playground.lenses.cells import Part
from playground.lenses.landscape.path import principal
from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.table_rows import spaced
from playground.network.shapes import HEAD

EXACT = 256
"""Images whose spread chooses the directions; with so many it is found exactly, and in no time."""
AT_ONCE = 128


def embedding(moment: Any, dimensions: int = 2, rows: int = 300, part: Part = "test") -> dict[str, Any]:
    """What goes into the last linear layer, along the directions in which that varies most (Pearson 1901).

    - points (n, dimensions) float32: of at most `rows` images, evenly spaced, always the same ones; divided by the
      greatest distance from the middle, so that all lie within 1 of it;
    - rows, labels, predicted (n,) int64: row in the part, class, and what it is taken for; part;
    - share (dimensions,) float64: of the variance along each direction; values: how many numbers the layer sees.

    Directions keep their signs while a run goes on, so that nothing flips. Raises ValueError for data that are no
    images.
    """
    moment = moment_of(moment)
    dataset = moment.dataset
    if dataset.image is None:
        raise ValueError("these data are no images")
    part = part if len(getattr(dataset, f"x_{part}")) else "train"
    x = getattr(dataset, f"x_{part}")
    chosen = spaced(len(x), rows)
    seen, predicted = _seen(moment, x[chosen])
    centre = seen.mean(0)
    key = (dimensions, seen.shape[1])
    directions, share = principal(seen[spaced(len(seen), EXACT)], dimensions, _earlier(moment).get(key))
    _earlier(moment)[key] = directions
    points = (seen - centre) @ directions.T
    reach = torch.linalg.vector_norm(points, dim=1).max().clamp_min(1e-12)
    return {
        "points": (points / reach).numpy(),
        "rows": np.asarray(chosen, np.int64),
        "labels": getattr(dataset, f"y_{part}")[chosen],
        "predicted": predicted,
        "part": part,
        "share": share,
        "values": seen.shape[1],
    }


def _seen(moment: Any, x: np.ndarray) -> tuple[torch.Tensor, np.ndarray]:
    """What the head sees of images, (n, values) float32 on the CPU, and the classes it takes them for."""
    found, taken = [], []
    with looking(moment.module) as module:
        for some in torch.tensor(x).split(AT_ONCE):
            before = module.shaped(some.to(device_of(module)))
            for layer in module.layers:
                before = layer(before)
            found.append(torch.nan_to_num(before.flatten(1).float()).cpu())
            outputs = module.head_activation(module.at(HEAD)(before))
            taken.append(moment.task.predicted(outputs).cpu())
    return torch.cat(found), torch.cat(taken).numpy()


def _earlier(moment: Any) -> dict[Any, torch.Tensor]:
    """The directions found last of this run; nothing of a moment that no trainer remembers."""
    trainer = moment if hasattr(moment, "tape") else getattr(moment, "run", lambda: None)()
    return {} if trainer is None else _directions.setdefault(trainer, {})


_directions: WeakKeyDictionary[Any, dict[Any, torch.Tensor]] = WeakKeyDictionary()
