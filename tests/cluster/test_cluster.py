"""Runs on a real cluster. The tests follow one another on the same one: the last takes a node from it."""

import asyncio
import os
import signal

import pytest

from playground.data import store
from playground.experiment import Experiment
from playground.training import Trainer
from tests.runs import viewer as seeing
from tests.runs.viewer import Viewer, experiment

pytestmark = pytest.mark.anyio

VIEWS = {"boundary": {"resolution": 20}, "curves": {}}
TABLE = b"a,b,kind\n" + b"".join(b"%d,%d,%s\n" % (i % 7, i % 5, b"yes" if i % 7 > i % 5 else b"no") for i in range(60))


async def playing(server, view, experiment: Experiment) -> Viewer:
    viewer = view(server.hub.create(experiment), VIEWS)
    server.hub.control(viewer.subscription.run_id, "play")
    await viewer.until(lambda frame: frame["status"]["step"] > 100)
    return viewer


async def both_workers(server) -> None:
    """Wait until the second node's worker is there, too: a run that comes earlier is given to the first one's. What
    happens between machines has no event for us."""
    async with asyncio.timeout(seeing.PATIENCE):
        while not all(server.hub.stats()["workers"]):
            await asyncio.sleep(0.05)


async def paused(server, viewer: Viewer) -> Trainer:
    """The run as it is once it rests."""
    run_id = viewer.subscription.run_id
    server.hub.control(run_id, "pause")
    await viewer.state("paused")
    return Trainer.loads(await asyncio.to_thread(server.hub.checkpoint, run_id, 120.0))


def assert_undisturbed(saved: Trainer) -> None:
    """The run's whole state is that of a trainer of this process, to which nothing ever happened."""
    direct = Trainer(saved.experiment)
    direct.advance(steps=saved.step)
    assert saved.history.equals(direct.history)
    assert saved.module.flat.values.equal(direct.module.flat.values)


async def test_a_server_waits_for_its_cluster(server, view):
    """It starts without, says so, and goes on by itself."""
    viewer = view(server.early, VIEWS)
    told = await viewer.until(lambda frame: (frame["status"]["notice"] or {}).get("level") == "error")
    assert "cannot be reached" in told["status"]["notice"]["text"]
    server.hub.control(server.early, "play")
    server.begin()  # in this very thread: Ray sees to signals
    trains = await viewer.until(lambda frame: frame["status"]["step"] > 100 and "boundary" in frame["views"])
    assert trains["status"]["notice"] is None
    assert_undisturbed(await paused(server, viewer))


async def test_runs_share_a_worker_and_bring_what_they_need(server, view):
    """Three on two workers. A table that only the server has goes along with the run that trains on it."""
    await both_workers(server)
    digest = store.put(TABLE)
    table = {"kind": "csv", "table": digest, "target": "kind", "as_task": "classification", "columns": ["a", "b"]}
    own = experiment(1, loss={"kind": "cross_entropy"}).replace(data=table)
    viewers = [await playing(server, view, each) for each in (own, experiment(2), experiment(3))]
    slots = [server.hub._records[viewer.subscription.run_id].slot for viewer in viewers]
    assert set(slots) == {0, 1}
    assert (server.home / "tables" / f"{digest}.csv").read_bytes() == TABLE
    for viewer in viewers:
        assert_undisturbed(await paused(server, viewer))
    assert await asyncio.to_thread(server.hub.fetch, viewers[0].subscription.run_id, "weights", None, 120.0)


async def test_a_killed_worker_is_replaced_by_its_actor(server, view):
    viewer = await playing(server, view, experiment(4))
    slot = server.hub._records[viewer.subscription.run_id].slot
    os.kill(server.hub.stats()["workers"][slot], signal.SIGKILL)
    await viewer.until(lambda frame: frame["status"]["notice"])
    step = viewer.frames[-1]["status"]["step"]
    await viewer.until(lambda frame: frame["status"]["step"] > step + 100)
    assert server.hub._records[viewer.subscription.run_id].slot == slot
    assert_undisturbed(await paused(server, viewer))


async def test_the_runs_of_a_killed_node_go_on_on_another(server, view):
    viewers = [await playing(server, view, experiment(seed)) for seed in (5, 6)]
    records = [server.hub._records[viewer.subscription.run_id] for viewer in viewers]
    assert {record.slot for record in records} == {0, 1}
    server.cluster.remove_node(server.second, allow_graceful=False)
    told = [asyncio.ensure_future(viewer.until(lambda frame: frame["status"]["notice"])) for viewer in viewers]
    done, pending = await asyncio.wait(told, return_when=asyncio.FIRST_COMPLETED)
    for waiting in pending:
        waiting.cancel()
    assert "goes on from step" in done.pop().result()["status"]["notice"]["text"]
    assert records[0].slot == records[1].slot, "both are on the node that is left"
    for viewer in viewers:
        step = viewer.frames[-1]["status"]["step"]
        await viewer.until(lambda frame, step=step: frame["status"]["step"] > step + 100 and frame["views"])
        assert_undisturbed(await paused(server, viewer))
