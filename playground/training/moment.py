"""One moment of a run, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training.tasks.supervised import Supervised


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The network as it was at `step`: a copy of its own in evaluation mode, which nothing that trains ever changes."""

    step: int
    epoch: float
    module: Network
    dataset: Any
    task: Supervised
    experiment: Experiment
