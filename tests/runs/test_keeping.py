"""Runs outlive the server: what is kept of them goes on as if nothing had happened, and is the person's alone."""

import dataclasses
import secrets
import time

import numpy as np
import pytest

from playground.archive import ArchiveError, Shelf, database
from playground.runs import Hub, keeper
from playground.runs.records import Record
from playground.settings import settings
from playground.training import Trainer
from tests.archive.entries import entry
from tests.runs.viewer import PATIENCE, experiment

pytestmark = pytest.mark.anyio

OTHER = {"network": [{"kind": "linear", "units": 3}, {"kind": "tanh"}]}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The keeper comes round more often than it does on a server."""
    monkeypatch.setattr(keeper, "_TICK_SECONDS", 0.05)


@pytest.fixture
def me():
    """Somebody who has no runs yet."""
    return secrets.token_hex(32)


@pytest.fixture
def restarted(hub):
    """The server after a restart: it knows nothing but what is in the archive. Its workers are not needed."""
    again = Hub(hub._settings)
    again.start = lambda: None
    yield again
    again.close()


def kept(hub, me, wanted=lambda runs: runs):
    """What the archive has of a person, once it is ``wanted``: the keeper is a little behind the runs."""
    deadline = time.monotonic() + PATIENCE
    while not wanted(runs := hub.shelf.runs(me)):
        assert time.monotonic() < deadline, runs
        time.sleep(0.02)
    return runs


async def steps(hub, view, run_id: str, count: int) -> None:
    """Train on, and have it saved."""
    viewer = view(run_id)
    goal = hub.get(run_id).step + count
    hub.control(run_id, "step", count)
    await viewer.until(lambda frame: frame["status"]["step"] == goal and frame["status"]["state"] == "paused")


async def reset(hub, view, run_id: str) -> None:
    """Back to the beginning."""
    viewer = view(run_id)
    hub.control(run_id, "reset")
    await viewer.until(lambda frame: frame["status"]["step"] == 0)


def alone(count: int, **changes) -> Trainer:
    trainer = Trainer(experiment(**changes))
    trainer.advance(steps=count)
    return trainer


async def test_a_run_is_kept_as_it_is_and_one_that_did_nothing_is_not(hub, view, me):
    run_id = hub.create(experiment(), person=me)
    await view(run_id, {"boundary": {"resolution": 10}}).drawn("boundary")
    hub.checkpoint(run_id)
    assert hub.shelf.runs(me) == []
    await steps(hub, view, run_id, 30)
    (run,) = kept(hub, me, lambda runs: runs and runs[0].step == 30)
    assert (run.run_id, run.state, run.experiment) == (run_id, "paused", experiment())
    history, recorded = hub.shelf.history(run.id, me), alone(30).recorded()
    assert {name: column.tolist() for name, column in history.items()} == {
        name: column.tolist() for name, column in recorded.items()
    }
    assert Trainer.loads(hub.shelf.checkpoint(run.id, me)).history.equals(alone(30).history)
    assert hub.keeping_problem == ""


async def test_nobodys_runs_are_not_kept(hub, view):
    run_id = hub.create(experiment())
    await steps(hub, view, run_id, 3)
    assert hub._records[run_id] not in hub._keeper._unsaved
    assert hub.shelf.find(run_id) is None


async def test_the_address_finds_its_run_after_a_restart(hub, restarted, view, me):
    run_id = hub.create(experiment(), person=me)
    await steps(hub, view, run_id, 30)
    hub.control(run_id, "play")
    hub.control(run_id, "pause")
    step = Trainer.loads(hub.checkpoint(run_id)).step  # asked for after the pause, so it is where the run rests
    kept(hub, me, lambda runs: runs and runs[0].step == step)
    found = restarted.get(run_id)
    assert (found.step, found.state, found.experiment) == (step, "paused", experiment())
    assert found.status["train_loss"] == pytest.approx(hub.get(run_id).status["train_loss"])
    assert restarted.get("no-run-has-this-id-here") is None
    assert restarted.get("' or 1=1 --") is None


async def test_a_kept_run_goes_on_bit_for_bit_and_so_does_a_fork(hub, view, me):
    run_id = hub.create(experiment(), person=me)
    await steps(hub, view, run_id, 20)
    (run,) = kept(hub, me, lambda runs: runs and runs[0].step == 20)
    hub.replace(run_id, experiment(**OTHER))  # something else is trained there now
    await steps(hub, view, run_id, 5)

    forked = hub.fork(run.id, me)
    assert (hub.get(forked).step, hub.get(forked).state) == (20, "paused")
    reopened = hub.reopen(run.id, me)
    assert len({run_id, forked, reopened}) == 3
    assert hub.reopen(run.id, me) == reopened, "it is open already"
    for each in (forked, reopened):
        await steps(hub, view, each, 15)
        assert Trainer.loads(hub.checkpoint(each)).history.equals(alone(35).history)

    runs = {each.run_id: each for each in kept(hub, me, lambda runs: sorted(r.step for r in runs) == [5, 35, 35])}
    assert runs[reopened].id == run.id, "the same kept run went on"
    assert (runs[forked].parent, runs[run_id].experiment) == (run.id, experiment(**OTHER))
    assert [each.state for each in hub.kept(me)] == ["paused"] * 3


async def test_a_training_that_gives_way_to_another_is_kept_to_its_last_step(hub, view, me):
    run_id = hub.create(experiment(), person=me)
    viewer = view(run_id)
    hub.control(run_id, "play")
    last = await viewer.until(lambda frame: frame["status"]["step"] > 50)
    hub.replace(run_id, experiment(**OTHER))
    seen = last["status"]["step"]  # the checkpoint before it gave way had fewer

    def old(runs):
        return [run for run in runs if run.experiment == experiment() and run.step >= seen]

    (run,) = old(kept(hub, me, old))
    assert Trainer.loads(hub.shelf.checkpoint(run.id, me)).history.equals(alone(run.step).history)


async def test_nobody_opens_the_runs_of_others(hub, view, me):
    run_id = hub.create(experiment(), person=me)
    await steps(hub, view, run_id, 3)
    (run,) = kept(hub, me)
    for take in (hub.reopen, hub.fork):
        with pytest.raises(KeyError):
            take(run.id, secrets.token_hex(32))
        with pytest.raises(KeyError):
            take("nothing", me)


async def test_a_training_that_begins_again_as_before_is_the_same_one_and_another_is_another(hub, view, me):
    run_id = hub.create(experiment(), person=me)
    await steps(hub, view, run_id, 20)
    (first,) = kept(hub, me)
    await reset(hub, view, run_id)
    await steps(hub, view, run_id, 5)
    (again,) = kept(hub, me, lambda runs: runs[0].step == 5)
    assert again.id == first.id, "these five steps are the first of those twenty"

    hub.control(run_id, "weight", {"path": [0], "unit": 0, "input": 0, "value": 1.0})
    await steps(hub, view, run_id, 5)
    await reset(hub, view, run_id)
    await steps(hub, view, run_id, 7)
    runs = kept(hub, me, lambda runs: [run.step for run in runs] == [7, 10])
    assert runs[1].id == first.id
    hub.shelf.star(runs[0].id, me)
    await reset(hub, view, run_id)
    await steps(hub, view, run_id, 2)
    kept(hub, me, lambda runs: [run.step for run in runs] == [2, 7, 10])


async def test_a_change_made_on_the_way_is_kept(hub, view, me, restarted):
    run_id = hub.create(experiment(), person=me)
    await steps(hub, view, run_id, 10)
    slower = experiment(optimizer={"kind": "sgd", "lr": 0.001})
    hub.replace(run_id, slower)
    await steps(hub, view, run_id, 10)
    (run,) = kept(hub, me, lambda runs: runs and runs[0].step == 20)
    assert run.experiment == slower == restarted.get(run_id).experiment
    both = Trainer.loads(hub.shelf.checkpoint(run.id, me))
    assert (both.experiment, both.history.lr.iloc[5]) == (slower, 0.03)


async def test_a_database_that_cannot_be_used_costs_the_runs_nothing(tmp_path, view, me, hub, monkeypatch):
    """The keeper of the running server gets a shelf that is broken, and in the end another one."""
    file = tmp_path / "kept.db"
    file.write_bytes(b"no database at all " * 100)
    monkeypatch.setattr(keeper, "_RETRY_SECONDS", 0.1)
    monkeypatch.setattr(database, "REST_SECONDS", 0.1)
    monkeypatch.setattr(hub._keeper, "shelf", Shelf(f"sqlite:///{file}"))
    run_id = hub.create(experiment(), person=me)
    await steps(hub, view, run_id, 40)
    assert Trainer.loads(hub.checkpoint(run_id)).history.equals(alone(40).history)
    deadline = time.monotonic() + PATIENCE
    while not hub.keeping_problem:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert "damaged" in hub.keeping_problem
    with pytest.raises(ArchiveError, match="damaged"):
        hub.kept(me)
    assert hub.get("some-run-that-nobody-has") is None
    file.unlink()
    kept_now = []
    while not kept_now:
        assert time.monotonic() < deadline
        try:
            kept_now = hub.shelf.runs(me)
        except ArchiveError:
            time.sleep(0.02)
    assert kept_now[0].step == 40
    while hub.keeping_problem:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_the_server_had_to_forget_is_found_again(me):
    """A server that remembers two runs: the third is not the end of the first."""
    given = entry(me)
    hub = Hub(dataclasses.replace(settings, workers=1, max_runs=2))
    hub.start = lambda: None
    hub.shelf.keep([given])
    assert hub.get(given.run_id).step == 40
    for name in ("another-run-entirely", "one-more-run-entirely"):
        with hub.lock:
            hub._forget_oldest()
            hub._records[name] = Record(name, experiment(), "auto", "auto")
    assert given.run_id not in hub._records
    assert hub.get(given.run_id).step == 40
    assert np.frombuffer(hub._records[given.run_id].history).size == 7 * 41
    hub.close()
