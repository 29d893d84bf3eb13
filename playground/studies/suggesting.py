"""What to search, for somebody who has not said: the usual things to vary, and sensible values for any field."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from playground.experiment.axes import Field, Value, fields, vary
from playground.experiment.data import task_of
from playground.experiment.experiment import Experiment
from playground.experiment.layers_image import sees_images
from playground.experiment.randomness import key
from playground.network.standing import problem_of
from playground.studies.spec import Choices, Dimension, Range, StudySpec

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
    "training.optimizer.momentum": (0.0, 0.99),
    "training.l1": (1e-5, 1e-2),
    "training.l2": (1e-5, 1e-1),
    "training.weight_decay": (1e-5, 1e-1),
}
"""Ranges of fields whose present value, often 0, says nothing."""


def usual(experiment: Experiment) -> tuple[Dimension, ...]:
    """The dimensions that a search of `experiment` begins with; the first field there is, where it has none of them."""
    known = fields(experiment)
    found = [suggested(known[at]) for at in USUAL if at in known]
    found = [_possible(experiment, dimension) for dimension in found]
    return tuple(one for one in found if one) or tuple(suggested(field) for field in list(known.values())[:1])


def _possible(experiment: Experiment, dimension: Dimension) -> Dimension | None:
    """Of a depth only what can be built: convolutions without padding leave less and less of an image."""
    if dimension.at != "depth":
        return dimension
    low, high = int(dimension.low), int(dimension.high)
    fits = [depth for depth in range(low, high + 1) if _can_be(experiment, depth)]
    return dimension.model_copy(update={"high": float(fits[-1])}) if fits[-1:] > [low] else None


def _can_be(experiment: Experiment, depth: int) -> bool:
    try:
        return problem_of(vary(experiment, {"depth": depth})) is None
    except ValueError:
        return False


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


def examples(spec: StudySpec, count: int) -> Iterator[dict[str, Any]]:
    """The values of `count` trials as they might be, by place: drawn at random, always the same ones. What means
    nothing beside the others has none."""
    drawn = random.Random(key(spec.seed, "examples"))
    for _ in range(count):
        values: dict[str, Value] = {}
        for dimension in spec.in_order:
            value = _drawn(dimension, spec.fields[dimension.at], drawn)
            if spec.applies(dimension.at, values):
                values[dimension.at] = value
        yield values


def _drawn(dimension: Dimension, field: Field, drawn: random.Random) -> Value:
    if isinstance(dimension, Choices):
        return drawn.choice(dimension.values)
    low, high = dimension.low, dimension.high
    if dimension.log:
        value = math.exp(drawn.uniform(math.log(low), math.log(high)))
    else:
        value = drawn.uniform(low, high)
        if dimension.steps:
            value = low + dimension.steps * round((value - low) / dimension.steps)
    value = min(max(float(f"{value:.3g}"), low), high)
    return round(value) if field.kind == "integer" else value


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
