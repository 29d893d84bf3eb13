"""Views that read a run's past a little at a time: they are drawn until they are done, also while the run rests."""

import pytest

from playground.lenses import album
from playground.lenses.album import Album, chosen
from playground.lenses.hurry import a_little_at_a_time
from playground.training import Trainer
from playground.training.rules import is_photographed
from tests.runs.viewer import experiment, silence

pytestmark = pytest.mark.anyio
PAST = {"gradients": {}, "units": {}, "weight_history": {}}


async def rested(hub, view, steps: int):
    """A viewer of a run that has taken so many steps and stands still, who has looked at nothing but numbers."""
    run_id = hub.create(experiment())
    viewer = view(run_id)
    hub.control(run_id, "step", steps)
    await viewer.until(lambda frame: frame["status"]["step"] == steps and frame["status"]["state"] == "paused")
    return run_id, viewer


def moments(frame) -> int:
    """How many moments the gradients of a frame show."""
    packed = frame["views"]["gradients"]["frame"]["traces"]["0"]["x"]
    return len(packed["bdata"]) * 3 // 4 // 4


async def test_a_run_that_rests_is_caught_up_with(hub, view):
    run_id, viewer = await rested(hub, view, 300)
    wanted = len(chosen([step for step in range(301) if is_photographed(step)]))
    viewer.watch({**PAST, "findings": {}, "boundary": {"resolution": 20}})
    shown = [moments(await viewer.drawn("gradients"))]
    while shown[-1] < wanted:
        frame = await viewer.drawn("gradients", "boundary")
        assert frame["status"]["step"] == 300
        shown.append(moments(frame))
    assert shown == sorted(shown)
    taken = len(viewer.frames)
    await silence(viewer, hub)  # once it is done; another view may be so a little later
    for frame in viewer.frames[taken:]:
        assert frame["status"]["step"] == 300
        assert "gradients" not in frame["views"] or moments(frame) == wanted
    hub.control(run_id, "speed", 3)
    assert (await viewer.next())["views"] == {}


async def test_what_is_looked_at_changes_nothing(hub, view):
    run_id, viewer = await rested(hub, view, 60)
    viewer.watch({**PAST, "sharpness": {}, "activations": {}, "findings": {}})
    await viewer.drawn(*PAST, "sharpness")
    alone = Trainer(experiment(), device="cpu")
    alone.advance(steps=60)
    watched = Trainer.loads(hub.checkpoint(run_id))
    assert (watched.module.flat.values == alone.module.flat.values).all()
    for trainer in (watched, alone):
        trainer.advance(steps=20)
    assert (watched.module.flat.values == alone.module.flat.values).all()


async def test_the_past_is_whole_for_a_viewer_of_an_earlier_moment(hub, view):
    _, viewer = await rested(hub, view, 50)
    viewer.watch({"gradients": {}, "activations": {}}, 10)
    frame = await viewer.until(lambda frame: "gradients" in frame["views"] and moments(frame) == 51)
    assert frame["status"]["step"] == 50
    assert (viewer.shown["gradients"], viewer.shown["activations"]) == (50, 10)


def test_a_look_in_a_hurry_is_short_and_says_what_is_missing(monkeypatch):
    trainer = Trainer(experiment(), device="cpu")
    trainer.advance(steps=90)
    looked = Album(lambda trainer, step: trainer.at(step))
    monkeypatch.setattr(album, "FIRST_SLICE", 0.0)
    monkeypatch.setattr(album, "RESTING_SLICE", 60.0)
    with a_little_at_a_time():
        steps, _, missing = looked.look(trainer)
    assert (steps, missing) == ([90], 90), "the latest comes first, and without it there would be nothing to draw"
    with a_little_at_a_time(resting=True):
        steps, pictures, missing = looked.look(trainer)
    assert (len(steps), len(pictures), missing) == (91, 91, 0)


def test_while_it_trains_only_a_share_of_the_time_is_taken(monkeypatch):
    """By a clock that only pictures move: so much of it as they may take, they take, and no more."""
    now, taken = [0.0], []
    monkeypatch.setattr(album.time, "monotonic", lambda: now[0])

    def slow(_trainer, step):
        taken.append(step)
        now[0] += 0.01

    trainer = Trainer(experiment(), device="cpu")
    looked = Album(slow)
    with a_little_at_a_time():
        for _ in range(200):
            trainer.advance(steps=1)
            for _ in range(3):  # as many views look at the same step
                looked.look(trainer)
            now[0] += 0.02
    assert 0.5 * album.SHARE < 0.01 * len(taken) / now[0] <= 1.1 * album.SHARE
