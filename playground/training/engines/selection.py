"""Which engine trains an experiment."""

from __future__ import annotations

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training.engines.protocol import Engine
from playground.training.engines.torch_engine import TorchEngine
from playground.training.tasks.supervised import Supervised

ENGINES: dict[str, type[Engine]] = {TorchEngine.name: TorchEngine}
"""By name, the most wanted first: "auto" takes the first that does not refuse."""


def choose_engine(asked: str, experiment: Experiment, network: Network, task: Supervised) -> tuple[type[Engine], str]:
    """The engine's class, and why the ones before it were passed over (one sentence, or empty).

    Raises ValueError, in plain words, for an engine that does not exist or cannot train this.
    """
    if asked != "auto":
        if asked not in ENGINES:
            raise ValueError(f"There is no engine {asked!r}; there are: auto, {', '.join(ENGINES)}.")
        refusal = ENGINES[asked].refusal(experiment, network, task)
        if refusal:
            raise ValueError(refusal)
        return ENGINES[asked], ""
    reasons = []
    for engine in ENGINES.values():
        refusal = engine.refusal(experiment, network, task)
        if refusal is None:
            return engine, " ".join(reasons)
        reasons.append(refusal)
    raise ValueError(" ".join(reasons))
