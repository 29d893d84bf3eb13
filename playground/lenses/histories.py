"""The curves of a run: its history as arrays, thinned for drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

METRICS = {"accuracy": "accuracy", "r2": "R²"}
"""Name of a metric in the history, and on the screen."""


def curves(trainer: Any, points: int = 400, log: bool = False) -> dict[str, Any]:
    """Losses, metric and learning rate over the epochs, each thinned to at most `points` (see `thinned`).

    log: for a logarithmic scale of epochs; what was before training is then left out.

    For name in train_loss, test_loss, train_metric, test_metric, lr: `name` (k,) float32 and `name_x` (k,), the
    epochs; what was not measured, or was not finite, is left out. `metric`: what it is called, "" where there is
    none. Needs the trainer itself; raises TypeError for a moment, which has no history.
    """
    if not hasattr(trainer, "recorded"):
        raise TypeError("the curves are the trainer's; a single moment has none")
    history = _up_to_now(trainer)
    metric = next((name for name in METRICS if f"train_{name}" in history), "")
    sources = {"train_loss": "train_loss", "test_loss": "test_loss", "lr": "lr"}
    sources |= {"train_metric": f"train_{metric}", "test_metric": f"test_{metric}"}
    arrays: dict[str, Any] = {"metric": METRICS.get(metric, "")}
    nothing = np.zeros(0)
    for name, source in sources.items():
        y = np.asarray(history.get(source, nothing), np.float64)
        x = np.asarray(history["epoch"], np.float64)[: len(y)]
        if log:
            later = x > 0
            x, y = thinned(np.log(x[later]), y[later], points)
            x = np.exp(x)
        else:
            x, y = thinned(x, y, points)
        arrays[f"{name}_x"], arrays[name] = x.astype(np.float32), y.astype(np.float32)
    return arrays


def _up_to_now(trainer: Any) -> dict[str, np.ndarray]:
    """The history; of images, of which few steps are recorded, with the present step where that is measured anyway."""
    history = trainer.recorded()
    if trainer.task.image is None or not trainer.is_measured or history["step"][-1] >= trainer.step:
        return history
    now = trainer.measure()
    return {name: np.append(column, now[name]) for name, column in history.items()}


def thinned(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` (>= 4) of the points of a line, x (n,) rising and y (n,), so that it still looks the same.

    The first and the last stay. The stretch of x between them is cut into equal pieces, of each of which the lowest
    and the highest point stay: no peak is lost. (Equal in x, not in count: early steps are recorded far more densely
    than late ones.) What is not finite is left out, at any length.
    """
    finite = np.isfinite(y)
    x, y = x[finite], y[finite]
    if len(y) <= most:
        return x, y
    pieces = (most - 2) // 2
    inner = slice(1, -1)
    piece = np.minimum(((x[inner] - x[0]) / ((x[-1] - x[0]) or 1.0) * pieces).astype(np.int64), pieces - 1)
    order = np.lexsort((y[inner], piece)) + 1  # by piece, and inside each from lowest to highest
    ends = np.flatnonzero(np.diff(piece[order - 1], append=pieces))
    kept = np.unique(np.concatenate([[0], order[np.r_[0, ends[:-1] + 1]], order[ends], [len(y) - 1]]))
    return x[kept], y[kept]
