"""A run from its creation on, in real worker processes, as a page and a browser drive it."""

import time

import pytest

from playground.runs import hubs
from playground.training import Trainer
from tests.runs.viewer import EVERYTHING, experiment, running_hub

pytestmark = pytest.mark.anyio


async def test_play_moves_every_view_and_pause_stops_it(hub, view):
    viewer = view(hub.create(experiment()), EVERYTHING)
    first = await viewer.drawn(*EVERYTHING)
    assert first["status"]["state"] == "ready"
    assert first["status"]["step"] == 0
    assert all({"rev", "step", "base", "frame"} <= set(view) for view in first["views"].values())

    hub.control(viewer.subscription.run_id, "play")
    frames = [await viewer.drawn(*EVERYTHING) for _ in range(5)]
    steps = [frame["status"]["step"] for frame in frames]
    assert steps == sorted(set(steps)), "every frame shows a later step"
    for frame in frames:
        assert {view["step"] for view in frame["views"].values()} == {frame["status"]["step"]}
        assert not any("base" in view for view in frame["views"].values()), "the base is sent once"
        assert frame["status"]["state"] == "playing"
    assert frames[-1]["status"]["steps_per_second"] > 0

    hub.control(viewer.subscription.run_id, "pause")
    await viewer.until(
        lambda frame: (
            frame["status"]["state"] == "paused"
            and {viewer.shown[name] for name in EVERYTHING} == {frame["status"]["step"]}
        )
    )


async def test_one_step_is_one_step_and_one_epoch_ends_at_its_end(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id)
    hub.control(run_id, "step")
    assert (await viewer.state("paused"))["status"]["step"] == 1
    hub.control(run_id, "step", 3)
    steps = await viewer.until(lambda frame: frame["status"]["step"] > 1 and frame["status"]["state"] == "paused")
    assert steps["status"]["step"] == 4
    hub.control(run_id, "epoch")
    epoch = await viewer.until(lambda frame: frame["status"]["step"] > 4 and frame["status"]["state"] == "paused")
    assert (epoch["status"]["step"], epoch["status"]["epoch"]) == (10, 1.0)
    hub.control(run_id, "epoch", 2)
    epochs = await viewer.until(lambda frame: frame["status"]["epoch"] == 3.0)
    assert epochs["status"]["state"] == "paused"


async def test_quick_clicks_add_up(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id)
    for _ in range(7):
        hub.control(run_id, "step")
    await viewer.until(lambda frame: frame["status"]["step"] == 7 and frame["status"]["state"] == "paused")
    for _ in range(2):
        hub.control(run_id, "epoch")
    await viewer.until(lambda frame: frame["status"]["step"] == 20)


async def test_reset_goes_back_to_the_same_weights(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, EVERYTHING)
    before = await viewer.drawn("network")
    hub.control(run_id, "step", 30)
    moved = await viewer.until(lambda frame: frame["status"]["step"] == 30 and "network" in frame["views"])
    hub.control(run_id, "reset")
    after = await viewer.until(lambda frame: frame["status"]["step"] == 0 and "network" in frame["views"])
    assert after["status"]["state"] == "ready"
    assert after["views"]["network"]["frame"] == before["views"]["network"]["frame"]
    assert moved["views"]["network"]["frame"] != before["views"]["network"]["frame"]


async def test_a_run_keeps_the_pace_it_is_given(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, {"boundary": {"resolution": 20}})
    await viewer.drawn("boundary")
    hub.control(run_id, "speed", 10)
    hub.control(run_id, "play")
    start, seen = time.monotonic(), []
    while not seen or seen[-1] < 20:
        seen.append((await viewer.drawn("boundary"))["status"]["step"])
    assert time.monotonic() - start > 1.5, "19 intervals of a tenth of a second"
    assert len(seen) >= 3, "a slow run shows what lies between"
    hub.control(run_id, "speed", None)
    await viewer.until(lambda frame: frame["status"]["step"] > 200)


async def test_a_command_takes_effect_between_two_slices(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id)
    hub.control(run_id, "play")
    await viewer.until(lambda frame: frame["status"]["step"] > 0)
    for op, state in [("pause", "paused"), ("play", "playing")] * 5:
        hub.control(run_id, op)
        await viewer.state(state)


async def test_finishing_is_told_with_a_last_picture(hub, view):
    run_id = hub.create(experiment(max_epochs=3))
    viewer = view(run_id, EVERYTHING)
    hub.control(run_id, "play")
    end = await viewer.until(
        lambda frame: frame["status"]["state"] == "finished" and viewer.shown["boundary"] == frame["status"]["step"]
    )
    assert (end["status"]["epoch"], viewer.shown["boundary"]) == (3.0, 30)
    hub.control(run_id, "play")
    assert (await viewer.next())["status"]["state"] == "finished"


async def test_divergence_is_told_and_hurts_nobody_else(hub, view):
    good, bad = (
        hub.create(experiment()),
        hub.create(experiment(network=[], data={"kind": "plane"}, optimizer={"kind": "sgd", "lr": 90.0})),
    )
    viewers = view(good), view(bad, EVERYTHING)
    for run_id in (good, bad):
        hub.control(run_id, "play")
    end = (await viewers[1].state("diverged"))["status"]
    assert end["divergence"]["step"] >= 1
    assert end["divergence"]["advice"]
    step = (await viewers[0].next())["status"]["step"]
    await viewers[0].until(lambda frame: frame["status"]["step"] > step and frame["status"]["state"] == "playing")


async def test_an_experiment_that_cannot_be_built_says_why(hub, view):
    huge = experiment(network=[{"kind": "linear", "units": 1024}] * 4)
    run_id = hub.create(huge)
    viewer = view(run_id, EVERYTHING)
    notice = (await viewer.state("lost"))["status"]["notice"]
    assert notice["level"] == "error"
    assert "parameters" in notice["text"]
    with pytest.raises(ValueError, match="stopped by an error"):
        hub.control(run_id, "play")
    hub.replace(run_id, experiment())
    mended = await viewer.drawn("boundary")
    assert mended["status"]["state"] == "ready"
    assert mended["status"]["notice"] is None


async def test_live_changes_do_not_start_again(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id)
    hub.control(run_id, "step", 25)
    await viewer.until(lambda frame: frame["status"]["step"] == 25)
    hub.replace(run_id, experiment(optimizer={"kind": "sgd", "lr": 0.3}, l2=0.01))
    changed = await viewer.until(lambda frame: frame["status"]["lr"] == pytest.approx(0.3))
    assert (changed["status"]["step"], changed["status"]["rev"]) == (25, 1)
    assert hub.get(run_id).experiment.training.l2 == 0.01


async def test_other_changes_start_again_under_the_same_id(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, EVERYTHING)
    before = await viewer.drawn(*EVERYTHING)
    hub.control(run_id, "speed", 50)
    hub.control(run_id, "play")
    await viewer.until(lambda frame: frame["status"]["step"] > 2)
    hub.replace(run_id, experiment(network=[{"kind": "linear", "units": 3}, {"kind": "relu"}]))
    after = await viewer.until(lambda frame: frame["status"]["rev"] == 2 and frame["views"])
    assert after["views"]["network"]["rev"] > before["views"]["network"]["rev"]
    assert after["views"]["network"]["base"] != before["views"]["network"]["base"]
    assert (after["status"]["state"], after["status"]["speed"]) == ("playing", 50), "it plays on as it did"


def test_equal_experiments_change_nothing(hub):
    run_id = hub.create(experiment())
    hub.replace(run_id, experiment())
    assert hub.get(run_id).revision == 1


async def test_a_rewound_run_goes_the_same_way_again(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, {"network": {}})
    hub.control(run_id, "step", 40)
    there = await viewer.until(lambda frame: frame["status"]["step"] == 40 and frame["views"])
    hub.control(run_id, "rewind", 16)
    back = await viewer.until(lambda frame: frame["status"]["step"] == 16 and frame["views"])
    assert back["status"]["state"] == "paused"
    hub.control(run_id, "step", 24)
    again = await viewer.until(lambda frame: frame["status"]["step"] == 40 and frame["views"])
    assert again["views"]["network"]["frame"] == there["views"]["network"]["frame"]


async def test_rewinding_keeps_what_was_changed_on_the_way(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id)
    hub.control(run_id, "step", 20)
    hub.replace(run_id, experiment(optimizer={"kind": "sgd", "lr": 0.3}))
    hub.control(run_id, "step", 5)
    await viewer.until(lambda frame: frame["status"]["step"] == 25)
    hub.control(run_id, "rewind", 10)
    back = await viewer.until(lambda frame: frame["status"]["step"] == 10 and frame["status"]["state"] == "paused")
    assert back["status"]["lr"] == pytest.approx(0.3)


async def test_a_checkpoint_is_the_run_bit_for_bit(hub, view):
    run_id = hub.create(experiment())
    hub.control(run_id, "step", 77)
    await view(run_id).until(lambda frame: frame["status"]["step"] == 77)
    saved, direct = Trainer.loads(hub.checkpoint(run_id)), Trainer(experiment())
    direct.advance(steps=77)
    assert saved.history.equals(direct.history)
    for name, value in direct.module.state_dict().items():
        assert saved.module.state_dict()[name].equal(value)


def test_what_pages_see_of_a_run(hub):
    run_id = hub.create(experiment())
    info = hub.get(run_id)
    assert (info.id, info.experiment, info.state, info.step) == (run_id, experiment(), "ready", 0)
    assert hub.get("never-there") is None
    assert len(run_id) >= 22, "nobody guesses a run"


@pytest.mark.parametrize("call", [lambda hub: hub.control("no", "play"), lambda hub: hub.subscribe("no")])
def test_an_unknown_run_is_a_key_error(hub, call):
    with pytest.raises(KeyError):
        call(hub)


def test_nonsense_controls_are_refused(hub):
    run_id = hub.create(experiment())
    with pytest.raises(ValueError, match="no control"):
        hub.control(run_id, "explode")


def test_commands_that_nobody_takes_are_bounded(monkeypatch):
    """A server whose workers do not start keeps what visitors ask for, but not whatever a malicious one sends."""
    monkeypatch.setattr(hubs, "MOST_PENDING", 3)
    with running_hub() as silent:
        silent.start = lambda: None
        run_id = silent.create(experiment())
        for speed in (1, 2, 3):
            silent.control(run_id, "speed", speed)
        with pytest.raises(ValueError, match="wait a moment"):
            silent.control(run_id, "speed", 4)
        assert silent.get(run_id).speed == 3


async def test_the_workers_report_their_devices(hub, view):
    await view(hub.create(experiment()), EVERYTHING).drawn("boundary")
    assert hub.devices()[0] == "cpu"
