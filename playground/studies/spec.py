"""What a study is: an experiment, what about it is searched, how, for what, and how long. No torch, no Optuna."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field as Info
from pydantic import StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from playground.experiment import axes
from playground.experiment.data import SEED_LIMIT, task_of
from playground.experiment.entry import Entry, Model, parameter, refusal
from playground.experiment.experiment import Experiment

MOST_DIMENSIONS = 12
MOST_TRIALS = 2_000
MOST_MINUTES = 24 * 60
MOST_EPOCHS = 5_000
MOST_CHOICES = 40

SAMPLERS: dict[str, tuple[str, str]] = {
    "tpe": ("TPE", "Models where good and bad results lie, and tries what looks most like the good ones."),
    "random": ("Random", "Draws every value anew, whatever came out before: the yardstick for the others."),
    "cmaes": ("CMA-ES", "Moves a cloud of trials downhill, generation by generation; good for many numbers at once."),
    "gp": ("Gaussian process", "Fits a smooth surface through all results; the most careful choice for few trials."),
}
"""Name to what a person calls it, and a sentence about it."""
PRUNERS: dict[str, tuple[str, str]] = {
    "none": ("None", "Every trial is trained to its end."),
    "median": ("Median", "Gives a trial up that does worse than half of the earlier ones did at the same epoch."),
    "hyperband": ("Hyperband", "Gives most trials only a few epochs, and goes on with the best third again and again."),
}


@dataclass(frozen=True)
class Objective:
    """What a study looks for. direction: "minimize" or "maximize"."""

    name: str
    label: str
    direction: Literal["minimize", "maximize"]
    help: str


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective("loss", "Loss", "minimize", "The loss on the test part when a trial ends."),
        Objective("accuracy", "Accuracy", "maximize", "The share of the test part that is told right."),
        Objective("r2", "R²", "maximize", "How much of the target's variance on the test part is explained."),
        Objective("parameters", "Parameters", "minimize", "How many numbers the network has: smaller is better."),
        Objective("seconds", "Seconds", "minimize", "How long the training takes; it differs from machine to machine."),
    )
}
LEARNT = ("loss", "accuracy", "r2")
"""Those that change while a trial is trained."""


def objectives_for(experiment: Experiment) -> dict[str, Objective]:
    """The objectives that fit the data of `experiment`, by name."""
    other = "accuracy" if task_of(experiment.data) == "regression" else "r2"
    return {name: objective for name, objective in OBJECTIVES.items() if name != other}


class Range(Entry):
    """Any number between two others. at: the field's place, as in `playground.experiment.axes`."""

    label: ClassVar = "Range"
    about: ClassVar = "Any number between two others."
    kind: Literal["range"]
    at: str = Info(title="Field", max_length=200)
    low: float = parameter(label="From", help="The least value that is tried.")
    high: float = parameter(label="To", help="The greatest value that is tried.")
    log: bool = parameter(False, label="Logarithmic", help="Whether equal factors count as equal distances.")
    step: float | None = parameter(None, label="Step", help="The distance between values; empty: any value.", gt=0.0)

    @property
    def steps(self) -> float | None:
        """The step that counts: on a logarithmic scale there is none."""
        return None if self.log else self.step


Value = StrictBool | StrictInt | StrictFloat | StrictStr | None


class Choices(Entry):
    """One of several values."""

    label: ClassVar = "Choices"
    about: ClassVar = "One of several values."
    kind: Literal["choices"]
    at: str = Info(title="Field", max_length=200)
    values: Annotated[tuple[Value, ...], Info(title="Values", min_length=1, max_length=MOST_CHOICES)]


Dimension = Annotated[Range | Choices, Info(discriminator="kind")]


class StudySpec(Model):
    """The whole description of one study.

    Raises pydantic.ValidationError, whose errors carry the path of the field that is wrong.
    """

    v: Literal[1]
    base: Experiment = Info(title="Experiment")
    dimensions: Annotated[
        tuple[Dimension, ...], Info(title="What is searched", min_length=1, max_length=MOST_DIMENSIONS)
    ]
    sampler: Literal["tpe", "random", "cmaes", "gp"] = Info("tpe", title="Sampler")
    pruner: Literal["none", "median", "hyperband"] = Info("median", title="Pruner")
    objectives: Annotated[
        tuple[Literal["loss", "accuracy", "r2", "parameters", "seconds"], ...],
        Info(title="Objectives", min_length=1, max_length=2),
    ] = ("loss",)
    epochs: int = parameter(
        30, label="Epochs", help="How long a trial is trained at most.", ge=1, le=MOST_EPOCHS, step=10
    )
    trials: int | None = parameter(
        None, label="Trials", help="The search ends after so many trials.", ge=1, le=MOST_TRIALS, step=10
    )
    minutes: float | None = parameter(
        None, label="Minutes", help="The search begins no more trials after so long.", gt=0.0, le=MOST_MINUTES, step=1
    )
    seed: int = parameter(
        0, label="Seed", help="Draws what is tried, not how a trial is trained.", ge=0, le=SEED_LIMIT, step=1
    )

    @cached_property
    def fields(self) -> dict[str, axes.Field]:
        """The fields that are searched, by place, in the order of the dimensions."""
        known = axes.fields(self.base)
        return {dimension.at: known[dimension.at] for dimension in self.dimensions}

    @property
    def in_order(self) -> tuple[Dimension, ...]:
        """The dimensions, a choice before what belongs to one of its values."""
        places = [dimension.at for dimension in self.dimensions]
        return tuple(sorted(self.dimensions, key=lambda one: sum(one.at.startswith(f"{at}.") for at in places)))

    def applies(self, at: str, chosen: Mapping[str, Any]) -> bool:
        """Whether there is a field `at` once other places have these values: some optimizers have no momentum."""
        above = {place: value for place, value in chosen.items() if at.startswith(f"{place}.")}
        try:
            return not above or at in axes.fields(self.experiment(above))
        except ValueError:
            return True  # whoever trains it will say what is wrong

    @property
    def sought(self) -> tuple[Objective, ...]:
        """The objectives."""
        return tuple(OBJECTIVES[name] for name in self.objectives)

    @property
    def prunes(self) -> bool:
        """Whether trials may be given up before their end."""
        return self.pruner != "none" and len(self.objectives) == 1

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know before it begins, in plain sentences."""
        return tuple(_remarks(self))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_dimensions(self)
        _check_objectives(self)
        if self.trials is None and self.minutes is None:
            raise refusal("StudySpec", ("trials",), "say after how many trials, or minutes, the search ends", None)
        return self

    def experiment(self, values: dict[str, Any]) -> Experiment:
        """The experiment of a trial with these values by place. Raises ValueError, in words for a person."""
        return axes.vary(self.base, values)


def _remarks(spec: StudySpec) -> Iterator[str]:
    if all(_is_single(dimension) for dimension in spec.dimensions):
        yield "There is only one value to try: all trials will be alike."
    if len(spec.objectives) == 2 and spec.pruner != "none":
        yield "With two objectives no trial is given up early: nobody could say yet which of two is worse."
    if spec.sampler == "cmaes":
        numbers = sum(isinstance(dimension, Range) for dimension in spec.dimensions)
        if numbers < len(spec.dimensions):
            yield "CMA-ES moves numbers only: choices and switches are drawn at random."
        if numbers == 1:
            yield "CMA-ES is made for several numbers at once; with a single one TPE does as well."


def _is_single(dimension: Dimension) -> bool:
    return dimension.low == dimension.high if isinstance(dimension, Range) else len(dimension.values) == 1


def _check_dimensions(spec: StudySpec) -> None:
    known, seen = axes.fields(spec.base), set()
    for index, dimension in enumerate(spec.dimensions):
        where = ("dimensions", index, dimension.kind)
        if dimension.at not in known:
            message = f"this experiment has no field {dimension.at[:60]!r}"
            raise refusal("StudySpec", (*where, "at"), message, dimension.at)
        field = known[dimension.at]
        if dimension.at in seen:
            raise refusal("StudySpec", (*where, "at"), f"{field.label} is searched twice", dimension.at)
        seen.add(dimension.at)
        check = _check_range if isinstance(dimension, Range) else _check_choices
        check(dimension, field, where)


def _check_range(given: Range, field: axes.Field, where: tuple[str | int, ...]) -> None:
    if not field.is_number:
        raise refusal("StudySpec", (*where, "at"), f"{field.label} is no number: give the choices", given.at)
    for name in ("low", "high"):
        value = getattr(given, name)
        if field.kind == "integer" and value != int(value):
            raise refusal("StudySpec", (*where, name), f"{field.label} is a whole number, {value:g} is not", value)
        least, most = field.low, field.high
        if (least is not None and value < least) or (most is not None and value > most):
            between = f"from {least:g} to {most:g}" if None not in (least, most) else _one_end(least, most)
            raise refusal("StudySpec", (*where, name), f"{field.label} can be {between}, not {value:g}", value)
    if given.low > given.high:
        raise refusal("StudySpec", (*where, "high"), f"{field.label} must end above {given.low:g}", given.high)
    if given.log and given.low <= 0:
        message = f"{field.label} must begin above 0 on a logarithmic scale"
        raise refusal("StudySpec", (*where, "low"), message, given.low)
    step = given.steps
    if step is not None and field.kind == "integer" and step != int(step):
        raise refusal("StudySpec", (*where, "step"), f"{field.label} needs whole steps", step)
    if step is not None and step > max(given.high - given.low, 1e-300):
        raise refusal("StudySpec", (*where, "step"), "one step is wider than the whole range", step)


def _one_end(least: float | None, most: float | None) -> str:
    return f"{least:g} or more" if least is not None else f"up to {most:g}"


def _check_choices(given: Choices, field: axes.Field, where: tuple[str | int, ...]) -> None:
    where = (*where, "values")
    if len({(type(value) is bool, value) for value in given.values}) < len(given.values):
        raise refusal("StudySpec", where, f"{field.label}: a value is given twice", given.values)
    known = [value for value, _ in field.choices]
    for value in given.values:
        if field.is_number:
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            fits = fits and (field.low is None or value >= field.low) and (field.high is None or value <= field.high)
            fits = fits and (field.kind != "integer" or value == int(value))
        else:
            fits = any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in known)
        if not fits:
            raise refusal("StudySpec", where, f"{field.label} cannot be {axes.said(field, value)[:40]}", value)


def _check_objectives(spec: StudySpec) -> None:
    fitting, where = objectives_for(spec.base), ("objectives",)
    for name in spec.objectives:
        if name not in fitting:
            label = OBJECTIVES[name].label
            raise refusal("StudySpec", where, f"{label} is not measured on these data", spec.objectives)
    if len(set(spec.objectives)) < len(spec.objectives):
        raise refusal("StudySpec", where, "the two objectives must differ", spec.objectives)
    if spec.objectives[0] not in LEARNT:
        message = f"the first objective must be one that is learnt: {' or '.join(n for n in LEARNT if n in fitting)}"
        raise refusal("StudySpec", where, message, spec.objectives)
    if len(spec.objectives) == 2 and spec.sampler == "cmaes":
        message = "CMA-ES follows one objective; choose TPE, Random or Gaussian process for two"
        raise refusal("StudySpec", ("sampler",), message, spec.sampler)
