"""How fast a run trains while somebody watches it, and what being watched costs it.

    python -m benchmarks viewing

One worker, as the server has them, with a run on each engine. The viewer takes boundary, curves and what the middle of
the page shows (the network, or the inside of the training) as fast as they come and confirms each frame at once, as a
browser that draws in no time would. The runs and a textbook PyTorch loop, which nobody watches, take turns: whatever
else the machine does slows all of them. The cost in processor time is that of the worker alone: a machine that is busy
with something else does not blur it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.contenders import NETWORKS, OPTIMIZERS, Turns, experiment, prepare, ratio, textbook, verdict
from playground.experiment import Experiment
from playground.runs import Hub
from playground.settings import settings

BESIDE = {"boundary": {}, "curves": {}}
VIEWS = {
    "network": {**BESIDE, "network": {}},
    "inside": {**BESIDE, "findings": {}, "gradients": {}, "units": {}, "activations": {}, "weight_history": {}},
}
CASES = [
    *product(NETWORKS, OPTIMIZERS, ["network"]),
    *product(["2-4-2-1", "2-8-8-8-1"], ["SGD"], ["inside"]),
]
TARGETS = {"2-4-2-1": 100, "2-8-8-8-1": 40}
"""How many times as fast as the textbook loop the fused engine has to be while it is watched."""
COST = 0.15
"""Of the throughput is what watching may cost."""
WARM_EPOCHS = {"fused": 40_000, "torch": 400}

WARM_SECONDS = 2.0


class Pace(NamedTuple):
    """Epochs per second of the clock and of the worker's processor time; frames per second; kilobytes a frame."""

    clock: float
    processor: float
    frames: float = 0.0
    kilobytes: float = 0.0


def main(seconds: float = 0.6, rounds: int = 4) -> dict[str, dict[str, float]]:
    """Print and return, for each case ("2-4-2-1 SGD inside"), epochs per second of the textbook loop, of a watched run
    on the torch engine, and of one on the fused engine with nobody there ("alone") and "watched"; how many times as
    fast as the textbook loop the watched ones are; what a frame is, and the two costs of being watched.

    A cost is the share of the throughput that watching takes (medians over the rounds, as everything here).
    """
    prepare()
    results = {}
    print(
        f"{'':26}{'textbook':>9}{'torch':>7}{'torch/t.':>9}{'fused':>9}{'fused':>9}{'fused/t.':>9}{'what watching':>20}"
    )
    print(f"{'epochs a second':35}{'watched':>7}{'':9}{'alone':>9}{'watched':>9}{'':9}", end="")
    print(f"{'costs':>8}{'processor':>12}{'frames/s':>10}{'kB/frame':>10}")
    hub = Hub(dataclasses.replace(settings, workers=1))
    try:
        for network, optimizer, shown in CASES:
            name = f"{network} {optimizer} {shown}"
            result = asyncio.run(_compare(hub, experiment(network, optimizer), VIEWS[shown], seconds, rounds))
            results[name] = result
            line = f"{name:26}{result['textbook']:9,.0f}{result['torch']:7,.0f}{result['torch ratio']:9.1f}"
            line += f"{result['alone']:9,.0f}{result['watched']:9,.0f}{result['ratio']:9.1f}"
            line += f"{result['cost']:8.1%}{result['processor cost']:12.1%}"
            line += f"{result['frames']:10.1f}{result['kilobytes']:10.1f}"
            line += verdict(result["ratio"], TARGETS.get(network))
            print(line + ("" if result["processor cost"] <= COST else "  costs more than it may"), flush=True)
    finally:
        hub.close()
    return results


async def _compare(
    hub: Hub, described: Experiment, views: dict[str, Any], seconds: float, rounds: int
) -> dict[str, float]:
    book = Turns(textbook(described), seconds / 3, seconds / 2)
    runs = {engine: warm(hub, described, engine, epochs) for engine, epochs in WARM_EPOCHS.items()}
    for run_id in runs.values():
        await watched(hub, run_id, views, seconds)  # gathers speed, and draws everything for the first time
    slow, free, seen = [], [], []
    for _ in range(rounds):
        book.take()
        slow.append(await watched(hub, runs["torch"], views, seconds / 2))
        free.append(await alone(hub, runs["fused"], seconds))
        seen.append(await watched(hub, runs["fused"], views, seconds))
    return {
        "textbook": book.speed,
        "torch": median(pace.clock for pace in slow),
        "torch ratio": ratio([pace.clock for pace in slow], book.speeds),
        "alone": median(pace.clock for pace in free),
        "watched": median(pace.clock for pace in seen),
        "ratio": ratio([pace.clock for pace in seen], book.speeds),
        "frames": median(pace.frames for pace in seen),
        "kilobytes": median(pace.kilobytes for pace in seen),
        "cost": median(1 - b.clock / a.clock for a, b in zip(free, seen, strict=True)),
        "processor cost": median(1 - b.processor / a.processor for a, b in zip(free, seen, strict=True)),
    }


def warm(hub: Hub, described: Experiment, engine: str, epochs: int, seconds: float = WARM_SECONDS) -> str:
    """A run on this engine that is past the first thousand steps, of which it records every few; it rests.

    It has had so many `epochs`, or as many as go into `seconds`.
    """
    run_id = hub.create(described, device="cpu", engine=engine)
    hub.checkpoint(run_id, timeout=60)  # it is built, and the worker has started
    hub.control(run_id, "epoch", epochs)  # an exact number is taken as fast as it goes
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and (hub.get(run_id).step == 0 or hub.get(run_id).state == "playing"):
        time.sleep(0.05)
    hub.control(run_id, "pause")
    hub.checkpoint(run_id)
    if (found := hub.get(run_id).engine) != engine:
        raise RuntimeError(f"it was to train on the {engine} engine, and does on {found}")
    return run_id


async def alone(hub: Hub, run_id: str, seconds: float) -> Pace:
    """How it trains while nobody looks."""
    hub.control(run_id, "play")
    start = _marks(hub, run_id)
    await asyncio.sleep(seconds)
    end = _marks(hub, run_id)
    hub.control(run_id, "pause")
    return _pace(hub, run_id, start, end)


async def watched(hub: Hub, run_id: str, views: dict[str, Any], seconds: float) -> Pace:
    """How it trains while somebody looks."""
    hub.control(run_id, "play")
    subscription = hub.subscribe(run_id)
    subscription.watch(views)
    await subscription.next_frame()
    subscription.ack(1)
    start, count, size = _marks(hub, run_id), 0, 0
    while time.perf_counter() - start[0] < seconds:
        frame = await subscription.next_frame()
        count, size = count + 1, size + len(frame)
        subscription.ack(count + 1)
    end = _marks(hub, run_id)
    subscription.close()
    hub.control(run_id, "pause")
    pace = _pace(hub, run_id, start, end)
    return pace._replace(frames=count / (end[0] - start[0]), kilobytes=size / count / 1000)


def _marks(hub: Hub, run_id: str) -> tuple[float, float, int]:
    """The clock, the worker's processor time (seconds) and the run's step, now."""
    hub.checkpoint(run_id)
    (worker,) = hub.stats()["workers"]
    nanoseconds = int(Path(f"/proc/{worker}/schedstat").read_text().split()[0])
    return time.perf_counter(), nanoseconds / 1e9, hub.get(run_id).step


def _pace(hub: Hub, run_id: str, start: tuple[float, float, int], end: tuple[float, float, int]) -> Pace:
    epochs = (end[2] - start[2]) / hub.get(run_id).status["steps_per_epoch"]
    return Pace(epochs / (end[0] - start[0]), epochs / (end[1] - start[1]))


if __name__ == "__main__":
    main()
