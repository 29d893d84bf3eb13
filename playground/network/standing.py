"""Whether experiments can be trained, one alone or many at once, without torch: whether their data can be read, their
layers fit one another, and there is room for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from playground.data import class_names, input_shape
from playground.experiment import Experiment
from playground.network.shapes import Summary, infer
from playground.settings import settings

MOST_PARAMETERS = 20
"""Parameters of all networks that train at once, as a multiple of what a single one may have."""
MOST_VALUES = 2
"""Values of all their data, as a multiple of what a single set of images may have."""
MANY = {"image": 70_000, "table": 2_000}
"""How many samples those sets have at most that do not say it, but a person's own tables."""


def problem_of(experiment: Experiment) -> str | None:
    """Why it cannot be trained, in a sentence or two for a person; None where it can.

    Loads only a person's own data.
    """
    try:
        problems = _summary(experiment).problems
    except ValueError as error:  # a TableError, as a rule
        return str(error)
    if not problems:
        return None
    path, text = problems[0]
    if isinstance(path, str) or not path:
        return text
    return f"Layer {'.'.join(str(index + 1) for index in path)}: {text}"


def problem_of_all(experiments: Iterable[Experiment]) -> str | None:
    """Why experiments that could each be trained cannot be trained at once, in a sentence for a person."""
    able = list(experiments)
    parameters, most = sum(_summary(one).parameters for one in able), MOST_PARAMETERS * settings.max_parameters
    if parameters > most:
        return f"Together these networks have {parameters:,} parameters; up to {most:,} are trained at once."
    values, most = sum(_values(data) for data in {one.data for one in able}), MOST_VALUES * settings.image_values
    if values > most:
        return f"Together the data of these networks have {values:,} values; there is room for {most:,} at once."
    return None


def _summary(experiment: Experiment) -> Summary:
    """Raises ValueError where its data cannot be read."""
    shape, classes = input_shape(experiment.data), len(class_names(experiment.data))
    return infer(experiment, shape, classes)


def _values(data: object) -> int:
    """How many numbers a data set has, at most."""
    unknown = settings.csv_rows if data.kind == "csv" else MANY.get(data.family, settings.max_painted)
    return getattr(data, "samples", unknown) * math.prod(input_shape(data))
