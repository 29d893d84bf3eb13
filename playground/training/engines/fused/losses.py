"""The losses over a batch in lanes: the mean, and its derivative by every output.

`KINDS` numbers them. y and t: where outputs and targets lie, feature by feature as in `layers`; for cross-entropy and
focal the targets are one row of class numbers. The first row of `work` is 1 for real samples, and 0 for the others.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.training.engines.fused.compiling import inner, part
from playground.training.engines.fused.functions import exp, expm1, log, log1p, sigmoid, tanh
from playground.training.engines.fused.lanes import (
    fill,
    fma,
    load,
    size,
    store,
    total,
    where_less,
    where_most,
    with_sign,
)

KINDS = ("cross_entropy", "bce", "hinge", "focal", "mse", "half_mse", "mae", "huber", "log_cosh")
CROSS_ENTROPY, BCE, HINGE, FOCAL, MSE, HALF_MSE, MAE, HUBER, LOG_COSH = range(len(KINDS))


def parameter(entry: Any) -> float:
    """The one parameter of the loss `entry`; 0 where it has none."""
    names = {"cross_entropy": "label_smoothing", "hinge": "margin", "focal": "gamma", "huber": "delta"}
    return float(getattr(entry, names[entry.kind])) if entry.kind in names else 0.0


_LN2 = math.log(2.0)
_F = np.float32


@inner
def _of_output(kind, y, t, a):
    """The loss of outputs that stand alone, and its derivative. a: margin or delta."""
    e = y - t
    if kind == BCE:
        return where_less(y, 0.0, 0.0, y) - y * t + log1p(exp(-size(y))), sigmoid(y) - t
    if kind == HINGE:
        short = a - t * y
        return where_most(0.0, short, short, 0.0 * short), where_most(0.0, short, -t, fill(0.0))
    if kind == HALF_MSE:
        return 0.5 * e * e, e
    if kind == MAE:
        return size(e), where_less(0.0, e, 1.0, where_less(e, 0.0, -1.0, e))
    if kind == HUBER:
        far = a * (size(e) - 0.5 * a)
        return where_most(size(e), a, 0.5 * e * e, far), where_most(size(e), a, e, with_sign(a, e))
    if kind == LOG_COSH:
        return size(e) + log1p(exp(-2.0 * size(e))) - _LN2, tanh(e)
    return e * e, 2.0 * e


@inner
def _is(t, k):
    """1 where the class is k, else 0."""
    return where_less(size(t - fill(_F(k))), 0.5, 1.0, 0.0)


@inner
def _log_sum(work, y, outputs, n, j):
    """The largest score of each sample, and ln sum exp of them less that."""
    top = load(work, y + j)
    for k in range(1, outputs):
        z = load(work, y + k * n + j)
        top = where_less(top, z, z, top)
    found = fill(0.0)
    for k in range(outputs):
        found = found + exp(load(work, y + k * n + j) - top)
    return top, log(found)


@inner
def _cross_entropy(work, y, dy, t, outputs, n, j, smoothing, share):
    top, rest = _log_sum(work, y, outputs, n, j)
    target, spare = load(work, t + j), smoothing / _F(outputs)
    found = fill(0.0)
    for k in range(outputs):
        log_p = load(work, y + k * n + j) - top - rest
        q = fma(_is(target, k), fill(_F(1.0) - smoothing), fill(spare))
        found = fma(-q, log_p, found)
        store(work, dy + k * n + j, (exp(log_p) - q) * share)
    return found


@inner
def _focal(work, y, dy, t, outputs, n, j, gamma, share):
    top, rest = _log_sum(work, y, outputs, n, j)
    target = load(work, t + j)
    score = fill(0.0)
    for k in range(outputs):
        score = fma(_is(target, k), load(work, y + k * n + j), score)
    log_p = score - top - rest
    p = exp(log_p)
    away = -expm1(where_less(0.0, log_p, 0.0, log_p))
    near = where_less(away, 1e-12, 0.0, 1.0)
    away = where_less(away, 1e-12, 1e-12, away)
    power = exp(gamma * log(away)) if gamma != 0 else fill(1.0)
    # By ln p: the power itself, and through 1 - p, whose derivative is -p.
    slope = gamma * power / away * p * log_p * near - power
    for k in range(outputs):
        other = exp(load(work, y + k * n + j) - top - rest)
        store(work, dy + k * n + j, slope * (_is(target, k) - other) * share)
    return -power * log_p


@part
def loss(kind, a, work, y, dy, t, outputs, n, rows):
    """The mean over samples and outputs; dy is set."""
    found = fill(0.0)
    if kind in (CROSS_ENTROPY, FOCAL):
        each = _F(1.0) / _F(rows)
        for j in range(0, n, 16):
            share = load(work, j) * each
            if kind == FOCAL:
                found = fma(_focal(work, y, dy, t, outputs, n, j, a, share), load(work, j), found)
            else:
                found = fma(_cross_entropy(work, y, dy, t, outputs, n, j, a, share), load(work, j), found)
        return total(found) * each
    each = _F(1.0) / _F(rows * outputs)
    for k in range(outputs):
        for j in range(0, n, 16):
            at = k * n + j
            cost, slope = _of_output(kind, load(work, y + at), load(work, t + at), fill(a))
            found = fma(cost, load(work, j), found)
            store(work, dy + at, slope * (load(work, j) * each))
    return total(found) * each
