"""The curves of a run: its history as arrays, thinned for drawing."""

from __future__ import annotations

from typing import Any

import numpy as np

METRICS = {"accuracy": "accuracy", "r2": "R²"}
"""Name of a metric in the history, and on the screen."""


def curves(trainer: Any, points: int = 400) -> dict[str, Any]:
    """Losses, metric and learning rate over the epochs, each thinned to at most `points` (see `thinned`).

    For name in train_loss, test_loss, train_metric, test_metric, lr: `name` (k,) float32 and `name_x` (k,), the
    epochs. `metric`: what the metric is called, "" where there is none (its arrays are then empty). What was not
    measured is NaN. Needs the trainer itself; raises TypeError for a moment, which has no history.
    """
    if not hasattr(trainer, "recorded"):
        raise TypeError("the curves are the trainer's; a single moment has none")
    history = trainer.recorded()
    metric = next((name for name in METRICS if f"train_{name}" in history), "")
    sources = {"train_loss": "train_loss", "test_loss": "test_loss", "lr": "lr"}
    sources |= {"train_metric": f"train_{metric}", "test_metric": f"test_{metric}"}
    arrays: dict[str, Any] = {"metric": METRICS.get(metric, "")}
    nothing = np.zeros(0)
    for name, source in sources.items():
        y = np.asarray(history.get(source, nothing), np.float64)
        x = np.asarray(history["epoch"], np.float64)[: len(y)]
        arrays[f"{name}_x"], arrays[name] = (part.astype(np.float32) for part in thinned(x, y, points))
    return arrays


def thinned(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` (>= 4) of the points of a line (n,), so that it still looks the same.

    The first and the last stay; the rest is cut into equal pieces, of each of which the lowest and the highest point
    stay: no peak is lost. NaN is kept only where a piece holds nothing else.
    """
    if len(y) <= most:
        return x.copy(), y.copy()
    pieces = (most - 2) // 2
    inner = len(y) - 2
    edges = 1 + (np.arange(pieces + 1) * inner) // pieces
    # Pieces differ in length by one at most: padded to the longest by repeating their last point.
    longest = int(np.diff(edges).max())
    rows = np.minimum(edges[:-1, None] + np.arange(longest), edges[1:, None] - 1)
    values = y[rows]
    gone = np.isnan(values)
    lowest = np.where(gone, np.inf, values).argmin(axis=1)
    highest = np.where(gone, -np.inf, values).argmax(axis=1)
    piece = np.arange(pieces)
    kept = np.concatenate([[0], rows[piece, lowest], rows[piece, highest], [len(y) - 1]])
    kept = np.unique(kept)
    return x[kept], y[kept]
