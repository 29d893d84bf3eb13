"""What is usually tried of a field: the values that a grid begins with when somebody picks it."""

from __future__ import annotations

import math

from playground.experiment.axes import Field, Value, fields
from playground.experiment.data import task_of
from playground.experiment.experiment import Experiment
from playground.experiment.grids import MEASURES, Axis, Grid, spread
from playground.experiment.registry import REGISTRIES

MANY = 8
"""Values that are tried of a number."""
SIZES = (1, 2, 3, 4, 6, 8, 16, 32)
BATCHES = (1, 2, 5, 10, 20, 50, 100, 250)
KERNELS = (1, 2, 3, 5, 7, 9, 11, 15)
WIDE_RANGES = {"samples": (50, 100, 200, 300, 500, 1000, 2000, 5000), "batch_size": BATCHES, "kernel": KERNELS}
SHARES = {"p": (0.0, 0.1, 0.2, 0.3, 0.5, 0.7), "dropout": (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)}
SHARES["test_fraction"] = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
PICKS = {
    "optimizer": ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "nadam", "rprop"),
    "activation": ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus", "sine"),
    "weights": ("default", "xavier_uniform", "kaiming_uniform", "orthogonal", "normal", "uniform", "zeros", "constant"),
}
"""Of many choices those that are worth seeing side by side; a person adds others."""
TINIEST = 1e-9
"""Around which power of ten at least something is tried; it may be anything that a float can hold."""
NEAR_ONE = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
"""What momenta and the like are compared at: the interesting ones are near 1."""
ACCURATE = 0.95
"""The accuracy (or R²) that a newcomer's grid takes the time to."""


def usual(experiment: Experiment, field: Field) -> Axis:
    """The axis that a person most likely wants of `field`, at most `MANY` values of a number."""
    return Axis(at=field.at, values=tuple(_values(experiment, field)) or (field.now,))


def first_grid(experiment: Experiment) -> Grid:
    """What a newcomer finds: eight learning rates by eight seeds."""
    known = fields(experiment)
    axes = tuple(usual(experiment, known[at]) for at in ("training.optimizer.lr", "seed"))
    return Grid(v=1, base=experiment, axes=axes, measure="test_metric", target=ACCURATE)


def measure_names(metric: str) -> dict[str, str]:
    """What can be looked at of every cell, by name, with its label; metric: "accuracy" or "R²"."""
    return {name: label.format(metric=metric) for name, label in MEASURES.items()}


def _values(experiment: Experiment, field: Field) -> tuple[Value, ...] | list[Value]:
    name = field.at.rpartition(".")[2]
    if field.at == "data":
        return _like(experiment)
    if field.choices:
        return _choices(field)
    if name == "seed":
        first = min(int(field.now or 0), int(field.high) - MANY + 1)
        return [first + step for step in range(MANY)]
    if name in ("width", "units", "channels"):
        return _within(field, SIZES if field.now <= max(SIZES) else _around(field.now))
    if name in SHARES:
        return _within(field, SHARES[name])
    if name in WIDE_RANGES:
        return _within(field, WIDE_RANGES[name])
    return _numbers(field)


def _choices(field: Field) -> list[Value]:
    known = [value for value, _ in field.choices]
    picks = next((kinds for kinds in PICKS.values() if set(kinds) <= set(known)), ()) if len(known) > MANY else ()
    return [value for value in known if value in picks] if picks else known


def _numbers(field: Field) -> list[Value]:
    now, low, high = field.now, field.low, field.high
    if field.log:
        return _decades(field)
    if field.kind == "integer":
        return _whole(field)
    if high is not None and 0.99 < high < 1 and low == 0:
        return _within(field, NEAR_ONE)
    if low is not None and high is not None and (high - low <= 10 or (not now and high <= 1000)):
        return list(spread(low, high, 6))
    middle = float(now) if isinstance(now, int | float) and now else 1.0
    return _within(field, [float(f"{middle * factor:.3g}") for factor in (0.1, 0.3, 1, 3, 10)])


def _decades(field: Field) -> list[Value]:
    """1 and 3 times powers of ten: around what it is now, or, where that is 0, from 0 up."""
    now = field.now
    if not isinstance(now, int | float) or now <= 0:
        return [0.0, *_within(field, [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1])]
    if field.kind == "integer":
        return _within(field, SIZES)
    now = min(max(now, TINIEST), 1 / TINIEST)
    power = math.floor(math.log10(now) + 1e-9)
    first = 2 * power + (now / 10**power >= 3 - 1e-9)  # on a scale where 1, 3, 10, 30 are 0, 1, 2, 3
    steps = range(first - 3, first + MANY - 3)
    return _within(field, [float(f"{(1, 3)[step % 2]}e{step // 2}") for step in steps])


def _whole(field: Field) -> list[Value]:
    low, now = int(field.low or 0), int(field.now or field.low or 0)
    high = int(field.high) if field.high is not None else now + MANY
    if high - low < MANY:
        return list(range(low, high + 1))
    if now < 2 * MANY:
        return list(range(low, low + min(MANY, 6)))
    return _within(field, [max(1, round(now * factor)) for factor in (0.1, 0.2, 0.5, 1, 2, 5, 10)])


def _around(now: float) -> list[int]:
    """Sizes from an eighth to twice of what it is now."""
    return [max(1, round(now * factor)) for factor in (0.125, 0.25, 0.5, 1, 2)]


def _within(field: Field, values: list | tuple) -> list[Value]:
    low = -math.inf if field.low is None else field.low
    high = math.inf if field.high is None else field.high
    return list(dict.fromkeys(value for value in values if low <= value <= high))


def _like(experiment: Experiment) -> list[Value]:
    """Data of the same kind as the experiment's, its own first."""
    own = experiment.data
    known = REGISTRIES["data"].items()
    alike = [kind for kind, entry in known if entry.family == own.family and entry.task == task_of(own)]
    here = [kind for kind in alike if kind not in ("csv", "images", "painted", "mnist", "fashion_mnist", "cifar10")]
    return list(dict.fromkeys([own.kind, *here]))
