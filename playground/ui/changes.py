"""One field of an experiment set to another value: a new experiment, checked as a whole."""

from __future__ import annotations

from typing import Any

from playground.experiment import Experiment, edits

Path = tuple[str | int, ...]
"""Names and indices from the experiment down, as attributes reach it: ("network", 0, "units")."""


def put(experiment: Experiment, at: Path, value: Any) -> Experiment:
    """`experiment` with the field at `at` set to `value`.

    What then no longer fits elsewhere and has an automatic choice takes it: the loss follows the data's task, the
    output activation follows the loss. Raises pydantic.ValidationError, its paths from the experiment down or from the
    data, for a value that is refused; ValueError, IndexError for a place that is none.
    """
    name, rest = str(at[0]), at[1:]
    changed = put_into(getattr(experiment, name), rest, value)
    if name == "data":
        return edits.fit_loss(experiment, type(experiment.data).model_validate(changed))
    if at == ("training", "loss"):
        return _with_loss(experiment, changed)
    return experiment.replace(**{name: changed})


def value_at(experiment: Experiment, at: Path) -> Any:
    """What stands at `at`."""
    node: Any = experiment
    for part in at:
        node = node[part] if isinstance(part, int) else getattr(node, part)
    return node


def put_into(node: Any, path: Path, value: Any) -> Any:
    """`node` with what stands at `path` replaced, still to be checked: models become dicts on the way, so that only the
    whole is checked and its errors have whole paths."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(node, tuple):
        return (*node[:head], put_into(node[head], rest, value), *node[head + 1 :])
    return {**dict(node), head: put_into(getattr(node, head), rest, value) if rest else value}


def _with_loss(experiment: Experiment, training: Any) -> Experiment:
    try:
        return experiment.replace(training=training)
    except ValueError:
        automatic = {**dict(experiment.head), "activation": None}
        return experiment.replace(training=training, head=automatic)
