"""An experiment in words and as a file's name."""

from __future__ import annotations

from playground.experiment import Experiment
from playground.experiment.stack_words import layer_groups

MOST_LAYERS = 6
"""Layers that are named one by one; of a longer stack the rest is counted."""


def title(experiment: Experiment) -> str:
    """Data and network in one line of plain text: "Circle: 4 tanh, 2 tanh". May hold a file's name: escape it."""
    data = experiment.data
    name = getattr(data, "name", None) or data.label
    groups = layer_groups(experiment.network)
    if len(groups) > MOST_LAYERS:
        groups = [*groups[: MOST_LAYERS - 1], f"{len(groups) - MOST_LAYERS + 1} more"]
    return f"{name}: {', '.join(groups) or 'no hidden layer'}"


def recipe(experiment: Experiment) -> str:
    """How it is trained, in one line: "Half squared error, SGD, learning rate 0.03, batches of 10"."""
    training = experiment.training
    rate = f"learning rate {training.optimizer.lr:g}"
    mixed = ", mixed precision" if training.precision == "mixed" else ""
    return f"{training.loss.label}, {training.optimizer.label}, {rate}, batches of {training.batch_size}{mixed}"


def file_stem(experiment: Experiment) -> str:
    """How its files' names begin: the data's kind and what tells this experiment from others, "circle-1f2e3d4c"."""
    return f"{experiment.data.kind.replace('_', '-')}-{experiment.digest[:8]}"
