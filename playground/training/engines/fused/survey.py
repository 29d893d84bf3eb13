"""The compiled code that finds the loss at many points of a plane of weights.

Block by block of samples, and in it point by point: the parameters centre + x * first + y * second, forwards in
evaluation mode, the loss, and what is scored. All of it stays in a processor's nearest memory, and nothing is
allocated.
"""

from __future__ import annotations

import numpy as np

from playground.training.engines.fused import layers
from playground.training.engines.fused.compiling import kernel, part
from playground.training.engines.fused.kernel import _batch, _forward
from playground.training.engines.fused.kinds import COLUMNS, LINEAR
from playground.training.engines.fused.lanes import beyond, fill, fma, load, put, start, store, total, where_less
from playground.training.engines.fused.losses import loss

SQUARED_ERROR, THRESHOLD, INDEX, ONE_OF_MANY = range(4)
"""What is scored: the squared error of the first output, or hits: of one output above `between`, of a class number, of
a row of targets for each class, of which the largest says which it is."""

_F = np.float32


@part
def _point(values, centre, first, second, x, y, end):
    """The parameters at a point."""
    for i in range(0, end, 16):
        put(values, i, fma(y, load(second, i), fma(x, load(first, i), load(centre, i))), end)


@part
def _shared(work, found, y, size, across, along):
    """What the first layer gives at a point, of `size` numbers: from what it gives for the three vectors, at `found`
    one after another."""
    for i in range(0, size, 16):
        slope = fma(along, load(work, found + 2 * size + i), load(work, found + i))
        store(work, y + i, fma(across, load(work, found + size + i), slope))


@part
def _hits(kind, between, work, y, t, outputs, n):
    """How many real samples are right; or their squared errors, summed."""
    found = fill(0.0)
    for j in range(0, n, 16):
        top, right = load(work, y + j), fill(0.0)
        if kind == SQUARED_ERROR:
            e = top - load(work, t + j)
            right = e * e
        elif kind == THRESHOLD:
            says = where_less(between, top, 1.0, 0.0)
            right = where_less(0.5, load(work, t + j), says, 1.0 - says)
        else:
            best = fill(0.0)
            for k in range(1, outputs):
                z = load(work, y + k * n + j)
                best = where_less(top, z, fill(_F(k)), best)
                top = where_less(top, z, z, top)
            if kind == INDEX:
                e = best - load(work, t + j)
                right = where_less(e * e, 0.25, 1.0, 0.0)
            else:
                for k in range(outputs):
                    chosen = best - fill(_F(k))
                    yes = where_less(chosen * chosen, 0.25, 1.0, 0.0)
                    right = right + yes * where_less(0.5, load(work, t + k * n + j), 1.0, 0.0)
        found = fma(right, load(work, j), found)
    return total(found)


@kernel
def survey(
    ops, reals, sizes, loss_kind, loss_real, centre, first, second, changed, values, work, x, targets, order, samples,
    block, where, scoring, between, losses, scores,
):  # fmt: skip
    """Add to `losses` and `scores` (G,) those of the first `samples` of `order` (sixteen any more come after them) at
    the points `where` (G, 2): the mean loss times the samples, and hits or squared errors.

    sizes: as `train` has them, and then the rows that are free for the three parts of the first layer. centre, first,
    second: the first `changed` of `values` (with room after them); the others, the running statistics, stay.
    """
    n_ops, op, real, size = ops.shape[0], start(ops), start(reals), start(sizes)
    w, c, d, e, work_ = start(values), start(centre), start(first), start(second), start(work)
    inputs, outputs, weights, bias = op[6], op[7], op[8], op[9]
    # The first layer is linear in the two coordinates, as long as it is given the samples themselves.
    skip = 1 if op[0] == LINEAR and op[1] == size[2] else 0
    for begin in range(0, samples, block):
        rows = min(block, samples - begin)
        n = (rows + 15) // 16 * 16
        _batch(size, work_, start(x), start(targets), beyond(start(order), begin), n, rows)
        free, whole = size[8] * n, outputs * n
        if skip:
            layers.linear(c, weights, bias, work_, op[1] * n, inputs, free, outputs, n)
            layers.linear(d, weights, bias, work_, op[1] * n, inputs, free + whole, outputs, n)
            layers.linear(e, weights, bias, work_, op[1] * n, inputs, free + 2 * whole, outputs, n)
        y, t = size[4] * n, size[5] * n
        for g in range(where.shape[0]):
            _point(w, c, d, e, where[g, 0], where[g, 1], changed)
            if skip:
                _shared(work_, free, op[2] * n, whole, where[g, 0], where[g, 1])
            _forward(n_ops - skip, beyond(op, skip * COLUMNS), beyond(real, skip * 2), w, work_, n, rows, 0, False)
            losses[g] += rows * loss(loss_kind, loss_real, work_, y, size[6] * n, t, size[3], n, rows)
            scores[g] += _hits(scoring, between, work_, y, t, size[3], n)
