"""How fast each of many runs trains where 1, 10 and 100 of them share two workers, with nobody watching.

    python -m benchmarks sharing

Every run is the circle with 2-4-2-1 and a seed of its own. A run's speed is what it did between two checkpoints some
seconds apart, by the clock; all have gathered speed by then. Beside it a textbook PyTorch loop, which has the machine
to itself just before.
"""

from __future__ import annotations

import dataclasses
import os
import time
from statistics import median

from benchmarks.contenders import Turns, experiment, prepare, textbook, verdict
from playground.runs import Hub
from playground.settings import settings

WORKERS = 2
RUNS = (1, 10, 100)
CASES = [*(("fused", "SGD", runs) for runs in RUNS), ("fused", "Adam", 100), ("torch", "SGD", 1), ("torch", "SGD", 100)]
TARGETS = {("fused", 100): 200}
"""Epochs a second that each of so many runs has to make."""
WARM_EPOCHS = {"fused": 4_000, "torch": 40}
"""All are taken from so many epochs on (but not after more than `WARM_SECONDS`)."""
WARM_SECONDS = 15.0


def main(seconds: float = 4.0) -> dict[str, dict[str, float]]:
    """Print and return, for each engine, optimizer and number of runs ("fused SGD 100"), epochs per second in total and
    of the slowest, the median and the quickest run, how many times as much as the textbook loop the total is, and the
    seconds from the press of play until the slowest was warmed up."""
    prepare()
    results = {}
    print(f"{'':12}{'runs':>6}{'total':>11}{'textbook':>10}{'total/t.':>10}", end="")
    print(f"{'slowest':>10}{'median':>10}{'quickest':>10}{'warm after':>12}   (epochs a second)")
    hub = Hub(dataclasses.replace(settings, workers=WORKERS, runs_per_worker=sum(runs for *_, runs in CASES)))
    try:
        for engine, optimizer, runs in CASES:
            book = Turns(textbook(experiment("2-4-2-1", optimizer)), 0.3, 0.3)
            for _ in range(3):
                book.take()
            warm, speeds = _speeds(hub, engine, optimizer, runs, seconds)
            result = results[f"{engine} {optimizer} {runs}"] = {
                "total": sum(speeds),
                "textbook": book.speed,
                "ratio": sum(speeds) / book.speed,
                "slowest": min(speeds),
                "median": median(speeds),
                "quickest": max(speeds),
                "warm seconds": warm,
            }
            line = f"{engine + ' ' + optimizer:12}{runs:6}{result['total']:11,.0f}{result['textbook']:10,.0f}"
            line += (
                f"{result['ratio']:10.1f}{result['slowest']:10,.0f}{result['median']:10,.0f}{result['quickest']:10,.0f}"
            )
            line += f"{warm:10.1f} s" + verdict(result["slowest"], TARGETS.get((engine, runs)), "epochs/s each")
            print(line, flush=True)
    finally:
        hub.close()
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"\nload of the machine at the end {load:.1f}; workers give way to everything else on its {cores} cores")
    return results


def _speeds(hub: Hub, engine: str, optimizer: str, runs: int, seconds: float) -> tuple[float, list[float]]:
    """Seconds until all are warmed up, and then the epochs per second of each. They rest afterwards."""
    described = [experiment("2-4-2-1", optimizer, seed) for seed in range(runs)]
    ids = [hub.create(one, device="cpu", engine=engine) for one in described]
    for run_id in ids:
        hub.checkpoint(run_id, timeout=60)
    if (found := {hub.get(run_id).engine for run_id in ids}) != {engine}:
        raise RuntimeError(f"they were to train on the {engine} engine, and do on {found}")
    start = time.perf_counter()
    for run_id in ids:
        hub.control(run_id, "play")
    while min(hub.get(run_id).epoch for run_id in ids) < WARM_EPOCHS[engine]:
        time.sleep(0.2)
        if time.perf_counter() - start > WARM_SECONDS:
            break
    warm = time.perf_counter() - start
    first = [_mark(hub, run_id) for run_id in ids]
    time.sleep(seconds)
    last = [_mark(hub, run_id) for run_id in ids]
    for run_id in ids:
        hub.control(run_id, "pause")
    for run_id in ids:
        hub.checkpoint(run_id, timeout=60)
    return warm, [(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(first, last, strict=True)]


def _mark(hub: Hub, run_id: str) -> tuple[float, float]:
    """The clock, and how many epochs a run has made by then."""
    hub.checkpoint(run_id, timeout=60)
    return time.perf_counter(), hub.get(run_id).epoch


if __name__ == "__main__":
    main()
