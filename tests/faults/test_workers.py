"""Workers and the fork server are killed; runs go on, and their curves are those of undisturbed runs, bit for bit."""

import asyncio
import contextlib
import os
import signal

import pytest

from playground.training import Trainer
from tests.faults.processes import alive, wait_for_end
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
    for viewer, step in zip(viewers, seen, strict=True):
        told = await viewer.until(lambda frame: frame["status"]["notice"])
        assert told["status"]["notice"]["level"] == "warning"
        on = await viewer.until(
            lambda frame, step=step: frame["status"]["step"] > step and "boundary" in frame["views"]
        )
        assert on["status"]["state"] == "playing"
    for viewer, each in zip(viewers, experiments, strict=True):
        await viewer.until(lambda frame: frame["status"]["step"] > 1500)
        hub.control(viewer.subscription.run_id, "pause")
        await viewer.state("paused")
        assert_undisturbed(hub, viewer, each)
        viewer.close()


async def test_what_was_done_by_hand_survives_a_death(hub):
    """Some of it is in the last checkpoint, some was asked for since."""
    viewer = Viewer(hub, hub.create(experiment(6)), VIEWS)
    run_id, direct = viewer.subscription.run_id, Trainer(experiment(6))
    for step, unit in enumerate((0, 1, 2), 1):
        hub.control(run_id, "step", 10)
        await viewer.until(lambda frame, step=step: frame["status"]["step"] == 10 * step)
        hub.control(run_id, "weight", {"path": [0], "unit": unit, "input": 1, "value": 1.5})
        hub.control(run_id, "silence", {"path": [0], "unit": unit, "on": unit != 1})
        if unit == 1:
            hub.checkpoint(run_id)
        direct.advance(10)
        direct.set_weight((0,), unit, 1, 1.5)
        direct.silence((0,), unit, unit != 1)
    os.kill(hub.stats()["workers"][0], signal.SIGSTOP)
    hub.control(run_id, "weight", {"path": "head", "unit": 0, "input": None, "value": -2.0})
    direct.set_weight("head", 0, None, -2.0)
    kill_worker(hub)
    hub.control(run_id, "step", 5)
    await viewer.until(lambda frame: frame["status"]["step"] == 35)
    direct.advance(5)
    saved = Trainer.loads(hub.checkpoint(run_id))
    assert saved.silenced == direct.silenced == (((0,), 0), ((0,), 2))
    for step in (35, 21, 10):
        saved.rewind(step), direct.rewind(step)
        assert saved.module.flat.values.equal(direct.module.flat.values)
        assert saved.history.equals(direct.history)
    viewer.close()


async def test_weights_that_are_kept_survive_a_death_before_they_are_saved(hub):
    viewer = Viewer(hub, hub.create(experiment(7)), VIEWS)
    run_id = viewer.subscription.run_id
    hub.control(run_id, "step", 40)
    await viewer.until(lambda frame: frame["status"]["step"] == 40)
    kept = Trainer.loads(hub.checkpoint(run_id)).module.flat.values
    os.kill(hub.stats()["workers"][0], signal.SIGSTOP)
    for noise in (0.2, 0.3):
        hub.replace(run_id, experiment(7, data={"noise": noise}), keep_weights=True)
    kill_worker(hub)
    await viewer.until(lambda frame: frame["status"]["rev"] == 3 and frame["status"]["lr"])
    new = Trainer.loads(hub.checkpoint(run_id))
    assert (new.step, new.experiment.data.noise) == (0, 0.3)
    assert new.module.flat.values.equal(kept)
    viewer.close()


async def test_a_question_to_a_worker_that_dies_is_answered(hub):
    viewer = Viewer(hub, hub.create(experiment(8)), VIEWS)
    run_id = viewer.subscription.run_id
    await viewer.drawn("boundary")
    os.kill(hub.stats()["workers"][0], signal.SIGSTOP)
    asked = asyncio.ensure_future(asyncio.to_thread(hub.fetch, run_id, "weights"))
    while not hub._questions._open:
        await asyncio.sleep(0)
    kill_worker(hub)
    with pytest.raises(ValueError, match="try again"):
        await asked
    assert await asyncio.to_thread(hub.fetch, run_id, "weights")
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
    # Until all is drawn, too: on a slow machine the run is there before its pictures are.
    await viewer.until(
        lambda frame: (
            frame["status"]["step"] == 33
            and frame["status"]["state"] == "paused"
            and viewer.shown == dict.fromkeys(VIEWS, 33)
        )
    )
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


async def test_a_worker_that_hangs_is_ended_and_its_run_goes_on(hub):
    viewer = await playing(hub, experiment(9))
    pid = hub.stats()["workers"][0]
    os.kill(pid, signal.SIGSTOP)
    step = viewer.frames[-1]["status"]["step"]
    while hub.stats()["workers"][0] in (pid, None):
        hub._pool.look()  # as it does every few seconds
        await asyncio.sleep(0.01)
    await viewer.until(lambda frame: frame["status"]["step"] > step)
    assert not wait_for_end({pid})
    assert_undisturbed(hub, viewer, experiment(9))
    viewer.close()


async def test_a_run_that_keeps_killing_its_worker_is_stopped(hub):
    """The kernel kills a worker in the middle of a run's slice; the worker's marker tells whose it was."""
    bad, good = experiment(6), experiment(7)
    viewer, other = await playing(hub, bad), Viewer(hub, hub.create(good), VIEWS)
    run_id = viewer.subscription.run_id
    while (stopped := viewer.frames[-1]["status"])["state"] != "lost":
        channel = hub._pool._channels[0]
        with contextlib.suppress(AttributeError, ProcessLookupError, ValueError):  # it is gone, and its pipe may be
            if channel.pid is not None and channel.marker.read() == run_id:
                os.kill(channel.pid, signal.SIGKILL)
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
