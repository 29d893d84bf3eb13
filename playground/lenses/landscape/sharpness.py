"""How sharply the training loss bends along a run: eigenvalues and trace of its Hessian, snapshot by snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from playground.lenses.album import album_of
from playground.lenses.effort import size_of
from playground.lenses.landscape.hessian import Hessian, plan

MOST = 5
"""Eigenvalues that every picture has."""
STEPS_EACH = 4
"""Products without which no further eigenvalue is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """What the lens tells of one snapshot; see `sharpness`."""

    eigenvalues: np.ndarray
    smallest: float
    trace: float
    trace_error: float
    gradient: float
    limit: float


def sharpness(trainer: Any, count: int = 2) -> dict[str, Any]:
    """How sharply the training loss bends along the run, and where gradient descent stops being stable.

    - step (t,) int64, epoch (t,): the moments looked at, snapshots of the tape (64 to 130 once the run is long);
    - eigenvalues (t, count) float64: the largest (1 to 5) of the Hessian of the training loss by the parameters that
      learn, the largest first ("sharpness" is the first); smallest (t,): the least, below zero where the loss bends
      down; NaN where there are fewer;
    - trace, trace_error (t,): the sum of all eigenvalues and its standard error (Hutchinson 1989; 0: it is exact);
    - gradient (t,): the Euclidean norm of the training loss's gradient;
    - limit (t,): the sharpness above which gradient descent on a quadratic grows instead of settling: 2 / learning
      rate of that moment, with momentum b 2 (1 + b) / learning rate (Cohen et al. 2021). It holds for steps that see
      all samples at once; with small batches the run keeps away from it. NaN for optimizers that have no such line;
    - optimizer: its name; rule: the limit as a formula in words, "" where there is none; full_batch: whether every step
      sees all samples; samples: how many were looked at;
    - unfinished: how many moments are still to be looked at; every look does some of the work.

    All are of the loss alone, without penalties, in evaluation mode: dropout off, batch norm by its running statistics
    (as of the loss landscape, and unlike those of the lens `gradients`). Up to 128 parameters exact; beyond, Lanczos
    with at most 40 products (see `hessian`). So that a picture takes a moment only, a large network is asked about
    fewer samples (16 to 2,048, evenly spaced, always the same), with fewer products (down to 8: the first two
    eigenvalues to a few percent, and no others).

    Needs the trainer itself; raises TypeError for a moment, which has no past.
    """
    steps, pictures, missing = album_of(trainer, _taken).look(trainer)
    training = trainer.experiment.training
    return {
        "step": np.array(steps, np.int64),
        "epoch": np.array(steps) / trainer.steps_per_epoch,
        "eigenvalues": np.array([picture.eigenvalues[:count] for picture in pictures]).reshape(-1, count),
        **{
            name: np.array([getattr(picture, name) for picture in pictures], float)
            for name in ("smallest", "trace", "trace_error", "gradient", "limit")
        },
        "optimizer": training.optimizer.label,
        "rule": training.optimizer.stable_rule,
        "full_batch": trainer.steps_per_epoch == 1,
        "samples": min(trainer.task.samples, plan(size_of(trainer))[0]),
        "unfinished": missing,
    }


def _taken(trainer: Any, step: int) -> Bend:
    """The picture of a step on the tape."""
    moment = trainer.at(step)
    samples, steps, draws = plan(size_of(moment))
    hessian = Hessian.of(moment, most=samples)
    found = hessian.top(min(MOST, steps // STEPS_EACH), steps)
    total = hessian.trace(draws, known=found)
    slope = float(torch.linalg.vector_norm(hessian.gradient().double()))
    limit = moment.experiment.training.optimizer.stable_below(trainer.record_at(step)["lr"])
    values = np.append(found.values, np.full(MOST - len(found.values), np.nan))
    return Bend(values, found.smallest, total.value, total.error, slope, limit)
