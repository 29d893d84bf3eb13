"""Where PyTorch's matrix products overtake the fused engine: the time of a step on both, by width and batch.

    python -m benchmarks engines

Two hidden layers with tanh, SGD, one thread; the steps alone, without what a trainer does beside them.
`playground.training.engines.fused.rule` takes from this what "auto" chooses.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.contenders import prepare
from playground.data import load
from playground.experiment import Experiment
from playground.experiment.presets.recipes import playground_rules, recipe, stack
from playground.network import build
from playground.training.engines import Engine
from playground.training.engines.selection import ENGINES
from playground.training.knobs import Knobs
from playground.training.order import BatchOrder
from playground.training.tasks.supervised import Supervised

WIDTHS = (16, 64, 128, 256, 512, 1024)
BATCHES = (1, 10, 64, 256, 1024)
MOST_STEPS = 400


def main(seconds: float = 0.08, rounds: int = 3) -> dict[tuple[int, int], float]:
    """Print and return, by width and batch, how many times as fast as the torch engine the fused one is (the quickest
    of the rounds, of about `seconds` each)."""
    prepare()
    results: dict[tuple[int, int], float] = {}
    print("microseconds of a step: torch / fused = how many times as fast; * where auto takes torch\n")
    print(f"{'width':>5}{'parameters':>12}" + "".join(f"{f'batch {batch}':>24}" for batch in BATCHES))
    for width in WIDTHS:
        line = ""
        for batch in BATCHES:
            described = _experiment(width, batch)
            engines = {name: _Steps(described, name) for name in ("torch", "fused")}
            for _ in range(rounds):
                for steps in engines.values():
                    steps.take(seconds)
            torch, fused = (steps.quickest * 1e6 for steps in engines.values())
            results[width, batch] = torch / fused
            mark = "*" if engines["fused"].passed_over else " "
            line += f"{f'{torch:,.0f} / {fused:,.0f} = {_short(torch / fused)}{mark}':>24}"
        print(f"{width:5}{engines['fused'].parameters:12,}{line}", flush=True)
    return results


def _experiment(width: int, batch: int) -> Experiment:
    rules = playground_rules({"kind": "circle", "samples": 2 * max(batch, 20)}, stack(width, width))
    return Experiment.model_validate({**rules, "training": recipe("half_mse", "sgd", 0.001, batch)})


def _short(times: float) -> str:
    return f"{times:.1f}" if times < 10 else f"{times:.0f}"


class _Steps:
    """An engine by itself. quickest: seconds of a step, in the best turn."""

    def __init__(self, described: Experiment, name: str) -> None:
        data = load(described.data)
        network, task = build(described, data), Supervised(described, data)
        order = BatchOrder(described.seed, task.samples, described.training.batch_size)
        self.parameters = network.flat.parameters.numel()
        self.passed_over = ENGINES[name].reluctance(described, network, task) is not None
        self._engine: Engine = ENGINES[name](described, network, task, order)
        self._knobs = Knobs.of(described)
        self._next = 0
        self._run(2)  # what is made at the first step, and found at the second
        self.quickest = self._run(3)

    def take(self, seconds: float) -> None:
        """A turn of about `seconds`."""
        self.quickest = min(self.quickest, self._run(max(2, min(MOST_STEPS, int(seconds / self.quickest)))))

    def _run(self, steps: int) -> float:
        """Seconds for each."""
        start = time.perf_counter()
        self._engine.run(self._next, np.full(steps, 1e-4), self._knobs)
        self._next += steps
        return (time.perf_counter() - start) / steps


if __name__ == "__main__":
    main()
