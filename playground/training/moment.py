"""One moment of a run, to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.experiment import Experiment
from playground.network.network import Network
from playground.network.shapes import Path
from playground.training.tasks.supervised import Supervised


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The network as it was at `step`: a copy of its own in evaluation mode, which nothing that trains ever changes.

    experiment: with the changes made up to then. silenced: (path of the linear layer, unit) of each neuron that was.
    run: gives the trainer it is a moment of, None once that is gone; for who looks at a moment and at the way to it.
    """

    step: int
    epoch: float
    module: Network
    dataset: Any
    task: Supervised
    experiment: Experiment
    silenced: tuple[tuple[Path, int], ...] = ()
    run: Callable[[], Any] = lambda: None
