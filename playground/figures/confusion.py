"""The confusion matrix and what follows from it, as `playground/web/static/confusion-view.js` draws it: a table.

Not a Plotly figure: its cells are buttons, reached by keyboard and read by screen readers. Base: the classes. Frame:
counts, and for every class precision, recall and F1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model
from playground.figures import theme


class ConfusionOptions(Model):
    """How the matrix is drawn: nothing to choose; which part of the data it shows is up to the lens."""


DEFAULT = ConfusionOptions()


def base(arrays: dict[str, Any], dataset: Any, options: ConfusionOptions = DEFAULT) -> dict[str, Any]:
    """Names and colours of the classes, as the boundary has them."""
    return {
        "classes": list(dataset.classes),
        "colours": [theme.key_colour(k) for k in range(len(dataset.classes))],
    }


def frame(arrays: dict[str, Any], dataset: Any, options: ConfusionOptions = DEFAULT) -> dict[str, Any]:
    """What moves: counts, K lists of K, and `measures` of them, NaN (null on the wire) where undefined."""
    counts = arrays["counts"]
    per_class = measures(counts)
    right, total = int(np.trace(counts)), int(counts.sum())
    return {
        "counts": counts.tolist(),
        "per_class": per_class.tolist(),
        "average": average(per_class).tolist(),
        "right": right,
        "total": total,
    }


def measures(counts: np.ndarray) -> np.ndarray:
    """(K, 3): precision, recall and F1 of every class, of counts (K, K) with the actual classes as rows.

    NaN where there is nothing to divide by: precision of a class that is never predicted, recall of one that does not
    occur, F1 of one that is neither.
    """
    right = np.diag(counts).astype(np.float64)
    predicted, actual = counts.sum(axis=0), counts.sum(axis=1)
    with np.errstate(invalid="ignore"):  # 0 / 0
        return np.stack([right / predicted, right / actual, 2 * right / (predicted + actual)], axis=1)


def average(per_class: np.ndarray) -> np.ndarray:
    """(3,): the plain mean over the classes that have a value ("macro"): rare classes count like frequent ones."""
    defined = ~np.isnan(per_class)
    count = defined.sum(axis=0)
    total = np.where(defined, per_class, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(per_class.shape[1], np.nan), where=count > 0)
