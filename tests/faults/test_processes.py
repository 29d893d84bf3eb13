"""Nothing is left behind, however the server ends, and however often viewers come and go."""

import contextlib
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import cached_property
from pathlib import Path

import pytest

from playground.training import Trainer
from tests.faults.processes import descendants, wait_for_end
from tests.runs.viewer import EVERYTHING, PATIENCE, Viewer, experiment, running_hub

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]

# A server in a script without an `if __name__ == "__main__"`: whoever imports it again starts it again.
SERVER = """
import asyncio, json, sys
print("main", flush=True)
from playground.runs import hub
from tests.runs.viewer import Viewer, experiment
run_id = hub().create(experiment(), person="somebody")
viewer = Viewer(hub(), run_id, {"boundary": {"resolution": 20}})
hub().control(run_id, "play")
ready = lambda: None not in hub().stats()["workers"]
asyncio.run(viewer.until(lambda frame: frame["status"]["step"] > 20 and ready()))
print(json.dumps({"run": run_id, "torch": "torch" in sys.modules, **hub().stats()}), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path):
    """A process with a hub whose run is playing, and what it says about itself."""
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    process = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PLAYGROUND_WORKERS": "2"},
        text=True,
    )
    assert process.stdout.readline() == "main\n"
    yield process, json.loads(process.stdout.readline())
    process.stdin.close()
    process.wait(60)


def family(process) -> set[int]:
    return descendants(process.pid)


async def test_a_server_without_torch_has_workers_and_takes_them_along_when_it_ends(server):
    process, stats = server
    assert stats["torch"] is False, "the web process never imports it"
    pids = family(process)
    assert pids == {stats["forkserver"], *stats["workers"]}, "workers are children of the fork server"
    for pid in stats["workers"]:
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, process.pid) + 10
        assert len(os.listdir(f"/proc/{pid}/task")) == 2, "one trains, the other listens"
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        assert {b"OMP_NUM_THREADS=1", b"OMP_WAIT_POLICY=PASSIVE"} <= set(environment)
    process.stdin.close()
    assert process.wait(60) == 0
    assert process.stdout.read() == "", "its script ran once"
    assert not wait_for_end(pids)


async def test_a_killed_server_takes_its_workers_along_and_its_runs_are_kept(server):
    """The next server has the run under its address, paused where it was some seconds before the end at most."""
    process, stats = server
    pids = family(process)
    assert len(pids) == 3
    with running_hub() as next_server:
        next_server.start = lambda: None  # it needs no workers to know what is kept
        deadline = time.monotonic() + PATIENCE
        while next_server.shelf.find(stats["run"]) is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
        assert not wait_for_end(pids)
        found = next_server.get(stats["run"])
        assert (found.state, found.experiment) == ("paused", experiment())
        assert found.step >= 1
        saved = Trainer.loads(next_server.shelf.checkpoint(next_server.shelf.find(found.id).id, "somebody"))
    alone = Trainer(experiment())
    alone.advance(steps=found.step)
    assert saved.history.equals(alone.history)


async def test_workers_without_a_fork_server_end_with_the_server_too(server):
    process, stats = server
    os.kill(stats["forkserver"], signal.SIGKILL)
    workers = set(stats["workers"])
    process.kill()
    assert not wait_for_end(workers)


async def test_a_server_killed_while_torch_loads_leaves_nothing(tmp_path):
    script = tmp_path / "server.py"
    script.write_text("from playground.runs import hub; hub().start(); print('on', flush=True); input()")
    process = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    process.stdout.readline()
    pids = descendants(process.pid)
    process.kill()
    assert process.wait(60)
    assert not wait_for_end(pids)


def test_a_hub_closed_at_once_leaves_nothing():
    before = descendants(os.getpid())
    with running_hub(workers=2) as hub:
        hub.create(experiment())
        pids = descendants(os.getpid()) - before
    assert not wait_for_end(pids)


class Crowd(contextlib.ExitStack):
    """A hub, begun when it is first asked for (in a test's event loop, which has descriptors of its own), and what this
    process had before it."""

    @cached_property
    def hub(self):
        self.before, self.threads = descendants(os.getpid()), set(threading.enumerate())
        self.descriptors = len(os.listdir("/proc/self/fd"))
        return self.enter_context(running_hub(workers=2, max_runs=3))


@pytest.fixture(scope="module")
def crowd():
    """One hub for the three tests that follow; the last one closes it."""
    with Crowd() as crowd:
        yield crowd


async def test_twenty_viewers_who_come_and_go_leave_nothing(crowd):
    hub = crowd.hub
    run_id = hub.create(experiment())
    hub.control(run_id, "play")

    async def visit():
        viewer = Viewer(hub, run_id, EVERYTHING)
        await viewer.drawn("boundary")
        viewer.close()

    await visit()
    while None in hub.stats()["workers"]:
        await visit()  # both are there before anything is counted
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    processes = descendants(os.getpid())
    for _ in range(20):
        await visit()
    assert hub.stats()["viewers"] == 0
    record = hub._records[run_id]
    with hub.lock:
        assert not record.pictures and not record.bases
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert descendants(os.getpid()) == processes
    hub.control(run_id, "pause")


async def test_twenty_hubs_of_runs_leave_one_run_each_until_they_are_forgotten(crowd):
    hub = crowd.hub
    for seed in range(20):
        viewer = Viewer(hub, hub.create(experiment(seed)), {"boundary": {"resolution": 20}})
        await viewer.drawn("boundary")
        hub._housing.unload(hub._records[viewer.subscription.run_id])
        viewer.close()
        with hub.lock:
            assert hub._saved.wait_for(lambda v=viewer: not hub.get(v.subscription.run_id).loaded, 20)
    assert hub.stats()["runs"] <= 3


async def test_close_ends_processes_threads_and_subscriptions(crowd):
    hub = crowd.hub
    viewer = Viewer(hub, hub.create(experiment()), EVERYTHING)
    await viewer.drawn("boundary")
    pids = descendants(os.getpid()) - crowd.before
    assert len(pids) >= 3, "a fork server and two workers"
    hub.close()
    assert await viewer.subscription.next_frame() is None
    assert not wait_for_end(pids)
    assert set(threading.enumerate()) <= crowd.threads
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= crowd.descriptors
    hub.close()
