"""How far a regression is off, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.lenses.moment import moment_of
from playground.lenses.table_rows import outputs_of, spaced

STEPS = (1, 1.5, 2, 3, 5, 7)
"""Between two powers of ten, the lengths that an axis of residuals may have."""


def residuals(moment: Any, rows: int = 500, bins: int = 40) -> dict[str, Any]:
    """Residuals (actual - predicted) of a regression, in the units of the data's own target.

    For part in train, test:

    - `<part>_predicted`, `<part>_residual`: (n,) float32 of at most `rows` rows, evenly spaced, always the same ones;
    - `<part>_share`: (bins,) float32, the share of *all* its rows in each bin; what is not finite is in none;
    - `<part>_errors`: (3,) float64, root of the mean squared error, mean absolute error and R² over all rows, as
      scikit-learn has them; NaN for an empty part, and R² where all targets are equal.

    edges: (bins + 1,) float64, of equal bins, symmetric around 0, as far as the largest residual of either part
    rounded up to one of STEPS times a power of ten: so they stand still most of the time. Raises ValueError for
    classification.
    """
    moment = moment_of(moment)
    dataset = moment.dataset
    if dataset.task != "regression":
        raise ValueError("residuals are for regression; of classes, see lenses.confusion")
    mean, deviation = dataset.target_scale
    arrays: dict[str, Any] = {}
    found = {}
    for part in ("train", "test"):
        actual = getattr(dataset, f"y_{part}").astype(np.float64)
        predicted = outputs_of(moment, part).astype(np.float64)
        found[part] = (actual - predicted) * deviation
        shown = spaced(len(actual), rows)
        arrays[f"{part}_predicted"] = (predicted[shown] * deviation + mean).astype(np.float32)
        arrays[f"{part}_residual"] = found[part][shown].astype(np.float32)
        arrays[f"{part}_errors"] = _errors(found[part], actual * deviation)
    arrays["edges"] = np.linspace(-1, 1, bins + 1) * _reach(np.concatenate(list(found.values())))
    for part, values in found.items():
        finite = values[np.isfinite(values)]
        counts, _ = np.histogram(finite, arrays["edges"])
        arrays[f"{part}_share"] = (counts / max(len(values), 1)).astype(np.float32)
    return arrays


def _errors(residual: np.ndarray, actual: np.ndarray) -> np.ndarray:
    if not len(residual):
        return np.full(3, np.nan)
    squared, spread = np.square(residual).mean(), actual.var()
    return np.array([np.sqrt(squared), np.abs(residual).mean(), 1 - squared / spread if spread > 0 else np.nan])


def _reach(residual: np.ndarray) -> float:
    """The least of STEPS times a power of ten that no finite residual exceeds; 1 where all are zero."""
    finite = np.abs(residual[np.isfinite(residual)])
    most = float(finite.max()) if finite.size else 0.0
    if most <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(most))
    return float(next(step * power for step in (*STEPS, 10, 15) if step * power >= most))
