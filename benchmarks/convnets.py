"""How fast a convolutional network trains while a page shows it, beside a plain PyTorch loop that nobody watches.

    python -m benchmarks convnets

The loop only trains, as fast as PyTorch lets it: images held as tensors and gathered by index, a fused Adam, with and
without channels last, on one thread and on two; what counts is the quickest of these. The engine runs in a worker as
the server has them, in one thread, and also measures, records, takes snapshots, and draws what the page of images shows
for a viewer who takes frames as fast as they come. They take turns; ratios are medians over the turns. "by processor
time" compares with the loops of one thread, and is hardly blurred by what else a machine does.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import asyncio
import dataclasses
import time
from collections.abc import Iterator
from itertools import product
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks.contenders import ratio, verdict
from benchmarks.viewing import Pace, alone, warm, watched
from playground.data import load
from playground.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.runs import Hub
from playground.settings import settings

PRESET_NAMES = ("lenet", "small-vgg", "all-convolutional")
BATCH_SIZES = {"lenet": (32, 64, 128)}
"""Other presets as they are."""
VIEWS: dict[str, dict[str, Any]] = {
    "curves": {}, "prediction": {}, "samples": {"shown": 64}, "filters": {}, "feature_maps": {},
}  # fmt: skip
"""What the page shows at a time, and more: filters and feature maps take turns there."""
TARGET, FRAMES = 0.85, 5.0
"""Of the quickest loop's images a second, and frames a second, at least."""
ACCURACY, SECONDS = 0.95, 30.0
WARM_STEPS = 1_000
"""Steps before anything is timed: up to there a run of images is measured every few steps, which takes a quarter of a
deep network's time."""
LOOPS = {f"{n} thread{'s'[: n - 1]}{', ch. last' if last else ''}": (n, last) for n, last in product((1, 2), (0, 1))}


class Plain:
    """A loop as one writes it who wants it quick, on `threads` threads."""

    def __init__(self, experiment: Experiment, threads: int, channels_last: bool) -> None:
        data = load(experiment.data)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self._x = torch.tensor(data.x_train).view(-1, *data.image).contiguous(memory_format=layout)
        self._y, self._threads = torch.tensor(data.y_train), threads
        self._size = experiment.training.batch_size
        self._model = plain_model(experiment, data.image, len(data.classes)).to(memory_format=layout)
        optimizer = experiment.training.optimizer
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=optimizer.lr, fused=True)
        self._loss = nn.CrossEntropyLoss()
        self._batches = self._forever()
        self.paces: list[Pace] = []

    def _forever(self) -> Iterator[torch.Tensor]:
        while True:
            yield from torch.randperm(len(self._x)).split(self._size)

    def take(self, seconds: float) -> None:
        """Train for so long, and remember how fast that was: epochs per second, by clock and by processor."""
        torch.set_num_threads(self._threads)
        begun, spent, images = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - begun < seconds:
            rows = next(self._batches)
            self._optimizer.zero_grad()
            self._loss(self._model(self._x[rows]), self._y[rows]).backward()
            self._optimizer.step()
            images += len(rows)
        epochs = images / len(self._x)
        self.paces.append(Pace(epochs / (time.perf_counter() - begun), epochs / (time.process_time() - spent)))
        torch.set_num_threads(1)


def plain_model(experiment: Experiment, image: tuple[int, int, int], classes: int) -> nn.Sequential:
    """The same network of PyTorch's own modules (no residual blocks)."""
    made: list[nn.Module] = []
    x = torch.zeros(2, *image)
    for layer in experiment.network:
        made.append(_module(layer, x))
        x = made[-1](x)
    return nn.Sequential(*made, nn.Flatten(), nn.Linear(x[0].numel(), classes))


def _module(layer: Any, x: torch.Tensor) -> nn.Module:
    match layer.kind:
        case "linear":
            return nn.Linear(x[0].numel(), layer.units)
        case "conv2d":
            return nn.Conv2d(x.shape[1], **layer.arguments())
        case "batch_norm":
            return nn.BatchNorm2d(x.shape[1])
        case "dropout":
            return nn.Dropout(layer.p)
    return getattr(nn, layer.torch_name)(**layer.arguments())


def main(seconds: float = 1.0, rounds: int = 5, presets: tuple[str, ...] = PRESET_NAMES) -> dict[str, dict[str, float]]:
    """Print and return, for each preset and batch size ("lenet 64"), images per second of every loop and of the engine
    alone and watched, frames per second, and the two ratios; and how soon LeNet-5 reads 95 of 100 test images."""
    torch.set_num_threads(1)
    results = {}
    print(f"{'images a second':22}" + "".join(f"{name:>21}" for name in (*LOOPS, "engine alone", "watched")))
    hub = Hub(dataclasses.replace(settings, workers=1))
    try:
        for preset in presets:
            described = PRESETS[preset].experiment
            for batch_size in BATCH_SIZES.get(preset, (described.training.batch_size,)):
                training = described.training.model_copy(update={"batch_size": batch_size})
                experiment = described.model_copy(update={"training": training})
                name = f"{preset} {batch_size}"
                results[name] = asyncio.run(_compare(hub, experiment, seconds, rounds))
                print(_line(name, results[name]), flush=True)
        results["lenet"] = {"seconds": asyncio.run(_soon(hub))}
    finally:
        hub.close()
    return results


async def _compare(hub: Hub, experiment: Experiment, seconds: float, rounds: int) -> dict[str, float]:
    images = len(load(experiment.data).x_train)
    loops = {name: Plain(experiment, *how) for name, how in LOOPS.items()}
    run_id = warm(hub, experiment, "torch", -(-WARM_STEPS * experiment.training.batch_size // images), 60)
    await watched(hub, run_id, VIEWS, seconds)  # draws everything for the first time
    free, seen = [], []
    for _ in range(rounds):
        for loop in loops.values():
            loop.take(seconds / 2)
        free.append(await alone(hub, run_id, seconds))
        seen.append(await watched(hub, run_id, VIEWS, seconds))
    clock = {name: median(pace.clock for pace in loop.paces) for name, loop in loops.items()}
    best = loops[max(clock, key=clock.get)].paces
    lean = max((loops[name].paces for name, how in LOOPS.items() if how[0] == 1), key=lambda p: median(x[1] for x in p))
    return {
        **{name: images * pace for name, pace in clock.items()},
        "engine alone": images * median(pace.clock for pace in free),
        "watched": images * median(pace.clock for pace in seen),
        "frames": median(pace.frames for pace in seen),
        "ratio": ratio([pace.clock for pace in seen], [pace.clock for pace in best]),
        "processor ratio": ratio([pace.processor for pace in seen], [pace.processor for pace in lean]),
    }


def _line(name: str, result: dict[str, float]) -> str:
    line = f"{name:22}" + "".join(f"{result[who]:21,.0f}" for who in (*LOOPS, "engine alone", "watched"))
    line += f"\n{'':22}watched, of the quickest loop: {result['ratio']:.2f}" + verdict(result["ratio"], TARGET)
    line += f"; by processor time: {result['processor ratio']:.2f}"
    return line + f"; frames a second: {result['frames']:.1f}" + verdict(result["frames"], FRAMES, "a second")


async def _soon(hub: Hub) -> float:
    """Seconds until LeNet-5 is right about `ACCURACY` of the test images, every view open, from the press on play."""
    run_id = hub.create(PRESETS["lenet"].experiment, device="cpu", engine="auto")
    hub.checkpoint(run_id, timeout=60)
    subscription = hub.subscribe(run_id)
    subscription.watch(VIEWS)
    hub.control(run_id, "play")
    start, count, found = time.perf_counter(), 0, 0.0
    while found < ACCURACY and time.perf_counter() - start < 2 * SECONDS:
        await subscription.next_frame()
        count += 1
        subscription.ack(count)
        found = hub.get(run_id).status["metric"]["test"] or 0.0
    took = time.perf_counter() - start
    subscription.close()
    hub.control(run_id, "pause")
    met = "met" if found >= ACCURACY and took <= SECONDS else "MISSED"
    print(f"LeNet-5, every view open: {found:.1%} of the test images after {took:.1f} s; within {SECONDS:g} s: {met}")
    return took


if __name__ == "__main__":
    main()
