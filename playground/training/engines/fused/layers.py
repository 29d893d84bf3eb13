"""The layers, forwards and backwards, over a batch in lanes.

A batch lies feature by feature: `work[x + f * n + j]` is feature f of sample j, n the samples rounded up to whole
Lanes (`rows` of them are real; the others repeat the last one, and their derivatives are zero). `d...` is where the
derivative of the loss by something lies, -1 where nobody wants it; with `add` it is added to what is there already.
"""

from __future__ import annotations

import math

import numpy as np

from playground.training.engines.fused.compiling import inner, part
from playground.training.engines.fused.lanes import fill, fma, load, root, spread, store, store_first, total, turn

_F = np.float32
_U = np.uint32


# Linear ------------------------------------------------------------------------------------------------------------


@inner
def _bias(values, place):
    return spread(values, place) if place >= 0 else fill(0.0)


@part
def linear(values, weights, bias, work, x, inputs, y, outputs, n):
    """y = W x + b; bias -1: none."""
    step = 1 if bias >= 0 else 0
    for j in range(0, n, 16):
        o = 0
        while o + 4 <= outputs:
            w, b = weights + o * inputs, bias + o * step
            p, q = _bias(values, b), _bias(values, b + step)
            r, s = _bias(values, b + 2 * step), _bias(values, b + 3 * step)
            for i in range(inputs):
                a = load(work, x + i * n + j)
                p = fma(spread(values, w + i), a, p)
                q = fma(spread(values, w + inputs + i), a, q)
                r = fma(spread(values, w + 2 * inputs + i), a, r)
                s = fma(spread(values, w + 3 * inputs + i), a, s)
            at = y + o * n + j
            store(work, at, p)
            store(work, at + n, q)
            store(work, at + 2 * n, r)
            store(work, at + 3 * n, s)
            o += 4
        while o < outputs:
            w = weights + o * inputs
            p = _bias(values, bias + o * step)
            for i in range(inputs):
                p = fma(spread(values, w + i), load(work, x + i * n + j), p)
            store(work, y + o * n + j, p)
            o += 1


@part
def turn_round(work, x, inputs, turned, n):
    """x sample by sample: n times `inputs`, rounded up to whole Lanes."""
    width = (inputs + 15) // 16 * 16
    for i in range(0, inputs, 16):
        for j in range(0, n, 16):
            turn(work, x + i * n + j, n, work, turned + j * width + i, width)


@part
def linear_gradient(grads, weights, bias, work, inputs, dy, outputs, n, rows, turned):
    """dW = dy x^T and db. turned: where x lies sample by sample."""
    width = (inputs + 15) // 16 * 16
    for i in range(0, inputs, 16):
        count = min(16, inputs - i)
        o = 0
        while o + 4 <= outputs:
            at, d = turned + i, dy + o * n
            p = q = r = s = fill(0.0)
            for j in range(rows):
                a = load(work, at + j * width)
                p = fma(spread(work, d + j), a, p)
                q = fma(spread(work, d + n + j), a, q)
                r = fma(spread(work, d + 2 * n + j), a, r)
                s = fma(spread(work, d + 3 * n + j), a, s)
            w = weights + o * inputs + i
            store_first(grads, w, p, count)
            store_first(grads, w + inputs, q, count)
            store_first(grads, w + 2 * inputs, r, count)
            store_first(grads, w + 3 * inputs, s, count)
            o += 4
        while o < outputs:
            p = fill(0.0)
            for j in range(rows):
                p = fma(spread(work, dy + o * n + j), load(work, turned + i + j * width), p)
            store_first(grads, weights + o * inputs + i, p, count)
            o += 1
    if bias >= 0:
        for o in range(outputs):
            grads[bias + o] = _row_total(work, dy + o * n, n)


@part
def linear_backward(values, weights, work, inputs, dx, outputs, dy, n, add):
    """dx = W^T dy."""
    for j in range(0, n, 16):
        i = 0
        while i + 4 <= inputs:
            at = dx + i * n + j
            p = q = r = s = fill(0.0)
            if add:
                p, q = load(work, at), load(work, at + n)
                r, s = load(work, at + 2 * n), load(work, at + 3 * n)
            for o in range(outputs):
                w, d = weights + o * inputs + i, load(work, dy + o * n + j)
                p = fma(spread(values, w), d, p)
                q = fma(spread(values, w + 1), d, q)
                r = fma(spread(values, w + 2), d, r)
                s = fma(spread(values, w + 3), d, s)
            store(work, at, p)
            store(work, at + n, q)
            store(work, at + 2 * n, r)
            store(work, at + 3 * n, s)
            i += 4
        while i < inputs:
            at = dx + i * n + j
            p = load(work, at) if add else fill(0.0)
            for o in range(outputs):
                p = fma(spread(values, weights + o * inputs + i), load(work, dy + o * n + j), p)
            store(work, at, p)
            i += 1


@part
def _row_total(work, place, n):
    found = load(work, place)
    for j in range(16, n, 16):
        found = found + load(work, place + j)
    return total(found)


@part
def _product_total(work, one, other, n):
    found = load(work, one) * load(work, other)
    for j in range(16, n, 16):
        found = fma(load(work, one + j), load(work, other + j), found)
    return total(found)


# PReLU -------------------------------------------------------------------------------------------------------------


@part
def prelu_gradient(work, x, dy, count):
    """The derivative by the slope: the sum of dy * x where x is at most 0."""
    found = 0.0
    for i in range(count):
        if not work[x + i] > _F(0.0):
            found += work[x + i] * work[dy + i]
    return _F(found)


# Dropout -----------------------------------------------------------------------------------------------------------


@inner
def mix(h):
    """`lowbias32`, as network.dropout documents it."""
    h = _U(h ^ (h >> _U(16)))
    h = _U(h * _U(0x7FEB352D))
    h = _U(h ^ (h >> _U(15)))
    h = _U(h * _U(0x846CA68B))
    return _U(h ^ (h >> _U(16)))


@part
def base_of(key_low, key_high, index):
    """What every number of (key, index) is hashed from: the base of network.dropout and of training.order."""
    low, high = _U(index & 0xFFFFFFFF), _U((index >> 32) & 0xFFFFFFFF)
    return mix(_U(mix(_U(_U(key_low) ^ low)) ^ _U(key_high) ^ high))


@part
def dropout(work, x, y, features, n, base, threshold, scale, add):
    """y = x where its element is kept, scaled, else 0; the same serves backwards."""
    for f in range(features):
        for j in range(n):
            element = _U(j * features + f)
            keep = mix(_U(base + _U(element * _U(0x9E3779B1)))) >= threshold
            found = work[x + f * n + j] * scale if keep else _F(0.0)
            work[y + f * n + j] = work[y + f * n + j] + found if add else found


# Norms -------------------------------------------------------------------------------------------------------------


@part
def batch_norm(values, scale, shift, mean, var, work, x, y, features, n, rows, eps, momentum, use_batch, aux):
    """Over the batch, which also moves the running statistics, or by those. aux[f * n], aux[f * n + 1]: the mean and
    one over the deviation that were used. scale -1: none."""
    for f in range(features):
        at = x + f * n
        if use_batch:
            middle = _product_total(work, at, 0, n) / _F(rows)
            spread_sum = fill(0.0)
            for j in range(0, n, 16):
                e = (load(work, at + j) - middle) * load(work, j)
                spread_sum = fma(e, e, spread_sum)
            squares = total(spread_sum)
            variance = squares / _F(rows)
            values[mean + f] = (_F(1.0) - momentum) * values[mean + f] + momentum * middle
            values[var + f] = (_F(1.0) - momentum) * values[var + f] + momentum * (squares / _F(rows - 1))
        else:
            middle, variance = values[mean + f], values[var + f]
        over = _F(1.0) / _F(math.sqrt(variance + eps))
        work[aux + f * n], work[aux + f * n + 1] = middle, over
        g = over * values[scale + f] if scale >= 0 else over
        b = values[shift + f] if scale >= 0 else _F(0.0)
        for j in range(0, n, 16):
            store(work, y + f * n + j, fma(load(work, at + j) - middle, fill(g), fill(b)))


@part
def batch_norm_backward(values, grads, scale, shift, work, x, dx, dy, features, n, rows, use_batch, learn, aux, add):
    """Ioffe and Szegedy 2015, section 3."""
    for f in range(features):
        at, d, middle, over = x + f * n, dy + f * n, work[aux + f * n], work[aux + f * n + 1]
        plain = fill(0.0)
        product = fill(0.0)
        for j in range(0, n, 16):
            e = load(work, d + j)
            plain = plain + e
            product = fma(e, (load(work, at + j) - middle) * over, product)
        by_shift, by_scale = total(plain), total(product)
        if scale >= 0 and learn:
            grads[scale + f], grads[shift + f] = by_scale, by_shift
        if dx < 0:
            continue
        g = over * values[scale + f] if scale >= 0 else over
        share = _F(1.0) / _F(rows) if use_batch else _F(0.0)
        for j in range(0, n, 16):
            normal = (load(work, at + j) - middle) * over
            e = load(work, d + j) - (by_shift * share + normal * (by_scale * share))
            found = e * g * load(work, j)
            place = dx + f * n + j
            store(work, place, load(work, place) + found if add else found)


@part
def layer_norm(values, scale, shift, work, x, y, features, n, eps, aux):
    """Over the features of each sample. aux, aux + n: the means, and one over the deviations."""
    share = _F(1.0) / _F(features)
    for j in range(0, n, 16):
        middle = fill(0.0)
        for f in range(features):
            middle = middle + load(work, x + f * n + j)
        middle = middle * share
        squares = fill(0.0)
        for f in range(features):
            e = load(work, x + f * n + j) - middle
            squares = fma(e, e, squares)
        over = 1.0 / root(squares * share + eps)
        store(work, aux + j, middle)
        store(work, aux + n + j, over)
        for f in range(features):
            e = (load(work, x + f * n + j) - middle) * over
            if scale >= 0:
                e = fma(e, spread(values, scale + f), spread(values, shift + f))
            store(work, y + f * n + j, e)


@part
def layer_norm_backward(values, grads, scale, shift, work, x, dx, dy, features, n, learn, aux, add):
    """Ba et al. 2016."""
    if scale >= 0 and learn:
        for f in range(features):
            by_scale = fill(0.0)
            for j in range(0, n, 16):
                e = (load(work, x + f * n + j) - load(work, aux + j)) * load(work, aux + n + j)
                by_scale = fma(e, load(work, dy + f * n + j), by_scale)
            grads[scale + f], grads[shift + f] = total(by_scale), _row_total(work, dy + f * n, n)
    if dx < 0:
        return
    share = _F(1.0) / _F(features)
    for j in range(0, n, 16):
        middle, over = load(work, aux + j), load(work, aux + n + j)
        plain = fill(0.0)
        product = fill(0.0)
        for f in range(features):
            d = load(work, dy + f * n + j)
            if scale >= 0:
                d = d * spread(values, scale + f)
            plain = plain + d
            product = fma(d, (load(work, x + f * n + j) - middle) * over, product)
        plain, product = plain * share, product * share
        for f in range(features):
            d = load(work, dy + f * n + j)
            if scale >= 0:
                d = d * spread(values, scale + f)
            found = over * (d - plain - (load(work, x + f * n + j) - middle) * over * product)
            place = dx + f * n + j
            store(work, place, load(work, place) + found if add else found)


# Ways and silence --------------------------------------------------------------------------------------------------


@part
def add_up(work, a, b, y, count):
    """y = a + b."""
    for i in range(0, count, 16):
        store(work, y + i, load(work, a + i) + load(work, b + i))


@part
def hand_on(work, dy, dx, count, add):
    """dx = dy, or dx += dy."""
    for i in range(0, count, 16):
        found = load(work, dy + i)
        store(work, dx + i, load(work, dx + i) + found if add else found)


@part
def hush(work, place, n):
    """One feature of a batch is zero."""
    for j in range(0, n, 16):
        store(work, place + j, fill(0.0))
