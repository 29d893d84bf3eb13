"""A run in one small picture: what its network answers everywhere, or, of images, what it takes for what."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.lenses.boundary_map import decision_boundary, fitted_curve
from playground.lenses.effort import in_parts, work_of
from playground.lenses.moment import looking, moment_of

MOST_IMAGES = 1000
"""Images that are judged for one picture, fewer where the network is large, evenly spaced through the part."""
FEWEST_IMAGES = 100
MOST_PRODUCTS = 2_000_000_000
"""Multiplications that go into one picture of images: about a tenth of a second of a processor's core."""


def portrait(moment: Any, resolution: int = 64) -> dict[str, Any]:
    """What shows best at a glance what a network does.

    Of images: counts (K, K) int64, actual classes in rows, predicted ones in columns, over at most `MOST_IMAGES` test
    images (of the training part, where there are none to test on). Of one input what `fitted_curve` gives; of all else
    what `decision_boundary` gives, at resolution x resolution places.
    """
    moment = moment_of(moment)
    if moment.dataset.image is not None and moment.dataset.classes:
        return {"counts": _confusion(moment)}
    if moment.dataset.plane.dimensions == 1:
        return fitted_curve(moment, 2 * resolution)
    return decision_boundary(moment, resolution)


def _confusion(moment: Any) -> np.ndarray:
    part = "test" if len(moment.dataset.y_test) else "train"
    actual, x = getattr(moment.dataset, f"y_{part}"), getattr(moment.task, f"x_{part}")
    most = max(FEWEST_IMAGES, min(MOST_IMAGES, MOST_PRODUCTS // work_of(moment)[0]))
    rows = np.unique(np.linspace(0, len(actual) - 1, min(most, len(actual))).astype(np.int64))
    with looking(moment.module) as module:
        predicted = moment.task.predicted(in_parts(module, x[rows])).cpu().numpy()
    classes = len(moment.dataset.classes)
    return np.bincount(actual[rows] * classes + predicted, minlength=classes * classes).reshape(classes, classes)
