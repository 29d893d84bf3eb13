"""Painted points as a data set: what is painted is what is trained on, and a stroke leaves the rest where it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data import load
from playground.data.painted import draws, painted, painted_from
from playground.data.split import ranked, train_count
from playground.experiment import REGISTRIES, painting, task_of
from playground.experiment.data import Painted
from playground.settings import settings

PLANES = [kind for kind, entry in REGISTRIES["data"].items() if entry.family == "plane" and kind != "painted"]


def canvas(count: int = 60, classes: int = 3, seed: int = 0, **choices) -> Painted:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    labels[:classes] = range(classes)
    return Painted(kind="painted", points=painting.encode(rng.uniform(-6, 6, (count, 2)), labels), **choices)


def rows(places, targets) -> set:
    return {(round(float(x), 4), round(float(y), 4), float(t)) for (x, y), t in zip(places, targets, strict=True)}


def parts(spec) -> tuple[set, set]:
    data = load(spec)
    return rows(data.train_points, data.y_train), rows(data.test_points, data.y_test)


def splitmix(record: int, seed: int) -> float:
    """SplitMix64's output function in Python's own whole numbers."""
    whole = 2**64 - 1
    z = (record * 0x9E3779B97F4A7C15 + seed) & whole
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & whole
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & whole
    return ((z ^ (z >> 31)) >> 11) / 2**53


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20), st.integers(0, 2**64 - 1))
def test_draws_are_those_of_splitmix(records, seed):
    assert draws(np.array(records, np.uint32), seed).tolist() == [splitmix(record, seed) for record in records]


def test_draws_are_evenly_spread_also_over_neighbours():
    found = draws(np.arange(10_000, dtype=np.uint32) << np.uint32(8), 5)
    assert np.abs(np.bincount((found * 10).astype(int), minlength=10) - 1000).max() < 150


@given(st.integers(2, 120), st.integers(2, 5), st.floats(0.05, 0.95), st.integers(0, 50))
def test_every_point_is_in_one_part_with_its_label(count, classes, fraction, seed):
    spec = canvas(max(count, classes), classes, seed, test_fraction=fraction)
    train, test = parts(spec)
    places, labels = painting.decode(spec.points)
    assert train | test == rows(places.astype(np.float32), labels)
    assert len(train) + len(test) == spec.count
    assert {label for *_, label in train} == set(map(float, labels)), "every class trains"
    expected = max(train_count(spec.count, fraction), len(set(labels)))
    assert len(train) == expected


def test_values_are_trained_on_as_they_were_painted():
    labels = np.array([0, 64, 127, 254])
    places = np.array([[-1.0, 0.0], [0.0, 1.0], [2.0, 2.0], [3.0, -3.0]])
    data = load(Painted(kind="painted", as_task="regression", points=painting.encode(places, labels)))
    assert data.task == "regression" and data.classes == ()
    both = np.sort(np.concatenate([data.y_train, data.y_test]))
    assert both.dtype == np.float32
    assert np.allclose(both, [-1.0, -63 / 127, 0.0, 1.0])


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("fraction", [0.05, 0.95])
def test_two_points_are_enough(task, fraction):
    text = painting.encode(np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([0, 1]))
    data = load(Painted(kind="painted", as_task=task, points=text, test_fraction=fraction))
    assert len(data.x_train) >= 1 and len(data.x_train) + len(data.x_test) == 2


@given(st.integers(0, 200), st.floats(0.1, 0.9))
def test_a_point_more_moves_hardly_any_other_to_the_other_part(seed, fraction):
    before = canvas(80, 3, seed, test_fraction=fraction)
    rng = np.random.default_rng(seed + 1000)
    places, labels = painting.decode(before.points)
    more = painting.encode(np.vstack([places, rng.uniform(-6, 6, (1, 2))]), np.append(labels, 1))
    after = before.model_copy(update={"points": more})
    (train, test), (then_train, then_test) = parts(before), parts(after)
    moved = len(train & then_test) + len(test & then_train)
    assert moved <= 3, "one at most for each class, whose share may round otherwise"


def test_another_seed_is_another_split_of_the_same_points():
    one, other = (parts(canvas().model_copy(update={"seed": seed})) for seed in (1, 5))
    assert one[0] | one[1] == other[0] | other[1]
    assert one[0] != other[0]


def test_training_goes_through_the_classes_mixed():
    """Points are kept sorted by place; a batch must not be."""
    data = load(canvas(400, 2))
    assert abs(np.corrcoef(data.train_points[:, 0], np.arange(len(data.train_points)))[0, 1]) < 0.2


def test_ranks_without_classes_are_a_plain_split():
    found = np.array([0.5, 0.1, 0.9, 0.3])
    train, test = ranked(found, None, 4, 0.5)
    assert (train.tolist(), test.tolist()) == ([1, 3], [0, 2])


# -- starting from a set that is there --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PLANES)
def test_any_set_of_the_plane_can_be_painted_on(kind):
    spec = REGISTRIES["data"][kind](kind=kind, samples=300, features=("x1", "x1_x2"), seed=4, test_fraction=0.3)
    dataset = load(spec)
    found = painted_from(spec, dataset)
    assert task_of(found) == task_of(spec)
    assert (found.features, found.seed, found.test_fraction) == (spec.features, spec.seed, spec.test_fraction)
    places = np.concatenate([dataset.train_points, dataset.test_points])
    targets = np.concatenate([dataset.y_train, dataset.y_test])
    seen = (np.abs(places) <= 6).all(axis=1)
    mine, targets_found, _ = painted(found)
    assert found.count == seen.sum()
    for place, target in zip(places[seen], targets[seen], strict=True):
        near = np.abs(mine - place).max(axis=1) < 0.002
        wanted = target if found.as_task == "classification" else np.clip(target, -1, 1)
        assert np.abs(targets_found[near] - wanted).min() < 0.005
    assert load(found).inputs == dataset.inputs and load(found).classes == dataset.classes
    assert painted_from(found, load(found)) is found


def test_wrong_labels_are_painted_as_they_are_seen():
    spec = REGISTRIES["data"]["circle"](kind="circle", label_noise=0.3)
    dataset = load(spec)
    found = painted_from(spec, dataset)
    assert found.label_noise == 0
    counts = np.bincount(np.concatenate([dataset.y_train, dataset.y_test]))
    assert np.bincount(found.labels).tolist() == counts.tolist()


def test_of_a_large_set_so_many_are_taken_that_there_is_room_for_more():
    spec = REGISTRIES["data"]["spiral"](kind="spiral", samples=20_000)
    found = painted_from(spec, load(spec))
    assert settings.max_painted / 4 < found.count <= settings.max_painted / 2
