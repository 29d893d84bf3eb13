"""The planes of a table: two of its inputs in its own numbers, the others standing still."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.datasets import load_iris

from playground.data import load, store
from playground.data.loading import forget
from playground.data.planes import PlaneChoice, first_inputs, on_plane
from playground.experiment.registry import REGISTRIES


def table(kind="iris", **fields):
    return load(REGISTRIES["data"][kind](kind=kind, **fields))


@pytest.mark.parametrize("kind", ["iris", "wine", "breast_cancer", "diabetes"])
@pytest.mark.parametrize("row", [None, 0, 7])
def test_a_plane_of_two_inputs(kind, row):
    dataset = table(kind)
    seen = on_plane(dataset, {"kind": "features", "x": 2, "y": 0, "row": row})
    assert seen.plane.titles == (dataset.inputs[2], dataset.inputs[0])
    assert seen.x_train is dataset.x_train
    # The rows' own places lead back to their own inputs, in those two.
    for part in ("train", "test"):
        own, there = getattr(dataset, f"x_{part}"), seen.plane.inputs(getattr(seen, f"{part}_points"))
        np.testing.assert_allclose(there[:, [2, 0]], own[:, [2, 0]], atol=2e-5)
        others = [i for i in range(len(dataset.inputs)) if i not in (0, 2)]
        rest = dataset.x_train.mean(axis=0) if row is None else dataset.x_train[row]
        np.testing.assert_allclose(there[:, others], np.tile(rest[others], (len(there), 1)), atol=1e-6)
    low, high = np.array(seen.plane.domain).T
    for points in (seen.train_points, seen.test_points):
        assert (points > low).all()
        assert (points < high).all()


def test_points_lie_in_the_numbers_of_the_table():
    dataset = table("iris")
    seen = on_plane(dataset, PlaneChoice(kind="features", x=2, y=3))
    ours = np.concatenate([seen.train_points, seen.test_points])
    theirs = load_iris().data[:, 2:]
    np.testing.assert_allclose(np.sort(ours, axis=0), np.sort(theirs, axis=0), atol=1e-5)


def test_a_row_of_the_plane_is_on_it():
    """Through a chosen row the plane holds the row itself."""
    dataset = table("wine")
    seen = on_plane(dataset, {"kind": "features", "x": 5, "y": 9, "row": 11})
    np.testing.assert_allclose(seen.plane.inputs(seen.train_points[11:12])[0], dataset.x_train[11], atol=2e-5)


def test_words_and_yes_or_no_keep_0_and_1():
    rows = b"".join(
        f"{'red' if i % 3 else 'blue'},{'yes' if i % 2 else 'no'},{i},{'ab'[i % 2]}\n".encode() for i in range(40)
    )
    table = store.put(b"colour,ripe,size,kind\n" + rows)
    forget()
    spec = {"target": "kind", "columns": ["colour", "ripe", "size"], "as_task": "classification"}
    dataset = load(REGISTRIES["data"]["csv"](kind="csv", table=table, **spec))
    means, deviations = dataset.input_scale
    assert dataset.inputs == ("colour = blue", "colour = red", "ripe = yes", "size")
    np.testing.assert_array_equal(means[:3], 0)
    np.testing.assert_array_equal(deviations[:3], 1)
    seen = on_plane(dataset, {"kind": "features", "x": 1, "y": 3})
    assert set(seen.train_points[:, 0].tolist()) == {0.0, 1.0}
    np.testing.assert_allclose(seen.train_points[:, 1], seen.train_points[:, 1].round(), atol=1e-5)


@pytest.mark.parametrize(("kind", "names"), [("iris", (0, 1)), ("diabetes", (0, 2)), ("breast_cancer", (0, 1))])
def test_inputs_of_many_values_come_first(kind, names):
    assert first_inputs(table(kind)) == names  # not the sex of diabetes


def test_the_same_question_gives_the_same_object():
    dataset = table("iris")
    choice = {"kind": "features", "x": 0, "y": 1}
    assert on_plane(dataset, choice) is on_plane(dataset, PlaneChoice.model_validate(choice))
    assert on_plane(dataset, None) is on_plane(dataset, {"kind": "pca"}) is dataset


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("iris", {"kind": "features", "x": 0, "y": 4}),
        ("iris", {"kind": "features", "x": 0, "y": 1, "row": 150}),
        ("circle", {"kind": "features", "x": 0, "y": 1}),
        ("circle", {"kind": "pca"}),
        ("curve", {"kind": "features", "x": 0, "y": 1}),
    ],
)
def test_a_plane_that_the_data_has_not_is_refused_in_plain_words(kind, choice):
    assert not PlaneChoice.model_validate(choice).fits(table(kind))
    with pytest.raises(ValueError, match="has no plane"):
        on_plane(table(kind), choice)


@pytest.mark.parametrize(
    "choice",
    [{"x": 1, "y": 1}, {"x": -1}, {"x": 10**12}, {"row": -1}, {"row": 0.5}, {"kind": "tsne"}, {"z": 1}, {"x": None}],
)
def test_nonsense_is_refused(choice):
    with pytest.raises(ValidationError):
        PlaneChoice.model_validate({"kind": "features", **choice})


@settings(max_examples=40)
@given(x=st.integers(0, 12), y=st.integers(0, 12), row=st.none() | st.integers(0, 80))
def test_any_two_inputs_make_a_plane(x, y, row):
    if x == y:
        return
    dataset = table("wine")
    seen = on_plane(dataset, {"kind": "features", "x": x, "y": y, "row": row})
    assert all(low < high for low, high in seen.plane.domain)
    corners = np.array([[x, y] for x in seen.plane.domain[0] for y in seen.plane.domain[1]])
    inputs = seen.plane.inputs(corners)
    assert inputs.shape == (4, 13)
    assert np.isfinite(inputs).all()
    np.testing.assert_array_equal(np.ptp(np.delete(inputs, [x, y], axis=1), axis=0), 0)
