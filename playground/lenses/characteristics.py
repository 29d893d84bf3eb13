"""ROC curves: what a network would get right and wrong at every threshold, not only at the one it uses."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch

from playground.lenses.confusions import labels, outputs
from playground.lenses.moment import moment_of

PARTS = ("train", "test")


def roc(moment: Any, part: Literal["both", "train", "test"] = "both", points: int = 200) -> dict[str, Any]:
    """The receiver operating characteristic of each class against all others; of two classes, only the second's.

    classes: (c,) int64, whose curves these are. For each part that is asked for:

    - `<part>_fpr`, `<part>_tpr`: lists of c arrays (at most `points` each), the false and true positive rates from
      (0, 0) to (1, 1); empty where a class has no rows of its own, or no others, in the part;
    - `<part>_auc`: (c,) float64, the area under the whole curve (ties count half), NaN where it is empty;
    - `<part>_now`: (c, 2) float64, the rates (false, true) at what the network decides now.

    Rows are ranked by `scores`. Raises ValueError for a regression. Source: T. Fawcett, An introduction to ROC
    analysis, Pattern Recognition Letters 27 (2006), algorithms 1 and 3.
    """
    moment = moment_of(moment)
    count = len(moment.dataset.classes)
    classes = np.arange(1 if count == 2 else 0, count)
    arrays: dict[str, Any] = {"classes": classes}
    for name in PARTS if part == "both" else (part,):
        actual = labels(moment, name)
        if len(actual):
            given = outputs(moment, name)
            ranks, chosen = scores(given, moment.task), moment.task.predicted(given).cpu().numpy()
        else:
            ranks, chosen = np.zeros((0, count)), actual
        found = [_curve(ranks[:, k], actual == k) for k in classes]
        drawn = [_thinned(*curve, points) for curve in found]
        arrays[f"{name}_fpr"], arrays[f"{name}_tpr"] = [false for false, _ in drawn], [true for _, true in drawn]
        arrays[f"{name}_auc"] = np.array([_area(*curve) for curve in found])
        arrays[f"{name}_now"] = np.array([_rates(chosen == k, actual == k) for k in classes])
    return arrays


def scores(given: torch.Tensor, task: Any) -> np.ndarray:
    """How much speaks for each class, (n, K) float64, from outputs (n, outputs); only their order means anything.

    Of softmax outputs the log-odds log(p / (1 - p)), which tell rows apart where p is rounded to 1; where every class
    has a yes or no of its own, its output. The first of two classes gets what does not speak for the second.
    """
    given = given.double()
    if task.head.coding == "index":
        rest = [torch.logsumexp(torch.cat([given[:, :k], given[:, k + 1 :]], 1), 1) for k in range(given.shape[1])]
        given = given - torch.stack(rest, 1)
    elif given.shape[1] == 1:
        given = torch.cat([-given, given], 1)
    return given.nan_to_num(nan=-np.inf).cpu().numpy()


def _curve(score: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates at every threshold that tells two rows apart, from none positive to all."""
    if not positive.any() or positive.all():
        return np.zeros(0), np.zeros(0)
    order = np.argsort(-score, kind="stable")
    last_of_its_score = np.flatnonzero(np.append(score[order][1:] != score[order][:-1], True))
    true = np.append(0, np.cumsum(positive[order])[last_of_its_score])
    false = np.append(0, last_of_its_score + 1) - true
    return false / false[-1], true / true[-1]


def _area(false: np.ndarray, true: np.ndarray) -> float:
    return float(np.trapezoid(true, false)) if len(false) else np.nan


def _thinned(false: np.ndarray, true: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The corners of a curve, at most `most` of them, evenly spaced along it; float32."""
    if len(false) > 2:
        # A corner is where the direction changes: the cross product of the steps on either side is not zero.
        across, up = np.diff(false), np.diff(true)
        corner = np.abs(across[:-1] * up[1:] - up[:-1] * across[1:]) > 1e-12
        keep = np.concatenate([[True], corner, [True]])
        false, true = false[keep], true[keep]
    if len(false) > most:
        along = false + true
        kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)).clip(0, len(along) - 1))
        false, true = false[kept], true[kept]
    return false.astype(np.float32), true.astype(np.float32)


def _rates(chosen: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """(false, true) positive rates of a decision; NaN where there are no rows to be right or wrong about."""
    return (
        float(chosen[~positive].mean()) if not positive.all() else np.nan,
        float(chosen[positive].mean()) if positive.any() else np.nan,
    )
