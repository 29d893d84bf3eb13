"""Painted points as text: one text for equal points, whatever way they came; and what cannot be painted, in words."""

import base64
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.experiment import Experiment, edits, painting
from playground.experiment.data import Painted
from playground.experiment.painted import repainted
from playground.experiment.problems import explain
from playground.settings import settings
from tests.experiment.strategies import paintings, plain

points = st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6), st.integers(0, 255)), max_size=40)


def text_of(drawn) -> str:
    array = np.array(drawn, np.float64).reshape(-1, 3)
    return painting.encode(array[:, :2], array[:, 2].astype(np.uint8))


def two(labels, places=((1.0, 1.0), (2.0, 2.0))) -> str:
    return painting.encode(np.array(places), np.array(labels))


def refused(**data) -> str:
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(plain(data={"kind": "painted", **data}))
    (problem,) = explain(caught.value)
    assert problem.path == ("data", "points")
    return problem.message


@given(points)
def test_points_come_back_as_near_as_the_grid_allows(drawn):
    places, labels = painting.decode(text_of(drawn))
    step = 12 / 4095
    for x, y, label in drawn:
        near = np.abs(places - [x, y]).max(axis=1) <= step / 2 + 1e-9
        assert (near & (labels == label)).any()
    assert len(places) <= len(drawn)


@given(points, st.randoms())
def test_equal_points_have_one_text(drawn, random):
    again = [*drawn, *drawn[:3]]
    random.shuffle(again)
    text = text_of(drawn)
    assert text_of(again) == text == painting.canonical(text)
    assert painting.encode(*painting.decode(text)) == text


def test_the_form_is_what_it_is_said_to_be():
    """By hand: 4 bytes a point, most significant first, sorted."""
    text = painting.encode(np.array([[6.0, -6.0], [-6.0, 6.0], [9.0, 0.0]]), np.array([3, 4, 200]))
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    first, second, third = struct.unpack(">3I", raw)
    assert first == 0 << 20 | 4095 << 8 | 4
    assert second == 4095 << 20 | 0 << 8 | 3
    assert (third >> 20, third & 0xFF) == (4095, 200), "beyond the canvas means at its edge"


@pytest.mark.parametrize("text", ["A", "AAAA", "AAAAAA=A", "ä", "AA AAAA", "AAAAAA+", "\0"])
def test_what_is_no_text_of_points_is_refused(text):
    with pytest.raises(ValueError, match="damaged"):
        painting.decode(text)


@given(st.text(max_size=30))
def test_any_text_is_points_or_refused_in_words(text):
    try:
        places, labels = painting.decode(text)
    except ValueError as error:
        assert "damaged" in str(error)
    else:
        assert len(places) == len(labels) and np.abs(places).max(initial=0) <= 6


def test_what_cannot_be_trained_on_is_told_in_words():
    many = np.random.default_rng(0).uniform(-6, 6, (settings.max_painted + 50, 2))
    assert "at least two points" in refused(points="")
    assert "at least two points" in refused(points=two([0, 0], ((1, 1), (1, 1))))
    assert "one class" in refused(points=two([1, 1]))
    assert "class 6" in refused(points=two([0, 5]))
    assert "-1 to +1" in refused(points=two([0, 255]), as_task="regression")
    assert "up to 1,000" in refused(points=painting.encode(many, np.arange(len(many)) % 2))
    assert "damaged" in refused(points="AAAA")
    assert "characters" in refused(points="A" * 10**6)
    assert "must be a text" in refused(points=12)


@given(paintings("classification"), paintings("regression"))
def test_an_experiment_keeps_its_points_through_link_and_json(classes, values):
    for task, text in (("classification", classes), ("regression", values)):
        data = {"kind": "painted", "as_task": task, "points": text}
        experiment = Experiment.model_validate(plain(data=data))
        assert experiment.data.points == text
        assert Experiment.from_link(experiment.to_link()) == experiment
        assert Experiment.model_validate_json(experiment.model_dump_json()) == experiment


def test_points_in_another_order_are_the_same_experiment():
    raw = base64.urlsafe_b64decode(painting.smile() + "==")
    turned = base64.urlsafe_b64encode(b"".join(raw[i : i + 4] for i in range(len(raw) - 4, -1, -4))).decode()
    one, other = (
        Experiment.model_validate(plain(data={"kind": "painted", "points": p})) for p in (painting.smile(), turned)
    )
    assert one == other and one.digest == other.digest and one.to_link() == other.to_link()


def test_a_full_canvas_fits_in_a_link():
    places = np.random.default_rng(1).uniform(-6, 6, (settings.max_painted, 2))
    data = {"kind": "painted", "points": painting.encode(places, np.arange(settings.max_painted) % 5)}
    experiment = Experiment.model_validate(plain(data=data))
    assert experiment.data.count == settings.max_painted and experiment.data.classes == 5
    assert len(experiment.to_link()) < 6_500
    assert Experiment.from_link(experiment.to_link()) == experiment


def test_values_and_labels():
    assert painting.values_of(np.array([0, 127, 254], np.uint8)).tolist() == [-1.0, 0.0, 1.0]
    labels = np.arange(255, dtype=np.uint8)
    assert np.array_equal(painting.labels_of(painting.values_of(labels)), labels)
    assert painting.labels_of(np.array([-7.0, 7.0])).tolist() == [0, 254]


@pytest.mark.parametrize(("classes", "values"), [((0, 1), (-1, 1)), ((0, 2), (-1, 1)), ((1, 2), (0, 1))])
def test_classes_become_values_and_values_classes(classes, values):
    text = painting.converted(two(classes), "regression")
    places, labels = painting.decode(text)
    assert np.allclose(places, painting.decode(two(classes))[0])
    assert np.allclose(painting.values_of(labels), values, atol=1e-9)
    back = painting.decode(painting.converted(text, "classification"))[1]
    assert back.tolist() == [int(value >= 0) for value in values]


def test_classes_are_as_many_as_the_last_one_needs():
    for labels, count in (((0, 1), 2), ((0, 3), 4), ((1, 4), 5)):
        assert Painted(kind="painted", points=two(labels)).classes == count
    assert Painted(kind="painted", as_task="regression", points=two((0, 254))).classes == 0


# -- when a network can go on ------------------------------------------------------------------------------------------


def on(**data) -> Experiment:
    return Experiment.model_validate(plain(data=data))


def test_only_painted_points_that_differ_are_repainted():
    before = on(kind="painted", points=two((0, 1)))
    assert repainted(before, on(kind="painted", points=two((0, 1), ((1, 1), (3, 3)))))
    assert repainted(before, on(kind="painted", points=two((0, 2)))), "the shapes decide then"
    assert not repainted(before, before)
    assert not repainted(before, on(kind="painted", points=two((0, 1)), seed=9))
    assert not repainted(before, on(kind="painted", points=two((1, 0)), features=["x1"]))
    assert not repainted(before, on(kind="circle"))
    other = on(kind="painted", points=two((1, 0)))
    assert not repainted(before, other.replace(seed=3))
    assert not repainted(before, other.replace(network=()))


def test_a_synthetic_set_can_be_repainted_and_a_table_or_curve_cannot():
    painted = Painted(kind="painted", points=two((0, 1)), test_fraction=0.5)
    circle = on(kind="circle")
    assert repainted(circle, circle.replace(data=painted))
    assert not repainted(circle, circle.replace(data=painted.model_copy(update={"test_fraction": 0.2})))
    for kind in ("iris", "curve"):
        other = on(kind=kind)
        assert not repainted(other, edits.with_data(other, painted))
