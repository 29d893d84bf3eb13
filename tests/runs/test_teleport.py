"""A run that is put somewhere else by a press on its landscape, and points that are kept beside it."""

import pytest

from playground.training import Trainer
from tests.runs.viewer import experiment

pytestmark = pytest.mark.anyio
VIEWS = {"contour": {"resolution": 11}}


def now(hub, run_id) -> Trainer:
    return Trainer.loads(hub.checkpoint(run_id))


async def whole(viewer) -> dict:
    """The surface, once it is whole."""
    frame = await viewer.until(
        lambda frame: "contour" in frame["views"] and frame["views"]["contour"]["frame"]["layout"]["meta.share"] == 1
    )
    return frame["views"]["contour"]["frame"]["layout"]


async def test_a_press_puts_the_run_there_and_a_wrong_one_does_not(hub, view):
    viewer = view(hub.create(experiment()), VIEWS)
    run_id = viewer.subscription.run_id
    plane = (await whole(viewer))["meta.plane"]
    before = now(hub, run_id).weights()["layers.0.weight"]
    hub.control(run_id, "teleport", {"plane": plane, "x": 0.5, "y": -0.25})
    assert (await whole(viewer))["meta.plane"] != plane, "the surface is of the new place"
    there = now(hub, run_id)
    assert (there.weights()["layers.0.weight"] != before).all()
    hub.control(run_id, "teleport", {"plane": 7, "x": 0.5, "y": -0.25})
    told = await viewer.until(lambda frame: frame["status"]["notice"])
    assert "no longer there" in told["status"]["notice"]["text"]
    assert (now(hub, run_id).module.flat.values == there.module.flat.values).all()
    hub.control(run_id, "step", 5)
    await viewer.until(lambda frame: frame["status"]["step"] == 5)


@pytest.mark.parametrize(
    "value",
    [None, 3, {}, {"plane": 1, "x": 0}, {"plane": -1, "x": 0, "y": 0}, {"plane": 1, "x": "0", "y": 0},
     {"plane": 1, "x": 1e30, "y": 0}, {"plane": 1, "x": True, "y": 0}, {"plane": 1, "x": 0, "y": 0, "z": 0}],
)  # fmt: skip
async def test_what_is_no_point_is_refused_in_plain_words(hub, value):
    run_id = hub.create(experiment())
    with pytest.raises(ValueError, match=r"must be|exactly these"):
        hub.control(run_id, "teleport", value)


async def test_a_kept_point_outlives_other_weights_and_a_dead_worker(hub, view):
    viewer = view(hub.create(experiment()), VIEWS)
    run_id = viewer.subscription.run_id
    await whole(viewer)
    hub.keep_landmark(run_id, "here", hub.fetch(run_id, "weights"))
    line = {"contour": {"resolution": 11, "directions": "line", "landmark": "here"}}
    hub.replace(run_id, experiment(seed=5))
    viewer.watch(line)
    assert "kept point" in (await whole(viewer))["xaxis.title.text"]
    hub.replace(run_id, experiment(network=[{"kind": "linear", "units": 9}, {"kind": "tanh"}]))
    frame = await viewer.until(lambda frame: frame["views"].get("contour", {}).get("error"))
    assert "The kept point is gone" in frame["views"]["contour"]["error"]
    with pytest.raises(ValueError, match="too large"):
        hub.keep_landmark(run_id, "huge", bytes(3_000_000))
    with pytest.raises(KeyError):
        hub.keep_landmark("nowhere", "here", b"")
