"""Several viewers of one run, slow ones, hidden ones, ones that look at the past."""

import asyncio
import time

import pytest

from tests.runs.viewer import EVERYTHING, Viewer, experiment, nothing_more, silence

pytestmark = pytest.mark.anyio


async def until_step(viewer, step):
    return await viewer.until(lambda frame: frame["status"]["step"] >= step)


async def test_a_second_viewer_finds_the_run_as_it_is(hub, view):
    run_id = hub.create(experiment())
    first = view(run_id, EVERYTHING)
    hub.control(run_id, "play")
    step = (await until_step(first, 50))["status"]["step"]
    second = view(run_id, EVERYTHING)
    frame = await second.drawn(*EVERYTHING)
    assert frame["status"]["step"] >= step
    assert {name: base for name, (_, base) in first.bases.items()} == {
        name: base for name, (_, base) in second.bases.items()
    }
    assert hub.get(run_id).viewers == 2


async def test_two_viewers_of_one_frame_are_sent_the_same_bytes(hub, view):
    run_id = hub.create(experiment())
    viewers = [view(run_id, EVERYTHING) for _ in range(2)]
    frames = [await viewer.drawn(*EVERYTHING) for viewer in viewers]
    assert frames[0]["views"] == frames[1]["views"]


async def test_a_slow_viewer_skips_frames_and_never_queues_them(hub, view, monkeypatch):
    monkeypatch.setattr("playground.runs.subscription._ACK_SECONDS", 60.0)
    run_id = hub.create(experiment())
    fast, slow = view(run_id, EVERYTHING), view(run_id, EVERYTHING)
    hub.control(run_id, "play")
    await slow.until(lambda frame: frame["status"]["step"] > 0)
    held = await slow.next(ack=False)
    for _ in range(8):
        latest = await fast.drawn("boundary")
        assert await nothing_more(slow), "one frame in flight"
    slow.ack()
    caught_up = await slow.drawn("boundary")
    assert caught_up["n"] == held["n"] + 1, "what it missed is not sent"
    assert caught_up["status"]["step"] >= latest["status"]["step"], "what it gets is the latest"


async def test_without_an_ack_the_next_frame_comes_after_two_seconds(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, {"boundary": {"resolution": 20}})
    hub.control(run_id, "play")
    await viewer.drawn("boundary")
    await viewer.next(ack=False)
    start = time.monotonic()
    await viewer.next()
    assert time.monotonic() - start > 1.5


async def test_nobody_is_sent_what_he_has(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, EVERYTHING)
    await viewer.until(lambda frame: set(viewer.shown) == set(EVERYTHING))
    await silence(viewer, hub)  # as a run is that stands still
    hub.control(run_id, "speed", 3)
    frame = await viewer.next()
    assert (frame["views"], frame["status"]["speed"]) == ({}, 3), "the numbers changed, the pictures did not"


async def test_a_changed_watch_is_answered_at_once_also_in_a_pause(hub, view):
    run_id = hub.create(experiment())
    viewer = view(run_id, {"boundary": {"resolution": 20}})
    first = await viewer.drawn("boundary")
    viewer.watch({"boundary": {"resolution": 40}})
    second = await viewer.drawn("boundary")
    assert second["views"]["boundary"]["rev"] > first["views"]["boundary"]["rev"]
    assert "base" in second["views"]["boundary"]
    viewer.watch({})
    assert (await viewer.next())["views"] == {}
    viewer.watch({"boundary": {"resolution": 40}})
    assert "base" in (await viewer.drawn("boundary"))["views"]["boundary"], "it had taken the view down"


async def test_views_of_different_options_do_not_mix(hub, view):
    run_id = hub.create(experiment())
    coarse = view(run_id, {"boundary": {"resolution": 20}})
    fine = view(run_id, {"boundary": {"resolution": 60}})
    sizes = [len(str((await viewer.drawn("boundary"))["views"]["boundary"]["frame"])) for viewer in (coarse, fine)]
    assert sizes[1] > 4 * sizes[0]


async def test_the_past_is_shown_while_the_run_goes_on(hub, view):
    run_id = hub.create(experiment())
    viewer, other = view(run_id, EVERYTHING), view(run_id, {"network": {}})
    start = (await viewer.drawn("network"))["views"]["network"]["frame"]
    hub.control(run_id, "step", 60)
    there = await viewer.until(lambda frame: frame["status"]["step"] == 60 and "network" in frame["views"])
    hub.control(run_id, "play")
    await until_step(viewer, 200)
    revs = {name: rev for name, (rev, _) in viewer.bases.items()}

    viewer.watch(EVERYTHING, 60)
    past = await viewer.until(lambda frame: frame["status"]["at"] == 60 and "network" in frame["views"])
    assert past["views"]["network"]["frame"] == there["views"]["network"]["frame"]
    assert past["views"]["network"]["step"] == past["views"]["boundary"]["step"] == 60
    assert past["status"]["moment"]["step"] == 60
    assert past["status"]["moment"]["train_loss"] == pytest.approx(there["status"]["train_loss"])
    assert past["status"]["step"] >= 200, "the numbers beside it are the live run's"
    for _ in range(3):
        later = await viewer.next()
        assert not {"network", "boundary"} & set(later["views"]), "a moment of the past is drawn once"

    viewer.watch(EVERYTHING, 0)
    begin = await viewer.until(lambda frame: frame["status"]["at"] == 0 and "network" in frame["views"])
    assert begin["views"]["network"]["frame"] == start
    assert {name: rev for name, (rev, _) in viewer.bases.items()} == revs, "only the moment changed: no base again"

    viewer.watch(EVERYTHING)
    live = await viewer.until(lambda frame: frame["status"]["at"] is None and "network" in frame["views"])
    assert live["views"]["network"]["step"] == live["status"]["step"] > 200
    assert live["status"]["moment"] is None
    assert (await other.drawn("network"))["status"]["at"] is None, "another viewer never left the present"


async def test_a_hidden_page_is_sent_numbers_now_and_then(hub, view):
    run_id = hub.create(experiment())
    hidden, shown = view(run_id), view(run_id, EVERYTHING)
    hub.control(run_id, "play")
    await hidden.until(lambda frame: frame["status"]["step"] > 0)
    before = len(hidden.frames)
    watching = asyncio.ensure_future(hidden.until(lambda frame: False))
    start = time.monotonic()
    while time.monotonic() - start < 1.5:
        await shown.drawn("boundary")
    watching.cancel()
    assert 1 <= len(hidden.frames) - before <= 1 + (time.monotonic() - start) / 0.4
    assert all(frame["views"] == {} for frame in hidden.frames)
    hidden.ack()
    hub.control(run_id, "pause")
    await hidden.state("paused")


async def test_wishes_that_cannot_be_met_are_refused_and_change_nothing(hub, view, monkeypatch):
    run_id = hub.create(experiment(data={"kind": "plane", "samples": 100}, network=[]))
    viewer = view(run_id, {"boundary": {"resolution": 20}, "curves": {}})
    await viewer.drawn("boundary", "curves")
    for views, words in [({"boundary": {"resolution": 10_000}}, "resolution"), ({"nothing": {}}, "no view")]:
        with pytest.raises(ValueError, match=words):
            viewer.watch(views)
    hub.control(run_id, "step")
    frame = await viewer.drawn("boundary", "curves")
    assert all("frame" in picture for picture in frame["views"].values()), "it still watches what it watched before"


async def test_closing_ends_the_wait(hub, view):
    viewer = view(hub.create(experiment()))
    await viewer.state("ready")
    await silence(viewer, hub)  # a slow machine tells in two frames what a quick one tells in one
    waiting = asyncio.ensure_future(viewer.subscription.next_frame())
    await asyncio.sleep(0)
    assert viewer.subscription.waiting
    viewer.close()
    assert await asyncio.wait_for(waiting, 5) is None
    viewer.close()


async def test_many_viewers_cost_the_worker_one_picture(hub, view):
    run_id = hub.create(experiment())
    viewers = [view(run_id, {"boundary": {}}) for _ in range(40)]
    hub.control(run_id, "play")

    async def watch(viewer: Viewer) -> list[int]:
        return [(await viewer.drawn("boundary"))["views"]["boundary"]["step"] for _ in range(12)]

    seen = await asyncio.gather(*(watch(viewer) for viewer in viewers))
    pictures = {step for steps in seen for step in steps}
    assert len(pictures) <= 40, "480 frames were sent of a few pictures"
