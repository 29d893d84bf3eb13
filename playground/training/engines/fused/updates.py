"""The first-order optimizers of `torch.optim`, each as its single-tensor version there, element by element.

`KINDS` numbers them. w, g: the values and gradients; s, t, u: what is remembered of each element, in the order of
`rows`; m: what is remembered of a whole part, in the order of `numbers`, the step count first; o: the parameters of the
optimizer, as `options` gives them; first, end: the part that is stepped, with a step count of its own. What PyTorch
works out in Python's double precision, once a step, is worked out so here. All arrays go on for sixteen elements after
their last: those are read, and never written.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.training.engines.fused.compiling import inner, part
from playground.training.engines.fused.functions import clamp
from playground.training.engines.fused.lanes import fill, fma, load, put, root, size, where_less

KINDS = (
    "sgd", "adam", "adamw", "nadam", "radam", "adamax", "adagrad", "adadelta", "rmsprop", "rprop", "asgd",
)  # fmt: skip
SGD, ADAM, ADAMW, NADAM, RADAM, ADAMAX, ADAGRAD, ADADELTA, RMSPROP, RPROP, ASGD = range(len(KINDS))

MOST_ROWS = 3


def rows(entry: Any) -> tuple[str, ...]:
    """What the optimizer `entry` remembers of each element, by PyTorch's names."""
    moments = ("exp_avg", "exp_avg_sq")
    match entry.kind:
        case "sgd":
            return ("momentum_buffer",) if entry.momentum else ()
        case "adam" | "adamw":
            return (*moments, "max_exp_avg_sq") if entry.amsgrad else moments
        case "rmsprop":
            more = (("momentum_buffer", entry.momentum), ("grad_avg", entry.centered))
            return ("square_avg", *(name for name, on in more if on))
    return {
        "nadam": moments,
        "radam": moments,
        "adamax": ("exp_avg", "exp_inf"),
        "adagrad": ("sum",),
        "adadelta": ("square_avg", "acc_delta"),
        "rprop": ("prev", "step_size"),
        "asgd": ("ax",),
    }[entry.kind]


def numbers(kind: str) -> tuple[str, ...]:
    """What it remembers of a whole part, by PyTorch's names."""
    return {"sgd": (), "nadam": ("step", "mu_product"), "asgd": ("step", "eta", "mu")}.get(kind, ("step",))


def options(entry: Any) -> list[float]:
    """Its parameters as the compiled code takes them: eight numbers."""
    match entry.kind:
        case "sgd":
            given = [entry.momentum, entry.nesterov]
        case "adam" | "adamw":
            decay = entry.weight_decay if entry.kind == "adamw" else 0.0
            given = [entry.beta1, entry.beta2, entry.eps, entry.amsgrad, decay]
        case "nadam":
            given = [entry.beta1, entry.beta2, entry.eps, entry.momentum_decay]
        case "radam" | "adamax":
            given = [entry.beta1, entry.beta2, entry.eps]
        case "adagrad":
            given = [entry.lr_decay, entry.eps]
        case "adadelta":
            given = [entry.rho, entry.eps]
        case "rmsprop":
            given = [entry.alpha, entry.eps, entry.momentum, entry.centered]
        case "rprop":
            given = [entry.eta_minus, entry.eta_plus]
        case "asgd":
            given = [entry.lambd, entry.alpha, entry.t0]
    return [float(number) for number in given] + [0.0] * (8 - len(given))


@inner
def _moments(g, s, t, i, end, b1, b2, c1, c2):
    """The running means of the gradient and its square, after this one."""
    slope = load(g, i)
    mean, square = fma(b1, load(s, i), c1 * slope), fma(b2, load(t, i), c2 * slope * slope)
    put(s, i, mean, end)
    put(t, i, square, end)
    return mean, square


@part
def _sgd(w, g, s, o, lr, first, end):
    momentum, rate = fill(o[0]), fill(-lr)
    for i in range(first, end, 16):
        slope = load(g, i)
        if o[0] != 0:
            speed = fma(momentum, load(s, i), slope)
            put(s, i, speed, end)
            slope = fma(momentum, speed, slope) if o[1] != 0 else speed
        put(w, i, fma(rate, slope, load(w, i)), end)


@part
def _adam(w, g, s, t, u, m, o, lr, first, end):
    b1, b2, c1, c2, eps = fill(o[0]), fill(o[1]), fill(1.0 - o[0]), fill(1.0 - o[1]), fill(o[2])
    rate = fill(-lr / (1.0 - o[0] ** m[0]))
    over = fill(1.0 / math.sqrt(1.0 - o[1] ** m[0]))
    keep = fill(1.0 - lr * o[4])
    for i in range(first, end, 16):
        mean, square = _moments(g, s, t, i, end, b1, b2, c1, c2)
        if o[3] != 0:
            largest = load(u, i)
            square = where_less(largest, square, square, largest)
            put(u, i, square, end)
        step = mean / fma(root(square), over, eps)
        put(w, i, fma(rate, step, keep * load(w, i)), end)


@part
def _nadam(w, g, s, t, m, o, lr, first, end):
    b1, b2, c1, c2, eps = fill(o[0]), fill(o[1]), fill(1.0 - o[0]), fill(1.0 - o[1]), fill(o[2])
    mu = o[0] * (1.0 - 0.5 * 0.96 ** (m[0] * o[3]))
    following = o[0] * (1.0 - 0.5 * 0.96 ** ((m[0] + 1.0) * o[3]))
    m[1] = np.float32(m[1] * mu)
    by_gradient = fill(-lr * (1.0 - mu) / (1.0 - m[1]))
    by_mean = fill(-lr * following / (1.0 - m[1] * following))
    over = fill(1.0 / (1.0 - o[1] ** m[0]))
    for i in range(first, end, 16):
        mean, square = _moments(g, s, t, i, end, b1, b2, c1, c2)
        step = fma(by_gradient, load(g, i), by_mean * mean) / (root(square * over) + eps)
        put(w, i, load(w, i) + step, end)


@part
def _radam(w, g, s, t, m, o, lr, first, end):
    b1, b2, c1, c2, eps = fill(o[0]), fill(o[1]), fill(1.0 - o[0]), fill(1.0 - o[1]), fill(o[2])
    power = o[1] ** m[0]
    most = 2.0 / (1.0 - o[1]) - 1.0
    now = most - 2.0 * m[0] * power / (1.0 - power)
    rate = -lr / (1.0 - o[0] ** m[0])
    if now > 5.0:
        right = math.sqrt((now - 4.0) * (now - 2.0) * most / ((most - 4.0) * (most - 2.0) * now))
        rate *= right * math.sqrt(1.0 - power)
    for i in range(first, end, 16):
        mean, square = _moments(g, s, t, i, end, b1, b2, c1, c2)
        if now > 5.0:
            mean = mean / (root(square) + eps)
        put(w, i, fma(fill(rate), mean, load(w, i)), end)


@part
def _adamax(w, g, s, t, m, o, lr, first, end):
    b1, b2, c1, eps = fill(o[0]), fill(o[1]), fill(1.0 - o[0]), fill(o[2])
    rate = fill(-lr / (1.0 - o[0] ** m[0]))
    for i in range(first, end, 16):
        slope = load(g, i)
        mean = fma(b1, load(s, i), c1 * slope)
        old, new = b2 * load(t, i), size(slope) + eps
        largest = where_less(new, old, old, new)
        put(s, i, mean, end)
        put(t, i, largest, end)
        put(w, i, fma(rate, mean / largest, load(w, i)), end)


@part
def _adagrad(w, g, s, m, o, lr, first, end):
    rate, eps = fill(-lr / (1.0 + (m[0] - 1.0) * o[0])), fill(o[1])
    for i in range(first, end, 16):
        slope = load(g, i)
        squares = fma(slope, slope, load(s, i))
        put(s, i, squares, end)
        put(w, i, fma(rate, slope / (root(squares) + eps), load(w, i)), end)


@part
def _adadelta(w, g, s, t, o, lr, first, end):
    rho, rest, eps, rate = fill(o[0]), fill(1.0 - o[0]), fill(o[1]), fill(-lr)
    for i in range(first, end, 16):
        slope, steps = load(g, i), load(t, i)
        squares = fma(rho, load(s, i), rest * slope * slope)
        step = root(steps + eps) / root(squares + eps) * slope
        put(s, i, squares, end)
        put(t, i, fma(rho, steps, rest * step * step), end)
        put(w, i, fma(rate, step, load(w, i)), end)


@part
def _rmsprop(w, g, s, t, u, o, lr, first, end):
    alpha, rest, eps, momentum, rate = fill(o[0]), fill(1.0 - o[0]), fill(o[1]), fill(o[2]), fill(-lr)
    means = u if o[2] != 0 else t
    for i in range(first, end, 16):
        slope = load(g, i)
        squares = fma(alpha, load(s, i), rest * slope * slope)
        put(s, i, squares, end)
        if o[3] != 0:
            mean = fma(alpha, load(means, i), rest * slope)
            put(means, i, mean, end)
            squares = squares - mean * mean
        step = slope / (root(squares) + eps)
        if o[2] != 0:
            step = fma(momentum, load(t, i), step)
            put(t, i, step, end)
        put(w, i, fma(rate, step, load(w, i)), end)


@part
def _rprop(w, g, s, t, o, first, end):
    for i in range(first, end, 16):
        slope = load(g, i)
        agree = slope * load(s, i)
        step = load(t, i) * where_less(0.0, agree, fill(o[1]), where_less(agree, 0.0, fill(o[0]), 1.0))
        step = clamp(step, 1e-6, 50.0)
        slope = where_less(agree, 0.0, 0.0, slope)
        put(s, i, slope, end)
        put(t, i, step, end)
        put(w, i, load(w, i) - where_less(0.0, slope, step, where_less(slope, 0.0, -step, 0.0)), end)


@part
def _asgd(w, g, s, m, o, lr, first, end):
    eta, mu, keep = fill(-m[1]), m[2], fill(1.0 - o[0] * m[1])
    for i in range(first, end, 16):
        value = fma(eta, load(g, i), keep * load(w, i))
        mean = load(s, i)
        put(w, i, value, end)
        put(s, i, fma(fill(mu), value - mean, mean) if mu != 1.0 else value, end)
    m[1] = np.float32(lr / (1.0 + o[0] * lr * m[0]) ** o[1])
    m[2] = np.float32(1.0 / max(1.0, m[0] - o[2]))


@part
def _begin(kind, t, m, lr, first, end):
    """The state before the first step, where it is not zero."""
    if kind == NADAM:
        m[1] = 1.0
    elif kind == RPROP:
        for i in range(first, end):
            t[i] = np.float32(lr)
    elif kind == ASGD:
        m[1], m[2] = np.float32(lr), 1.0


@part
def update(kind, w, g, s, t, u, m, o, lr, first, end):
    """One step of the part from `first` to `end`."""
    if m[0] == 0:
        _begin(kind, t, m, lr, first, end)
    m[0] += 1.0
    if kind == SGD:
        _sgd(w, g, s, o, lr, first, end)
    elif kind in (ADAM, ADAMW):
        _adam(w, g, s, t, u, m, o, lr, first, end)
    elif kind == NADAM:
        _nadam(w, g, s, t, m, o, lr, first, end)
    elif kind == RADAM:
        _radam(w, g, s, t, m, o, lr, first, end)
    elif kind == ADAMAX:
        _adamax(w, g, s, t, m, o, lr, first, end)
    elif kind == ADAGRAD:
        _adagrad(w, g, s, m, o, lr, first, end)
    elif kind == ADADELTA:
        _adadelta(w, g, s, t, o, lr, first, end)
    elif kind == RMSPROP:
        _rmsprop(w, g, s, t, u, o, lr, first, end)
    elif kind == RPROP:
        _rprop(w, g, s, t, o, first, end)
    elif kind == ASGD:
        _asgd(w, g, s, m, o, lr, first, end)
