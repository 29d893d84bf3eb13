"""Hubs with real workers, small experiments, and a viewer that speaks as a browser does."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from playground.experiment import Experiment
from playground.runs import Hub, Subscription
from playground.settings import settings

PATIENCE = 60.0  # seconds until a test gives up on something that should happen within one
EVERYTHING = {"boundary": {"resolution": 40}, "network": {}, "curves": {}}


def experiment(seed: int = 0, network: list[dict] | None = None, data: dict | None = None, **training) -> Experiment:
    """A small circle that trains in no time."""
    return Experiment.model_validate(
        {
            "v": 1,
            "seed": seed,
            "data": {"kind": "circle", "samples": 200, "noise": 0.1, "test_fraction": 0.5, "seed": 1} | (data or {}),
            "network": [{"kind": "linear", "units": 4}, {"kind": "tanh"}] if network is None else network,
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}, "batch_size": 10}
            | training,
        }
    )


@contextlib.contextmanager
def running_hub(**changes: Any) -> Iterator[Hub]:
    """A hub of its own with one worker, or with other settings."""
    hub = Hub(dataclasses.replace(settings, **({"workers": 1} | changes)))
    try:
        yield hub
    finally:
        hub.close()


class Viewer:
    """A browser without a browser: takes frames, keeps what it was sent, acknowledges."""

    def __init__(self, hub: Hub, run_id: str, views: dict | None = None, at: int | None = None) -> None:
        self.subscription: Subscription = hub.subscribe(run_id)
        self.bases: dict[str, tuple[int, Any]] = {}
        self.frames: list[dict] = []
        self.shown: dict[str, int] = {}  # the step that each view shows
        self.watch(views or {}, at)

    def watch(self, views: dict, at: int | None = None) -> None:
        """Look at these views from now on."""
        self.subscription.watch(views, at)

    async def next(self, ack: bool = True) -> dict:
        """The next frame. Views never come without the base they are drawn on."""
        async with asyncio.timeout(PATIENCE):
            data = await self.subscription.next_frame()
        assert data is not None, "the run is gone"
        frame = orjson.loads(data)
        self.frames.append(frame)
        for name, view in frame["views"].items():
            self.shown[name] = view["step"]
            if "base" in view:
                self.bases[name] = view["rev"], view["base"]
            elif "frame" in view:
                assert self.bases[name][0] == view["rev"], "a frame for a base that this viewer does not have"
        if ack:
            self.ack()
        return frame

    def ack(self) -> None:
        """Confirm the last frame."""
        self.subscription.ack(self.frames[-1]["n"])

    async def until(self, condition: Callable[[dict], Any]) -> dict:
        """The first frame, from the next one on, for which ``condition(frame)`` holds."""
        async with asyncio.timeout(PATIENCE):
            while not condition(frame := await self.next()):
                pass
        return frame

    async def state(self, *states: str) -> dict:
        """The first frame of a run in one of these states."""
        return await self.until(lambda frame: frame["status"]["state"] in states)

    async def drawn(self, *names: str) -> dict:
        """The first frame that has all these views."""
        return await self.until(lambda frame: set(names) <= set(frame["views"]))

    def close(self) -> None:
        """Leave."""
        self.subscription.close()


async def nothing_more(viewer: Viewer) -> bool:
    """Whether no frame is due to this viewer: `next_frame` still waits after the loop has had many turns. One that is
    due is taken."""
    waiting = asyncio.ensure_future(viewer.next())
    for _ in range(100):
        await asyncio.sleep(0)
    if waiting.done():
        await waiting
        return False
    waiting.cancel()
    await asyncio.wait([waiting])
    return True


async def silence(viewer: Viewer, hub: Hub) -> None:
    """Take frames until there are no more, and the worker, too, has nothing for this viewer, who waits. It answers in
    the order in which it was asked: before the first checkpoint it hears of the viewer's wishes, before the second it
    has met them."""
    while True:
        if await nothing_more(viewer):
            for _ in range(2):
                await asyncio.to_thread(hub.checkpoint, viewer.subscription.run_id)
            if await nothing_more(viewer):
                return
