"""Weights, neurons and layers touched while a run is watched; files taken away and brought back; weights kept."""

import asyncio

import pytest

from playground.experiment.freezing import with_frozen
from playground.export import TAKEAWAYS
from playground.runs.questions import MOST_AT_ONCE, Questions
from playground.training import Trainer
from tests.runs.viewer import experiment

pytestmark = pytest.mark.anyio

VIEWS = {"boundary": {"resolution": 20}, "network": {}}
WEIGHT = {"path": [0], "unit": 1, "input": 0, "value": 2.5}


def now(hub, run_id) -> Trainer:
    return Trainer.loads(hub.checkpoint(run_id))


async def at_step(hub, view, step, **changes):
    viewer = view(hub.create(experiment(**changes)), VIEWS)
    await viewer.drawn(*VIEWS)
    if step:
        hub.control(viewer.subscription.run_id, "step", step)
        await viewer.until(lambda frame: frame["status"]["step"] == step and viewer.shown["boundary"] == step)
    return viewer, viewer.subscription.run_id


async def test_a_paused_run_shows_a_weight_at_once(hub, view):
    viewer, run_id = await at_step(hub, view, 3)
    before = viewer.frames[-1]["views"]
    hub.control(run_id, "weight", WEIGHT)
    frame = await viewer.drawn(*VIEWS)
    assert (frame["status"]["step"], frame["status"]["state"]) == (3, "paused")
    for name in VIEWS:
        assert frame["views"][name]["frame"] != before[name]["frame"]
    assert now(hub, run_id).weights()["layers.0.weight"][1, 0] == 2.5


async def test_what_is_silenced_and_frozen_is_told_now_and_of_the_past(hub, view):
    viewer, run_id = await at_step(hub, view, 5)
    assert (viewer.frames[-1]["status"]["silenced"], viewer.frames[-1]["status"]["frozen"]) == ([], [])
    hub.control(run_id, "silence", {"path": [0], "unit": 2, "on": True})
    await viewer.until(lambda frame: frame["status"]["silenced"] == [[[0], 2]])
    hub.replace(run_id, with_frozen(experiment(), [(0,), "head"]))
    told = await viewer.until(lambda frame: frame["status"]["frozen"] == [[0], "head"])
    assert told["status"]["step"] == 5, "freezing does not start again"
    hub.control(run_id, "step", 10)
    await viewer.until(lambda frame: frame["status"]["step"] == 15)
    viewer.watch(VIEWS, at=4)
    past = await viewer.until(lambda frame: frame["status"]["moment"])
    assert (past["status"]["moment"]["silenced"], past["status"]["moment"]["frozen"]) == ([], [])
    assert past["status"]["silenced"] == [[[0], 2]]
    run = now(hub, run_id)
    run.rewind(5)
    frozen = run.weights()
    assert all((numbers == frozen[name]).all() for name, numbers in now(hub, run_id).weights().items())


async def test_the_same_changes_by_hand_make_the_same_run(hub, view):
    viewer, run_id = await at_step(hub, view, 7)
    hub.control(run_id, "weight", WEIGHT)
    hub.control(run_id, "silence", {"path": [0], "unit": 0, "on": True})
    hub.control(run_id, "step", 13)
    await viewer.until(lambda frame: frame["status"]["step"] == 20)
    direct = Trainer(experiment())
    direct.advance(7)
    direct.set_weight(**WEIGHT)
    direct.silence((0,), 0)
    direct.advance(13)
    assert now(hub, run_id).module.flat.values.equal(direct.module.flat.values)
    hub.control(run_id, "rewind", 6)
    await viewer.until(lambda frame: frame["status"]["step"] == 6 and not frame["status"]["silenced"])
    direct.rewind(6)
    assert now(hub, run_id).module.flat.values.equal(direct.module.flat.values)
    hub.control(run_id, "reset")
    await viewer.until(lambda frame: frame["status"]["step"] == 0)
    assert now(hub, run_id).module.flat.values.equal(Trainer(experiment()).module.flat.values)


async def test_what_is_not_there_is_refused_and_harms_nothing(hub, view):
    viewer, run_id = await at_step(hub, view, 2)
    with pytest.raises(ValueError, match="has 4 units"):
        hub.control(run_id, "weight", {**WEIGHT, "unit": 4})
    # Let pass, because another network is on its way to the worker: there it is refused, and everybody hears of it.
    hub._send_command(hub._records[run_id], "control", op="weight", value={**WEIGHT, "unit": 4})
    told = await viewer.until(lambda frame: frame["status"]["notice"])
    assert "has 4 units" in told["status"]["notice"]["text"]
    hub.control(run_id, "step", 2)
    assert (await viewer.until(lambda frame: frame["status"]["step"] == 4))["status"]["state"] == "paused"


async def test_other_data_and_the_same_weights(hub, view):
    viewer, run_id = await at_step(hub, view, 30)
    hub.control(run_id, "silence", {"path": [0], "unit": 1, "on": True})
    before = now(hub, run_id)
    other = experiment(data={"kind": "spiral"})
    hub.replace(run_id, other, keep_weights=True)
    frame = await viewer.until(lambda frame: frame["status"]["rev"] == 2 and "boundary" in frame["views"])
    assert (frame["status"]["step"], frame["status"]["silenced"]) == (0, [[[0], 1]])
    after = now(hub, run_id)
    assert after.experiment == other
    assert after.module.flat.values.equal(before.module.flat.values)
    hub.replace(run_id, experiment(seed=9))
    await viewer.until(lambda frame: frame["status"]["rev"] == 3 and frame["status"]["lr"])
    assert now(hub, run_id).module.flat.values.equal(Trainer(experiment(seed=9)).module.flat.values)
    hub.replace(run_id, experiment(seed=8, network=[]), keep_weights=True)
    await viewer.until(lambda frame: frame["status"]["rev"] == 4 and frame["status"]["lr"])
    assert now(hub, run_id).module.flat.values.equal(Trainer(experiment(seed=8, network=[])).module.flat.values)


async def test_painting_while_it_plays_goes_on_playing(hub, view):
    viewer, run_id = await at_step(hub, view, 0)
    hub.control(run_id, "play")
    for noise in (0.2, 0.3, 0.4):
        await viewer.until(lambda frame: frame["status"]["step"] > 50)
        hub.replace(run_id, experiment(data={"noise": noise}), keep_weights=True)
        frame = await viewer.until(lambda frame: frame["status"]["state"] == "playing" and frame["status"]["step"])
    assert frame["status"]["rev"] == 4
    # It has learnt more than the steps since the last change could have taught it.
    run = now(hub, run_id)
    run.rewind(0)
    assert not run.module.flat.values.equal(Trainer(run.experiment).module.flat.values)


async def test_files_of_a_run(hub, view):
    viewer, run_id = await at_step(hub, view, 12)
    for what in TAKEAWAYS:
        data = await asyncio.to_thread(hub.fetch, run_id, what)
        assert len(data) > 100, what
    for what, options in (("nothing", {}), ("history", {"columns": 3}), ("../x", {})):
        with pytest.raises(ValueError):
            await asyncio.to_thread(hub.fetch, run_id, what, options)
    with pytest.raises(KeyError):
        hub.fetch("no such run", "weights")
    assert viewer.frames[-1]["status"]["state"] == "paused"


async def test_weights_come_back_in(hub, view):
    viewer, run_id = await at_step(hub, view, 25)
    saved, data = now(hub, run_id), await asyncio.to_thread(hub.fetch, run_id, "weights")
    hub.control(run_id, "step", 25)
    await viewer.until(lambda frame: frame["status"]["step"] == 50)
    await asyncio.to_thread(hub.load_weights, run_id, data)
    run = now(hub, run_id)
    assert run.step == 50
    assert run.module.flat.values.equal(saved.module.flat.values)
    for wrong in (b"", b"nonsense" * 9, data[:-1]):
        with pytest.raises(ValueError):
            await asyncio.to_thread(hub.load_weights, run_id, wrong)
    hub.replace(run_id, experiment(network=[]))
    with pytest.raises(ValueError, match="another network"):
        await asyncio.to_thread(hub.load_weights, run_id, data)
    assert (await viewer.until(lambda frame: frame["status"]["rev"] == 2 and frame["status"]["lr"]))["status"][
        "step"
    ] == 0


async def test_a_run_that_stopped_answers_in_words(hub, view):
    run_id = hub.create(experiment(network=[{"kind": "linear", "units": 1024}] * 4))
    await view(run_id).state("lost")
    for ask in (lambda: hub.fetch(run_id, "weights"), lambda: hub.load_weights(run_id, b"")):
        with pytest.raises(ValueError, match="stopped by an error"):
            ask()


async def test_training_goes_on_while_a_file_is_made(hub, view):
    viewer, run_id = await at_step(hub, view, 0)
    hub.control(run_id, "play")
    await viewer.until(lambda frame: frame["status"]["step"] > 200)
    made = asyncio.ensure_future(asyncio.to_thread(hub.fetch, run_id, "animation"))
    steps = set()
    while not made.done():
        steps.add((await viewer.next())["status"]["step"])
    assert len(await made) > 1000
    assert len(steps) > 1


def test_questions_are_bounded_and_answered_once():
    questions = Questions()
    asked = [questions.ask("run", 0) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(ValueError, match="already"):
        questions.ask("run", 0)
    questions.ask("another", 1)
    number, question = asked[0]
    questions.answer(number, True, "", b"data")
    questions.worker_died(0)
    assert (question.ok, question.data) == (True, b"data")
    assert [later.ok for _, later in asked[1:]] == [False] * (MOST_AT_ONCE - 1)
    questions.close(number)
    questions.answer(number, True, "", b"")
    questions.ask("run", 0)
