"""The compiled code: whole steps of training, for every network there is, from its program.

Compiled once: what the network is like is data (see `program`). `train` takes as many steps as it is given learning
rates, epochs and their order included, and allocates nothing; `measure` gives the loss over any samples. They work on
numpy arrays that share their memory with the module's parameters.
"""

from __future__ import annotations

import math

import numpy as np

from playground.training.engines.fused import activations, layers
from playground.training.engines.fused.compiling import kernel, part
from playground.training.engines.fused.kinds import (
    ACTIVATION,
    ADD,
    BATCH_NORM,
    COLUMNS,
    DROPOUT,
    LAYER_NORM,
    LINEAR,
    SILENCE,
)
from playground.training.engines.fused.lanes import (
    below,
    beyond,
    fill,
    fma,
    load,
    put,
    start,
    store,
    total,
    turn,
    where_less,
)
from playground.training.engines.fused.losses import loss
from playground.training.engines.fused.updates import update

_F = np.float32
_U = np.uint32


@part
def _forward(count, ops, reals, values, work, n, rows, step, training):
    """All `count` operations, the first to the last. rows: real samples; n: with those that fill up."""
    for k in range(count):
        op, real = beyond(ops, k * COLUMNS), beyond(reals, k * 2)
        kind, x, y, inputs = op[0], op[1] * n, op[2] * n, op[6]
        if kind == LINEAR:
            layers.linear(values, op[8], op[9], work, x, inputs, y, op[7], n)
        elif kind == ACTIVATION:
            a = values[op[8]] if op[8] >= 0 else real[0]
            activations.forward(op[11], a, work, x, y, inputs * n)
        elif kind == SILENCE:
            layers.hush(work, y + op[11] * n, n)
        elif kind == ADD:
            layers.add_up(work, x, op[11] * n, y, inputs * n)
        elif kind == LAYER_NORM:
            layers.layer_norm(values, op[8], op[9], work, x, y, inputs, n, real[0], op[13] * n)
        elif kind == BATCH_NORM:
            use_batch = training and op[10] == 0 and rows > 1
            layers.batch_norm(
                values, op[8], op[9], op[11], op[12], work, x, y, inputs, n, rows, real[0], real[1], use_batch,
                op[13] * n,
            )  # fmt: skip
        elif kind == DROPOUT:
            if training:
                base = layers.base_of(op[11], op[12], step)
                layers.dropout(work, x, y, inputs, n, base, _U(op[13]), real[0], False)
            else:
                layers.hand_on(work, x, y, inputs * n, False)


@part
def _backward(count, ops, reals, values, grads, work, n, rows, step):
    """From the derivative by the output to the gradient, the last operation to the first."""
    for k in range(count - 1, -1, -1):
        op, real = beyond(ops, k * COLUMNS), beyond(reals, k * 2)
        kind, x, y, dy, add, inputs = op[0], op[1] * n, op[2] * n, op[4] * n, op[5] != 0, op[6]
        dx, learn = (op[3] * n if op[3] >= 0 else -1), op[10] == 0
        if kind == LINEAR:
            if learn:
                if op[12] == 0:
                    layers.turn_round(work, x, inputs, op[13] * n, n)
                layers.linear_gradient(grads, op[8], op[9], work, inputs, dy, op[7], n, rows, op[13] * n)
            if dx >= 0:
                layers.linear_backward(values, op[8], work, inputs, dx, op[7], dy, n, add)
        elif kind == ACTIVATION:
            if op[8] >= 0 and learn:
                grads[op[8]] = layers.prelu_gradient(work, x, dy, inputs * n)
            if dx >= 0:
                a = values[op[8]] if op[8] >= 0 else real[0]
                activations.backward(op[11], a, work, x, y, dy, dx, inputs * n, add)
        elif kind == SILENCE:
            layers.hush(work, dy + op[11] * n, n)
        elif kind == ADD:
            if dx >= 0:
                layers.hand_on(work, dy, dx, inputs * n, add)
            if op[12] >= 0:
                layers.hand_on(work, dy, op[12] * n, inputs * n, op[13] != 0)
        elif kind == LAYER_NORM:
            layers.layer_norm_backward(values, grads, op[8], op[9], work, x, dx, dy, inputs, n, learn, op[13] * n, add)
        elif kind == BATCH_NORM:
            layers.batch_norm_backward(
                values, grads, op[8], op[9], work, x, dx, dy, inputs, n, rows, learn and rows > 1, learn,
                op[13] * n, add,
            )  # fmt: skip
        elif kind == DROPOUT and dx >= 0:
            base = layers.base_of(op[11], op[12], step)
            layers.dropout(work, dy, dx, inputs, n, base, _U(op[13]), real[0], add)


@part
def _batch(sizes, work, x, targets, order, n, rows):
    """Put the samples of `order` into `work`; `n` of them, the real ones first.

    Inputs sample by sample (as the gradient of a first layer wants them), and then feature by feature.
    """
    width, turned, place = (sizes[0] + 15) // 16 * 16, sizes[7] * n, sizes[2] * n
    for j in range(0, n, 16):
        store(work, j, below(rows - j))
    for j in range(n):
        for f in range(0, width, 16):
            store(work, turned + j * width + f, load(x, order[j] * width + f))
    if sizes[0] <= 4:
        for f in range(sizes[0]):
            for j in range(n):
                work[place + f * n + j] = work[turned + j * width + f]
    else:
        for f in range(0, sizes[0], 16):
            for j in range(0, n, 16):
                turn(work, turned + j * width + f, width, work, place + f * n + j, n)
    place = sizes[5] * n
    for f in range(sizes[1]):
        for j in range(n):
            work[place + f * n + j] = targets[order[j] * sizes[1] + f]


@part
def shuffle(order, samples, key_low, key_high, epoch):
    """The order of an epoch, as `training.order` documents it."""
    base = layers.base_of(key_low, key_high, epoch)
    for i in range(samples):
        order[i] = i
    for i in range(samples - 1, 0, -1):
        h = layers.mix(_U(base + _U(_U(i) * _U(0x9E3779B1))))
        j = np.int64((np.uint64(h) * np.uint64(i + 1)) >> np.uint64(32))
        order[i], order[j] = order[j], order[i]


@part
def _regularise(values, grads, penalised, count, l1, l2):
    """Add the derivatives of the penalties: l1 by the sign of a weight, l2 by the weight."""
    for i in range(0, count, 16):
        w = load(values, i) * load(penalised, i)
        sign = where_less(0.0, w, 1.0, where_less(w, 0.0, -1.0, 0.0))
        put(grads, i, fma(l2, w, fma(l1, sign, load(grads, i))), count)


@part
def _clip(grads, count, most):
    """As torch.nn.utils.clip_grad_norm_."""
    squares = fill(0.0)
    for i in range(0, count, 16):
        slope = load(grads, i) * below(count - i)
        squares = fma(slope, slope, squares)
    factor = _F(most / (math.sqrt(total(squares)) + 1e-6))
    if factor < 1:
        for i in range(0, count, 16):
            put(grads, i, factor * load(grads, i), count)


@part
def _decay(values, penalised, count, shrink):
    """Decoupled weight decay (Loshchilov and Hutter 2019)."""
    for i in range(0, count, 16):
        w = load(values, i)
        put(values, i, fma(-shrink * load(penalised, i), w, w), count)


@kernel
def train(
    ops, reals, sizes, loss_kind, loss_real, values, grads, work, x, targets,
    order, order_epoch, samples, key_low, key_high, batch_size,
    first_step, rates, losses, knobs, penalised,
    optimizer, options, slots, parts, memory,
):  # fmt: skip
    """Take the steps `first_step`, ..., one for each of `rates`; `losses` are those of the batches before.

    sizes: inputs, target rows, the rows where x lies, outputs, the rows of the outputs, of the targets, of the
    derivative by the outputs, and of x sample by sample. x (samples, inputs rounded up to whole Lanes), targets: flat.
    order, order_epoch: the order of the samples, sixteen any more after the last, and of which epoch it is. knobs: l1,
    l2, weight decay, the most that the gradient's norm may be (0: anything). penalised: 1 where these act. parts,
    memory: the optimizer's parts (from where to where, and whether it is stepped), and what it remembers of each.
    """
    n_ops, op, real, size = ops.shape[0], start(ops), start(reals), start(sizes)
    w, g, work_, x_, targets_, order_ = start(values), start(grads), start(work), start(x), start(targets), start(order)
    options_, mask, s = start(options), start(penalised), start(slots[0])
    t, u = beyond(s, slots.shape[1]), beyond(s, 2 * slots.shape[1])
    count, l1, l2 = penalised.size, _F(knobs[0]), _F(knobs[1])
    per_epoch = (samples + batch_size - 1) // batch_size
    epoch = first_step // per_epoch
    place = first_step - epoch * per_epoch
    for k in range(rates.size):
        if order_epoch[0] != epoch:
            shuffle(order_, samples, key_low, key_high, epoch)
            order_epoch[0] = epoch
        rows = min(batch_size, samples - place * batch_size)
        n = (rows + 15) // 16 * 16
        _batch(size, work_, x_, targets_, beyond(order_, place * batch_size), n, rows)
        _forward(n_ops, op, real, w, work_, n, rows, first_step + k, True)
        losses[k] = loss(loss_kind, loss_real, work_, size[4] * n, size[6] * n, size[5] * n, size[3], n, rows)
        _backward(n_ops, op, real, w, g, work_, n, rows, first_step + k)
        if l1 != 0 or l2 != 0:
            _regularise(w, g, mask, count, l1, l2)
        if knobs[3] > 0:
            _clip(g, count, knobs[3])
        if knobs[2] != 0:
            _decay(w, mask, count, _F(rates[k] * knobs[2]))
        for p in range(parts.shape[0]):
            if parts[p, 2] != 0:
                update(optimizer, w, g, s, t, u, start(memory[p]), options_, rates[k], parts[p, 0], parts[p, 1])
        place += 1
        if place == per_epoch:
            epoch, place = epoch + 1, 0


@kernel
def measure(ops, reals, sizes, loss_kind, loss_real, values, work, x, targets, order, samples, block, outputs):
    """The mean loss over the first `samples` of `order` (sixteen any more come after them) in evaluation mode, `block`
    at a time, a multiple of 16; their outputs (samples, outputs) into `outputs`."""
    size, work_ = start(sizes), start(work)
    found, width = 0.0, sizes[3]
    for first in range(0, samples, block):
        rows = min(block, samples - first)
        n = (rows + 15) // 16 * 16
        _batch(size, work_, start(x), start(targets), beyond(start(order), first), n, rows)
        _forward(ops.shape[0], start(ops), start(reals), start(values), work_, n, rows, 0, False)
        y = sizes[4] * n
        found += rows * loss(loss_kind, loss_real, work_, y, sizes[6] * n, sizes[5] * n, width, n, rows)
        for k in range(width):
            for j in range(rows):
                outputs[first + j, k] = work_[y + k * n + j]
    return found / samples


@kernel
def follow(
    ops, reals, sizes, loss_kind, loss_real, values, grads, work, x, targets,
    order, order_epoch, samples, key_low, key_high, batch_size,
    first_step, rates, losses, knobs, penalised,
    optimizer, options, slots, parts, memory,
    stops, measured, counts, block, found, outputs, others,
):  # fmt: skip
    """As `train`, and after the first `stops[0]`, `stops[1]`, ... steps as `measure`: of two parts of the samples.

    measured (2, samples and room): which they are, counts (2,) of them, perhaps none of the second. found (stops, 2):
    their losses; outputs, others (stops, samples, outputs): their outputs. Returns at how many stops it measured: not
    at the one before which a batch's loss is not finite, nor at any after that.
    """
    done = 0
    for i in range(stops.size):
        train(
            ops, reals, sizes, loss_kind, loss_real, values, grads, work, x, targets,
            order, order_epoch, samples, key_low, key_high, batch_size,
            first_step + done, rates[done:stops[i]], losses[done:stops[i]], knobs, penalised,
            optimizer, options, slots, parts, memory,
        )  # fmt: skip
        for k in range(done, stops[i]):
            if not math.isfinite(losses[k]):
                return i
        done = stops[i]
        for k in range(2):
            if counts[k] > 0:
                answers = outputs[i] if k == 0 else others[i]
                found[i, k] = measure(
                    ops, reals, sizes, loss_kind, loss_real, values, work, x, targets, measured[k], counts[k],
                    block, answers,
                )  # fmt: skip
    return stops.size
