"""Workers and the fork server are killed; runs go on, and their curves are those of undisturbed runs, bit for bit."""

import os
import signal
import time

import pytest

from playground.training import Trainer
from tests.faults.processes import alive
from tests.runs.viewer import Viewer, experiment, running_hub

pytestmark = pytest.mark.anyio

VIEWS = {"boundary": {"resolution": 20}, "curves": {}}


@pytest.fixture(scope="module")
def hub():
    """One worker, so that all runs are in the one that dies."""
    with running_hub() as running:
        yield running


def kill_worker(hub) -> int:
    pid = hub.stats()["workers"][0]
    os.kill(pid, signal.SIGKILL)
    return pid


async def playing(hub, experiment, step=100) -> Viewer:
    viewer = Viewer(hub, hub.create(experiment), VIEWS)
    hub.control(viewer.subscription.run_id, "play")
    await viewer.until(lambda frame: frame["status"]["step"] >= step)
    return viewer


def assert_undisturbed(hub, viewer, experiment):
    """The run's whole state is that of a trainer to which nothing ever happened."""
    saved, direct = Trainer.loads(hub.checkpoint(viewer.subscription.run_id)), Trainer(experiment)
    direct.advance(steps=saved.step)
    assert saved.history.equals(direct.history)
    assert saved.module.flat.values.equal(direct.module.flat.values)
    assert saved.tape.steps == direct.tape.steps


async def test_both_runs_of_a_killed_worker_go_on_as_if_nothing_had_happened(hub):
    experiments = experiment(1), experiment(2, optimizer={"kind": "adam", "lr": 0.01}, l2=0.001)
    viewers = [await playing(hub, each) for each in experiments]
    seen = [viewer.frames[-1]["status"]["step"] for viewer in viewers]
    kill_worker(hub)
    start = time.monotonic()
    for viewer, step in zip(viewers, seen, strict=True):
        told = await viewer.until(lambda frame: frame["status"]["notice"])
        assert told["status"]["notice"]["level"] == "warning"
        on = await viewer.until(
            lambda frame, step=step: frame["status"]["step"] > step and "boundary" in frame["views"]
        )
        assert on["status"]["state"] == "playing"
    assert time.monotonic() - start < 3.0
    for viewer, each in zip(viewers, experiments, strict=True):
        await viewer.until(lambda frame: frame["status"]["step"] > 1500)
        hub.control(viewer.subscription.run_id, "pause")
        await viewer.state("paused")
        assert_undisturbed(hub, viewer, each)
        viewer.close()


async def test_what_was_asked_for_just_before_the_death_still_happens(hub):
    viewer = await playing(hub, experiment(3))
    run_id = viewer.subscription.run_id
    os.kill(hub.stats()["workers"][0], signal.SIGSTOP)  # it will not read what comes now
    hub.control(run_id, "pause")
    hub.control(run_id, "speed", 20)
    hub.replace(run_id, experiment(3, l1=0.01))
    kill_worker(hub)
    paused = await viewer.state("paused")
    assert paused["status"]["speed"] == 20
    assert Trainer.loads(hub.checkpoint(run_id)).experiment.training.l1 == 0.01
    viewer.close()


async def test_a_paused_run_stays_paused_where_it_was(hub):
    viewer = Viewer(hub, hub.create(experiment(4)), VIEWS)
    hub.control(viewer.subscription.run_id, "step", 33)
    await viewer.until(lambda frame: frame["status"]["step"] == 33 and frame["status"]["state"] == "paused")
    hub.checkpoint(viewer.subscription.run_id)
    revs = {name: rev for name, (rev, _) in viewer.bases.items()}
    kill_worker(hub)
    after = await viewer.until(lambda frame: frame["status"]["notice"] and frame["views"])
    assert (after["status"]["step"], after["status"]["state"]) == (33, "paused")
    assert {name: rev for name, (rev, _) in viewer.bases.items()} == revs, "nothing is sent that the viewer has"
    viewer.close()


async def test_a_dead_fork_server_is_started_again(hub):
    viewer = await playing(hub, experiment(5))
    server, worker = hub.stats()["forkserver"], hub.stats()["workers"][0]
    os.kill(server, signal.SIGKILL)
    step = (await viewer.next())["status"]["step"]
    await viewer.until(lambda frame: frame["status"]["step"] > step)
    assert alive(worker), "workers outlive it"
    kill_worker(hub)
    step = viewer.frames[-1]["status"]["step"]
    await viewer.until(lambda frame: frame["status"]["step"] > step + 100)
    assert hub.stats()["forkserver"] not in (None, server)
    viewer.close()


async def test_a_run_that_keeps_killing_its_worker_is_stopped(hub):
    """The kernel kills a worker in the middle of a run's slice; the worker's marker tells whose it was."""
    bad, good = experiment(6), experiment(7)
    viewer, other = await playing(hub, bad), Viewer(hub, hub.create(good), VIEWS)
    run_id = viewer.subscription.run_id
    while (stopped := viewer.frames[-1]["status"])["state"] != "lost":
        pid = hub.stats()["workers"][0]
        if pid is not None and hub._pool._channels[0].marker.read() == run_id:
            os.kill(pid, signal.SIGKILL)
        await viewer.next()
    assert stopped["notice"]["level"] == "error"
    assert "3 times" in stopped["notice"]["text"]
    hub.control(other.subscription.run_id, "step", 5)
    await other.until(lambda frame: frame["status"]["step"] == 5)
    with pytest.raises(ValueError, match="stopped"):
        hub.control(run_id, "play")
    hub.control(run_id, "reset")
    assert (await viewer.drawn("boundary"))["status"]["state"] == "ready"
    for each in (viewer, other):
        each.close()
