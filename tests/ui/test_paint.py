"""Strokes as the workbench takes them in: what they make of the data, what is refused, and that the network goes on."""

import time

import numpy as np
import pytest

from playground.data import load
from playground.data.downloadable import COLLECTIONS
from playground.data.painted import painted_from
from playground.experiment import REGISTRIES, painting
from playground.experiment.data import BROUGHT, Painted
from playground.runs import hub
from playground.settings import settings
from playground.training import Trainer
from playground.ui import data_panel, paint

PLACES = np.array([[-4.0, -4.0], [4.0, 4.0], [4.0, -4.0], [0.0, 0.0]])


def text(labels) -> str:
    return painting.encode(PLACES[: len(labels)], np.array(labels))


def stroke(bench, points, serial=1, **event) -> None:
    task = paint.task_of(bench.experiment.data)
    paint.stroke(bench, {"op": "paint", "points": points, "task": task, "serial": serial, **event})


def to(bench, kind: str, **choices) -> None:
    data = REGISTRIES["data"][kind](kind=kind, **choices)
    assert bench.change(lambda experiment: data_panel.edits.fit_loss(experiment, data)), bench.errors


@pytest.mark.parametrize("kind", [kind for kind in REGISTRIES["data"] if kind not in (*BROUGHT, *COLLECTIONS)])
def test_the_tools_are_offered_for_points_of_the_plane_only(shared, kind):
    to(shared, kind)
    offer, data = paint.offer(shared), shared.experiment.data
    assert (offer is None) == (data.family != "plane")
    if offer:
        assert offer["points"] == painted_from(data, load(data)).points
        assert offer["task"] == paint.task_of(data)
        assert (offer["source"] is None) == (kind == "painted")
        assert len(offer["names"]) == len(offer["colours"]) == painting.MOST_CLASSES
        assert offer["most"] == settings.max_painted


def test_a_stroke_on_a_synthetic_set_makes_it_a_painted_one(bench):
    to(bench, "circle", features=("x1", "x1_x2"), seed=7, test_fraction=0.3)
    more = painting.encode(
        np.vstack([painting.decode(paint.offer(bench)["points"])[0], [[5.5, 5.5]]]),
        np.append(painting.decode(paint.offer(bench)["points"])[1], 1),
    )
    before = bench.experiment
    stroke(bench, more)
    data = bench.experiment.data
    assert isinstance(data, Painted) and data.points == more and data.count == 501
    assert (data.features, data.seed, data.test_fraction) == (("x1", "x1_x2"), 7, 0.3)
    assert bench.experiment == before.replace(data=data), "nothing else changes"
    assert bench.in_step and hub().get(bench.run).experiment == bench.experiment


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("", "two points"),
        (text([1, 1]), "one class"),
        ("AAAA", "damaged"),
        ("A" * 100_000, "characters"),
        (text([0, 9]), "classes"),
        (painting.encode(np.random.default_rng(0).uniform(-6, 6, (1_200, 2)), np.arange(1_200) % 2), "too many"),
    ],
    ids=["none", "one class", "damaged", "huge", "no such class", "too many"],
)
def test_what_cannot_be_trained_is_refused_and_told_at_the_plot(bench, points, words):
    to(bench, "painted")
    before = bench.experiment
    stroke(bench, points)
    assert bench.experiment == before
    assert words in paint.offer(bench)["error"]
    assert bench.untold() == []
    stroke(bench, text([0, 1]))
    assert bench.experiment.data.count == 2 and paint.offer(bench)["error"] == ""


@pytest.mark.parametrize("event", [{}, {"points": 3}, {"points": None, "serial": "x"}, {"points": ["AAAA"]}])
def test_an_event_that_is_none_of_ours_changes_nothing(bench, event):
    to(bench, "painted")
    before = bench.experiment
    paint.stroke(bench, {"op": "paint", "task": "classification", **event})
    assert bench.experiment == before and not bench.errors


def test_a_stroke_that_comes_after_other_data_is_about_points_that_are_gone(bench):
    to(bench, "plane")
    before = bench.experiment
    stroke(bench, text([0, 1]), task="classification")
    assert bench.experiment == before
    to(bench, "iris")
    paint.stroke(bench, {"op": "paint", "points": text([0, 1]), "task": "classification", "serial": 1})
    assert bench.experiment.data.kind == "iris"


def test_the_parts_of_a_stroke_are_one_step_back(draw, shared):
    to(shared, "circle")
    before, steps = shared.experiment, len(shared.history.past)
    texts = [painting.encode(PLACES[:n], np.arange(n) % 2) for n in (2, 3, 4)]

    def paint_twice(bench):
        for serial, points in enumerate(texts, 1):
            stroke(bench, points, serial, stroke=77.5)
        stroke(bench, texts[0], 9, stroke=99.5)

    assert not draw(shared, paint_twice).exception
    assert len(shared.history.past) == steps + 2
    shared.travel(shared.history.past[-2].serial)
    assert shared.experiment.data.points == texts[-1]
    assert "circle" in shared.history.now.told.lower(), "told as what it was from its beginning"
    shared.travel(shared.history.past[-2].serial)
    assert shared.experiment == before


def test_a_third_class_brings_a_third_output(bench):
    to(bench, "painted")
    stroke(bench, text([0, 1, 2]))
    assert bench.summary.head.outputs == 3
    stroke(bench, text([0, 1]))
    assert bench.summary.head.outputs == 1


def test_classes_become_values_and_the_loss_follows(bench):
    to(bench, "painted")
    assert bench.set(("training", "loss"), {"kind": "cross_entropy"})
    count = bench.experiment.data.count
    paint.choose_task(bench, "regression")
    data = bench.experiment.data
    assert (data.as_task, data.count) == ("regression", count)
    assert bench.experiment.training.loss.kind == "mse"
    assert set(load(data).y_train) == {-1.0, 1.0}
    paint.choose_task(bench, "classification")
    assert bench.experiment.data.as_task == "classification"
    assert set(bench.experiment.data.labels) == {0, 1}
    for nonsense in ("classification", "x", None):
        before = bench.experiment
        paint.choose_task(bench, nonsense)
        assert bench.experiment == before


def test_the_data_tab_counts_the_points_and_converts_them(open_page, shared):
    to(shared, "painted")
    page = open_page("Data", shared)
    assert not page.exception
    assert any("52 of class A and 40 of class B" in caption.value for caption in page.caption)
    page.button_group(key="field:data/as_task").set_value("regression").run()
    assert not page.exception
    assert shared.experiment.data.as_task == "regression"
    assert "field:data/label_noise" not in {item.key for item in page.number_input}
    page.button(key="paint").click().run()
    assert page.session_state[paint.INVITED] == 1


def test_picking_painted_points_opens_the_tools(draw, shared):
    to(shared, "circle")
    page = draw(shared, lambda bench: data_panel.pick(bench, "painted"))
    assert page.session_state[paint.INVITED] == 1
    assert shared.experiment.data.points == painting.smile()


# -- the network goes on ------------------------------------------------------------------------------------------


def weights(bench) -> np.ndarray:
    """The parameters of the run as it is now."""
    return Trainer.loads(hub().checkpoint(bench.run)).module.flat.parameters.detach().numpy().copy()


@pytest.fixture
def trained(bench):
    """A run on painted points that has taken fifty steps and rests."""
    to(bench, "painted")
    hub().control(bench.run, "step", 50)
    assert _rests(bench, 50)
    return bench


def _rests(bench, step: int) -> bool:
    # A checkpoint is made between two of the worker's turns: asking for one waits for what was asked before.
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if Trainer.loads(hub().checkpoint(bench.run)).step == step:
            return True
    return False


def test_the_network_goes_on_with_the_weights_it_has(trained):
    before = weights(trained)
    points = painting.encode(
        np.vstack([painting.decode(trained.experiment.data.points)[0], [[0.0, 5.5]]]),
        np.append(trained.experiment.data.labels, 1),
    )
    stroke(trained, points)
    assert np.array_equal(weights(trained), before)
    trained.travel(trained.history.past[-2].serial)
    assert trained.experiment.data.points == painting.smile()
    assert np.array_equal(weights(trained), before), "taking the stroke back keeps them, too"


def test_other_data_start_afresh(trained):
    before = weights(trained)
    to(trained, "circle")
    assert not np.array_equal(weights(trained), before)
