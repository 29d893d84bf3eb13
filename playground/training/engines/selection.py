"""Which engine trains an experiment."""

from __future__ import annotations

from playground.experiment import Experiment
from playground.network.network import Network
from playground.training.engines.fused.engine import FusedEngine
from playground.training.engines.protocol import Engine
from playground.training.engines.torch_engine import TorchEngine
from playground.training.tasks.supervised import Supervised

ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (FusedEngine, TorchEngine)}
"""By name, the most wanted first: "auto" takes the first that neither refuses nor would rather not."""


def choose_engine(asked: str, experiment: Experiment, network: Network, task: Supervised) -> tuple[type[Engine], str]:
    """The engine's class, and why it is taken and others were passed over (sentences, or nothing).

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
        passed = engine.refusal(experiment, network, task) or engine.reluctance(experiment, network, task)
        if passed is None:
            return engine, " ".join([*reasons, engine.reason]).strip()
        reasons.append(passed)
    raise ValueError(" ".join(reasons))
