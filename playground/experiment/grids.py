"""A grid: one experiment for every combination of what is varied, and how it is shared as a link."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from playground.experiment.axes import Value, fields, said, vary
from playground.experiment.entry import Model, parameter, refusal
from playground.experiment.experiment import Experiment
from playground.experiment.link import decode, encode
from playground.settings import settings

MOST_AXES = 3
MOST_VALUES = 64
MOST_EPOCHS = 100_000
MEASURES = {
    "test_loss": "Test loss",
    "train_loss": "Training loss",
    "test_metric": "Test {metric}",
    "train_metric": "Training {metric}",
}
"""What is measured of every cell; `{metric}` is accuracy or R², as the data has it."""

Given = int | float | bool | Annotated[str, Field(max_length=100)] | None


class Axis(Model):
    """Something that is varied, and its values: as a list, or as a range of `count` from `low` to `high`.

    at: a place as `axes.fields` has it. log: whether the range is even on a logarithmic scale.
    """

    at: str = Field(title="What is varied", max_length=200)
    values: tuple[Given, ...] = Field(default=(), title="Values", max_length=MOST_VALUES)
    low: float | None = None
    high: float | None = None
    count: int | None = Field(default=None, ge=2, le=MOST_VALUES)
    log: bool = False

    @field_validator("values")
    @classmethod
    def _each_once(cls, values: tuple[Given, ...]) -> tuple[Given, ...]:
        known: dict[tuple[bool, Given], Given] = {(isinstance(value, bool), value): value for value in values}
        return tuple(known.values())

    @model_validator(mode="after")
    def _one_of_both(self) -> Axis:
        ends = (self.low, self.high, self.count)
        if self.values and any(end is not None for end in ends):
            raise ValueError("an axis has values or a range, and not both")
        if not self.values:
            self._check_range(*ends)
        return self

    def _check_range(self, low: float | None, high: float | None, count: int | None) -> None:
        if low is None or high is None or count is None:
            raise ValueError("an axis needs values")
        if low >= high:
            raise ValueError(f"a range goes up: {low:g} must be less than {high:g}")
        if self.log and low <= 0:
            raise ValueError("a logarithmic range begins above 0")

    def points(self, whole: bool = False) -> tuple[Value, ...]:
        """Its values, in order; whole: rounded to whole numbers, each once."""
        if self.values:
            return self.values
        return spread(self.low, self.high, self.count, log=self.log, whole=whole)


def spread(low: float, high: float, count: int, *, log: bool = False, whole: bool = False) -> tuple[Value, ...]:
    """`count` numbers from `low` to `high`, rounded so that they can be read while they still are apart."""
    raw = np.geomspace(low, high, count) if log else np.linspace(low, high, count)
    if whole:
        return tuple(dict.fromkeys(round(value) for value in raw.tolist()))
    for digits in (1, 2, 3, 4, 6):
        rounded = [_rounded(value, digits) for value in raw.tolist()]
        rounded[0], rounded[-1] = float(low), float(high)
        if all(abs(a - b) <= (0.06 if log else 0.001) * abs(b) for a, b in zip(rounded, raw.tolist(), strict=True)):
            return tuple(dict.fromkeys(rounded))
    return tuple(raw.tolist())


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


@dataclass(frozen=True)
class Cell:
    """One combination. index: its number; place: which value of each axis; values: by place in the experiment.

    experiment: None where there is none, and then `problem` says why. problem may also be what keeps a valid
    experiment from being trained: a kernel larger than the image, say.
    """

    index: int
    place: tuple[int, ...]
    values: dict[str, Value] = field(hash=False)
    experiment: Experiment | None = None
    problem: str | None = None


class Grid(Model):
    """What is varied about `base`, for how long each is trained, and the target whose time is taken.

    The first axis runs fastest. Raises pydantic.ValidationError for an axis that the experiment does not have, for one
    that is there twice, and for more cells than this server trains at once.
    """

    v: Literal[1] = Field(title="Version")
    base: Experiment = Field(title="Experiment")
    axes: tuple[Axis, ...] = Field(title="Axes", min_length=1, max_length=MOST_AXES)
    epochs: int = parameter(
        300,
        label="Epochs",
        help="How many times each network sees all its training data.",
        ge=1,
        le=MOST_EPOCHS,
        step=50,
    )
    measure: Literal["test_loss", "train_loss", "test_metric", "train_metric"] = parameter(
        "test_loss", label="Measure", help="What the target is about."
    )
    target: float | None = parameter(
        None, label="Target", help="How good is good enough: the epochs that it takes are counted."
    )

    @model_validator(mode="after")
    def _axes_fit(self) -> Grid:
        known = fields(self.base)
        for index, axis in enumerate(self.axes):
            if axis.at not in known:
                message = f"This experiment has no {axis.at[:60]!r} that could be varied"
                raise refusal("Grid", ("axes", index, "at"), message, axis.at)
            if any(axis.at == other.at for other in self.axes[:index]):
                message = f"{known[axis.at].label} is varied twice"
                raise refusal("Grid", ("axes", index, "at"), message, axis.at)
        if self.count > settings.max_cells:
            raise ValueError(
                f"{self.count:,} combinations are too many; up to {settings.max_cells} are trained at once"
            )
        return self

    @property
    def points(self) -> tuple[tuple[Value, ...], ...]:
        """The values of each axis."""
        known = fields(self.base)
        return tuple(axis.points(known[axis.at].kind == "integer") for axis in self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(values) for values in self.points)

    @property
    def count(self) -> int:
        """How many cells there are."""
        return math.prod(self.shape)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each axis is called."""
        known = fields(self.base)
        return tuple(known[axis.at].label for axis in self.axes)

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The values of each axis as a person reads them."""
        known = fields(self.base)
        pairs = zip(self.axes, self.points, strict=True)
        return tuple(tuple(said(known[axis.at], value) for value in values) for axis, values in pairs)

    def cells(self, check: Callable[[Experiment], str | None] | None = None) -> tuple[Cell, ...]:
        """All cells, in order. check: says what keeps an experiment from being trained, if anything does
        (`playground.network.standing.problem_of`)."""
        axes, points = self.axes, self.points
        found = []
        # product() runs the last one fastest; here it is the first.
        for index, turned in enumerate(itertools.product(*(range(len(values)) for values in reversed(points)))):
            place = turned[::-1]
            values = {axis.at: points[i][at] for i, (axis, at) in enumerate(zip(axes, place, strict=True))}
            found.append(Cell(index, place, values, *_made(self.base, values, check)))
        return tuple(found)

    def to_link(self, *, whole: bool = True) -> str:
        """The grid as a short URL-safe text, which `Grid.from_link` reads back. whole: with its experiment, which else
        stands beside it, as in a page's address."""
        left_out = None if whole else {"base"}
        return encode(self.model_dump(mode="json", exclude_defaults=True, exclude=left_out))

    @classmethod
    def from_link(cls, text: str, base: Experiment | None = None) -> Grid:
        """The grid that `to_link` wrote; base: the experiment, where the link has none. Raises LinkError where the text
        is no link, and pydantic.ValidationError where what it holds is no grid."""
        content = decode(text)
        if base is not None:
            content.setdefault("base", base)
        return cls.model_validate(content)


def _made(
    base: Experiment, values: dict[str, Any], check: Callable[[Experiment], str | None] | None
) -> tuple[Experiment | None, str | None]:
    try:
        experiment = vary(base, values)
    except ValueError as problem:
        return None, str(problem)
    return experiment, check(experiment) if check else None
