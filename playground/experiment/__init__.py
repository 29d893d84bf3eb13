"""What a person can describe: data, a stack of layers, a training recipe; and how it is shared as a link."""

from playground.experiment.data import task_of
from playground.experiment.experiment import Experiment, walk
from playground.experiment.head import Head, head_of
from playground.experiment.link import LinkError
from playground.experiment.registry import REGISTRIES, layer_kinds, losses_for

__all__ = [
    "REGISTRIES",
    "Experiment",
    "Head",
    "LinkError",
    "head_of",
    "layer_kinds",
    "losses_for",
    "task_of",
    "walk",
]
