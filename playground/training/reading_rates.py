"""Reading a learning-rate range test: the curve behind the noise, and the rate that it suggests."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.experiment.optimizer import Optimizer
from playground.experiment.places import limits_of

FEWEST = 10
"""Steps from which on something can be read."""
MEDIAN = 5
"""Over so many steps outliers are cut."""
WIDTH = 0.025
"""Standard deviation of the Gaussian by which the rest is smoothed, as a share of all steps."""
FALL = 0.05
"""Share of the loss at the start by which it must fall to count."""
BELOW = 10.0
"""How far below the rate with the lowest loss one trains safely (Smith 2017; Howard and Gugger 2020)."""

EXPLODES = "it explodes before it does. Begin with smaller rates."
NEVER = "they may all be too small, there may be too few steps, or the network cannot learn this."


def read(rates: np.ndarray, losses: np.ndarray, exploded: bool, optimizer: Optimizer) -> dict[str, Any]:
    """{singly, smoothed, steepest, lowest, suggestion, reason}; see `RangeTest`. rates (k,), losses (seeds, k).

    Suggested is the rate at which the loss falls fastest, or a tenth of that where it is lowest, whichever is larger.
    """
    found = {"singly": _singly(losses), "steepest": None, "lowest": None, "suggestion": None}
    if len(rates) < FEWEST:
        text = f"The loss exploded within the first {FEWEST} steps. Begin with smaller rates."
        return {**found, "smoothed": _middle(losses), "reason": text}
    found["smoothed"] = smoothed = smooth(_middle(losses))
    first = float(smoothed[: max(1, len(smoothed) // 10)].mean())
    lowest = int(smoothed.argmin())
    if first - smoothed[lowest] < FALL * abs(first):
        why = EXPLODES if exploded else NEVER
        return {**found, "reason": f"The loss does not fall at any of these rates: {why}"}
    slope = np.gradient(smoothed, np.log10(rates))
    steepest = int(slope[: lowest + 1].argmin())
    fast, safe = float(rates[steepest]), float(rates[lowest]) / BELOW
    suggestion = rounded(max(fast, safe), optimizer)
    rule = "where it falls fastest" if fast >= safe else "a tenth of where it is lowest"
    text = f"The loss falls fastest at {fast:.2g} and is lowest at {rates[lowest]:.2g}: try {suggestion:g}, {rule}."
    return {
        **found, "steepest": fast, "lowest": float(rates[lowest]), "suggestion": suggestion, "reason": text,
    }  # fmt: skip


def _middle(losses: np.ndarray) -> np.ndarray:
    """The median over the seeds; of those that have ended the loss counts as infinite."""
    return np.median(np.where(np.isnan(losses), np.inf, losses), axis=0)


def _singly(losses: np.ndarray) -> np.ndarray:
    """Every seed without the noise of its batches, as far as it came."""
    found = losses.copy()
    for row in found:
        known = np.isfinite(row)
        if known.sum() >= FEWEST:
            row[known] = smooth(row[known])
    return found


def smooth(values: np.ndarray) -> np.ndarray:
    """Without the noise of single batches: a running median, then a Gaussian; both see less at the ends. (k,)."""
    half = MEDIAN // 2
    padded = np.pad(values, half, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, MEDIAN), axis=1)
    sigma = max(1.0, WIDTH * len(values))
    reach = min(math.ceil(3 * sigma), (len(values) - 1) // 2)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weight = np.convolve(np.ones(len(values)), kernel, "same")
    return np.convolve(middle, kernel, "same") / weight


def rounded(rate: float, optimizer: Optimizer) -> float:
    """Two digits, within the bounds of this optimizer's learning rate."""
    _, most = limits_of(type(optimizer).model_fields["lr"])
    return float(f"{min(rate, most or math.inf):.2g}")
