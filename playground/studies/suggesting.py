"""What to search, for somebody who has not said: the usual things to vary, and sensible values for any field."""

from __future__ import annotations

import math

from playground.experiment.axes import Field, Value, fields
from playground.experiment.data import task_of
from playground.experiment.experiment import Experiment
from playground.experiment.layers_image import sees_images
from playground.studies.spec import Choices, Dimension, Range

USUAL = ("training.optimizer.lr", "width", "depth", "training.optimizer", "activation")
"""What a search begins with, as far as an experiment has it."""
KNOWN: dict[str, tuple[Value, ...]] = {
    "training.optimizer": ("sgd", "adam", "rmsprop"),
    "activation": ("tanh", "relu", "sigmoid", "gelu"),
    "training.loss": (),
}
"""Of long lists of choices those that are tried first; of others the first few."""
FEW = 4
ODDS = {
    "dropout": (0.0, 0.5),
    "training.l1": (1e-5, 1e-2),
    "training.l2": (1e-5, 1e-1),
    "training.weight_decay": (1e-5, 1e-1),
}
"""Ranges of fields whose present value, often 0, says nothing."""


def usual(experiment: Experiment) -> tuple[Dimension, ...]:
    """The dimensions that a search of `experiment` begins with; the first field there is, where it has none of them."""
    known = fields(experiment)
    found = [at for at in USUAL if at in known] or list(known)[:1]
    return tuple(suggested(known[at]) for at in found)


def epochs_of(experiment: Experiment) -> int:
    """For how long a trial is trained: until one sees what becomes of it, in a time that one waits for."""
    if sees_images(experiment.network):
        return 4
    return 60 if task_of(experiment.data) == "regression" else 100


def suggested(field: Field) -> Dimension:
    """A range, or some choices, around what `field` has now."""
    if not field.is_number:
        return Choices(kind="choices", at=field.at, values=_choices(field))
    low, high, log = _span(field)
    if field.kind == "integer":
        low, high = math.floor(low), math.ceil(high)
    return Range(kind="range", at=field.at, low=low, high=high, log=log)


def _choices(field: Field) -> tuple[Value, ...]:
    values = [value for value, _ in field.choices]
    first = [value for value in KNOWN.get(field.at, ()) if value in values] or values[:FEW]
    # True equals 1, but is another choice.
    if not any(value == field.now and type(value) is type(field.now) for value in first):
        first = [field.now, *first][:FEW] if any(value == field.now for value in values) else first
    return tuple(first)


def _span(field: Field) -> tuple[float, float, bool]:
    """From, to, and whether on a logarithmic scale."""
    now = float(field.now or 0.0)
    least = -math.inf if field.low is None else field.low
    most = math.inf if field.high is None else field.high
    if field.at in ODDS:
        low, high = ODDS[field.at]
        return low, high, low > 0
    if field.at == "depth":
        return max(least, 1), min(most, max(now + 1, 3)), False
    if field.at.rpartition(".")[2] == "seed":
        return 0, min(most, 9), False
    if field.at == "training.optimizer.lr":
        return _decades(now or 0.01, 1.5, 1.0, least, most)
    if field.kind == "integer":
        low, high = max(least, now // 4), min(most, max(now * 4, least + 4))
        return (max(low, 1), high, True) if field.log or high > 16 * max(low, 1) else (low, high, False)
    if field.log:
        return _decades(now or 0.01, 1.0, 1.0, least, most)
    if math.isfinite(least) and math.isfinite(most) and most - least <= 10:
        return least, most, False
    return max(least, now / 2), min(most, 2 * now or 1.0), False


def _decades(now: float, down: float, up: float, least: float, most: float) -> tuple[float, float, bool]:
    """So many powers of ten down and up, to the next whole one."""
    low, high = 10.0 ** math.floor(math.log10(now) - down), 10.0 ** math.ceil(math.log10(now) + up)
    return max(low, least, 1e-12), min(high, most), True
