"""Whether an experiment can be trained, without torch: its data can be read and its layers fit one another."""

from __future__ import annotations

from playground.data import class_names, input_shape
from playground.experiment import Experiment
from playground.network.shapes import infer


def problem_of(experiment: Experiment) -> str | None:
    """Why it cannot be trained, in a sentence or two for a person; None where it can.

    Loads only a person's own data.
    """
    try:
        shape, classes = input_shape(experiment.data), len(class_names(experiment.data))
    except ValueError as error:  # a TableError, as a rule
        return str(error)
    problems = infer(experiment, shape, classes).problems
    if not problems:
        return None
    path, text = problems[0]
    if isinstance(path, str) or not path:
        return text
    return f"Layer {'.'.join(str(index + 1) for index in path)}: {text}"
