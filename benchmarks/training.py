"""How fast training alone is: the fused engine, the torch engine, and a textbook PyTorch loop, taking turns.

    python -m benchmarks training

Both engines run inside a trainer, which also measures, records and takes its snapshots; the textbook loop only trains.
"""

from __future__ import annotations

from itertools import product

from benchmarks.contenders import NETWORKS, OPTIMIZERS, Turns, engine, experiment, prepare, ratio, textbook, verdict

TARGETS = {"2-4-2-1": 300, "2-8-8-8-1": 120}
"""How many times as fast as the textbook loop the fused engine has to be."""


def main(seconds: float = 0.2, rounds: int = 7, warm_seconds: float = 0.4) -> dict[str, dict[str, float]]:
    """Print and return, for each network and optimizer, epochs a second of all three, and how many times as fast as the
    textbook loop the engines are (medians over the turns, which are of `seconds` each)."""
    prepare()
    results = {}
    print(f"{'epochs a second':18}{'textbook':>10}{'torch':>10}{'fused':>10}{'torch/t.':>10}{'fused/t.':>10}")
    for network, optimizer in product(NETWORKS, OPTIMIZERS):
        name, described = f"{network} {optimizer}", experiment(network, optimizer)
        trains = {
            "textbook": textbook(described),
            "torch": engine(described, "torch"),
            "fused": engine(described, "fused"),
        }
        turns = {who: Turns(train, seconds, warm_seconds) for who, train in trains.items()}
        for _ in range(rounds):
            for contender in turns.values():
                contender.take()
        result = results[name] = {who: contender.speed for who, contender in turns.items()}
        line = f"{name:18}" + "".join(f"{result[who]:10,.0f}" for who in trains)
        for who in ("torch", "fused"):
            result[f"{who} ratio"] = ratio(turns[who].speeds, turns["textbook"].speeds)
            line += f"{result[f'{who} ratio']:10.1f}"
        print(line + verdict(result["fused ratio"], TARGETS.get(network)), flush=True)
    return results


if __name__ == "__main__":
    main()
