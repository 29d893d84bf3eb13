"""What it costs a run to be watched: steps a second with nobody there, and with a viewer who takes every view.

    python -m benchmarks.viewing

One run in one worker; the viewer comes and goes, so that whatever else the machine does slows both. It takes boundary,
curves and what the middle of the page shows (the network, or the inside of the training) as fast as they come and
confirms each frame at once, as a browser that draws in no time would. The cost in processor time is that of the worker
alone: a machine that is busy with something else does not blur it.
"""

import asyncio
import dataclasses
import time
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playground.experiment.presets import tensorflow_playground
from playground.runs import Hub
from playground.settings import settings

BESIDE = {"boundary": {}, "curves": {}}
VIEWS = {
    "network": {**BESIDE, "network": {}},
    "inside": {**BESIDE, "findings": {}, "gradients": {}, "units": {}, "activations": {}, "weight_history": {}},
}
TARGET = 0.15  # of the throughput is what watching may cost
NETWORKS = {"2-4-2-1": (4, 2), "2-8-8-1": (8, 8), "2-32-32-32-1": (32, 32, 32)}


class Pace(NamedTuple):
    """Steps per second of the clock and of the worker's processor time; frames per second; kilobytes a frame."""

    clock: float
    processor: float
    frames: float = 0.0
    kilobytes: float = 0.0


def main(seconds: float = 1.5, rounds: int = 12) -> dict[str, dict[str, float]]:
    """Print and return, for each network and what is looked at ("2-4-2-1 inside"), steps per second alone and watched,
    what a frame is, and the two costs.

    A cost is the share of the throughput that watching takes (medians over the rounds).
    """
    results = {}
    print(f"{'':22}{'alone':>9}{'watched':>9}{'frames/s':>10}{'kB/frame':>10}{'cost':>8}{'processor':>11}")
    hub = Hub(dataclasses.replace(settings, workers=1))
    try:
        for (network, widths), shown in product(NETWORKS.items(), VIEWS):
            name = f"{network} {shown}"
            result = results[name] = asyncio.run(_compare(hub, widths, VIEWS[shown], seconds, rounds))
            line = f"{name:22}{result['alone']:9.0f}{result['watched']:9.0f}{result['frames']:10.1f}"
            line += f"{result['kilobytes']:10.1f}{result['cost']:8.1%}{result['processor cost']:11.1%}"
            print(line + ("" if result["processor cost"] <= TARGET else "  more than it may"), flush=True)
    finally:
        hub.close()
    return results


async def _compare(
    hub: Hub, widths: tuple[int, ...], views: dict[str, dict], seconds: float, rounds: int
) -> dict[str, float]:
    stack = [layer for width in widths for layer in ({"kind": "linear", "units": width}, {"kind": "tanh"})]
    run_id = hub.create(tensorflow_playground(network=stack))
    hub.control(run_id, "play")
    hub.checkpoint(run_id)
    await _watched(hub, run_id, views, 2 * seconds)  # past the first thousand steps, of which it records every few
    pairs = [(await _alone(hub, run_id, seconds), await _watched(hub, run_id, views, seconds)) for _ in range(rounds)]
    hub.control(run_id, "pause")
    return {
        "alone": median(alone.clock for alone, _ in pairs),
        "watched": median(watched.clock for _, watched in pairs),
        "frames": median(watched.frames for _, watched in pairs),
        "kilobytes": median(watched.kilobytes for _, watched in pairs),
        "cost": median(1 - watched.clock / alone.clock for alone, watched in pairs),
        "processor cost": median(1 - watched.processor / alone.processor for alone, watched in pairs),
    }


async def _alone(hub: Hub, run_id: str, seconds: float) -> Pace:
    """How it trains while nobody looks."""
    start = _marks(hub, run_id)
    await asyncio.sleep(seconds)
    return _pace(start, _marks(hub, run_id))


async def _watched(hub: Hub, run_id: str, views: dict[str, dict], seconds: float) -> Pace:
    """How it trains while somebody looks."""
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
    return _pace(start, end)._replace(frames=count / (end[0] - start[0]), kilobytes=size / count / 1000)


def _marks(hub: Hub, run_id: str) -> tuple[float, float, int]:
    """The clock, the worker's processor time (seconds) and the run's step, now."""
    hub.checkpoint(run_id)
    (worker,) = hub.stats()["workers"]
    nanoseconds = int(Path(f"/proc/{worker}/schedstat").read_text().split()[0])
    return time.perf_counter(), nanoseconds / 1e9, hub.get(run_id).step


def _pace(start: tuple[float, float, int], end: tuple[float, float, int]) -> Pace:
    steps = end[2] - start[2]
    return Pace(steps / (end[0] - start[0]), steps / (end[1] - start[1]))


if __name__ == "__main__":
    main()
