"""What a trainer asks of an engine."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import numpy as np

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training.knobs import Knobs
from playground.training.order import BatchOrder
from playground.training.tasks.supervised import Supervised


class Engine(Protocol):
    """Takes steps between two points at which the trainer looks (measures, photographs, changes knobs).

    It works in place on `network.flat.values`, so that the module always holds the present parameters and running
    means. Which samples a step sees comes from `order`, dropout masks from (seed, path, step) as `network.dropout`
    documents: nothing else may be random, and results must not depend on how the steps are divided into calls.
    """

    name: ClassVar[str]
    chunk: ClassVar[int]
    """Steps that may be asked for at once: after so many the trainer looks at whether all numbers are finite, which
    should cost little beside them."""

    reason: ClassVar[str]
    """Why "auto" takes it, in one sentence for a person; empty where that is said by why others were passed over."""

    def __init__(self, experiment: Experiment, network: Network, task: Supervised, order: BatchOrder) -> None: ...

    @classmethod
    def refusal(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """Why it cannot train this, in one sentence for a person; None when it can."""

    @classmethod
    def reluctance(cls, experiment: Experiment, network: Network, task: Supervised) -> str | None:
        """Why "auto" should rather take another engine, though this one could: in one sentence for a person; None when
        it should take this one."""

    def run(self, start: int, rates: np.ndarray, knobs: Knobs) -> np.ndarray:
        """Take steps `start`, `start + 1`, ..., one for each learning rate; the loss of each batch before its step.

        Does not stop where a loss is not finite: the trainer finds the place. The frozen layers (`knobs.frozen`) and
        the silenced units of the network may have changed since the last call.
        """
        ...

    def measure(self) -> tuple[float, float, float, float]:
        """As `Supervised.measure` of the network; the mode of the network is as before afterwards."""
        ...

    def restart(self) -> None:
        """Forget what the optimizer remembers (momentum, averages, curvature), as at the first step; the network's
        numbers stay, and so does the step."""
        ...

    def state(self) -> dict[str, Any]:
        """Everything the next step depends on: dicts and lists of float32 tensors and numbers (see `packing`).

        "values": those of the network; "apart": whether each parameter is stepped by itself; "optimizers": what
        PyTorch's optimizers keep of each, by PyTorch's names. So every engine can go on from the state of every other.
        Live tensors are fine: they are copied at once.
        """
        ...

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state()` gave; its tensors belong to the engine from then on."""
        ...
