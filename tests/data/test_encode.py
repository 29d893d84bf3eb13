"""Encoding and the drawing plane against scikit-learn."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from playground.data.columns import Column, column_of
from playground.data.encode import encode, fill_numbers, scale
from playground.data.errors import TableError
from playground.data.pca import components, principal_plane


def rng(seed=0):
    return np.random.default_rng(seed)


TRAIN = np.arange(0, 100, 2)


def number(values):
    return Column("n", "number", np.asarray(values, dtype=np.float64))


def test_numbers_are_standardised_as_by_scikit_learn():
    values = rng().normal(50, 12, size=(100, 3))
    values[:, 2] = 7.0
    inputs, names, *_ = encode([number(column) for column in values.T], TRAIN, "mean", 10)
    np.testing.assert_allclose(inputs, StandardScaler().fit(values[TRAIN]).transform(values), atol=1e-6)
    assert names == ("n",) * 3
    assert (inputs[:, 2] == 0).all()


@pytest.mark.parametrize("values", [[1e9 + 1e-7 * k for k in range(9)], [5.0] * 9, [1e-200, 2e-200, 3e-200], [4.0]])
def test_columns_that_do_not_vary_are_left_at_zero(values):
    mean, deviation = scale(np.array(values))
    assert deviation == StandardScaler().fit(np.array(values)[:, None]).scale_[0] == 1
    assert mean == pytest.approx(np.mean(values))


@pytest.mark.parametrize("missing", ["mean", "median", "most_frequent"])
def test_gaps_are_filled_as_by_scikit_learn(missing):
    values = rng().integers(0, 9, size=100).astype(float)
    values[rng(1).random(100) < 0.3] = np.nan
    filled = fill_numbers(values, TRAIN, missing)
    theirs = SimpleImputer(strategy=missing).fit(values[TRAIN, None]).transform(values[:, None])[:, 0]
    np.testing.assert_allclose(filled, theirs)


def test_a_column_without_training_values_is_filled_with_nothing_special():
    values = np.array([np.nan, 5.0, np.nan, 7.0])
    inputs, *_ = encode([number(values)], np.array([0, 2]), "median", 10)
    assert np.isfinite(inputs).all()
    assert inputs[0, 0] == inputs[2, 0] == 0


def text(cells):
    return column_of("t", cells)


def test_text_is_one_hot_as_by_scikit_learn():
    cells = [f"level {k}" for k in rng().integers(0, 6, size=100)]
    cells[1] = "only in the test part"
    column = text(cells)
    inputs, names, *_ = encode([column], TRAIN, "drop", 30)
    data = np.array(cells)[:, None]
    theirs = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(data[TRAIN])
    np.testing.assert_array_equal(inputs, theirs.transform(data))
    assert names == tuple(f"t = {level}" for level in theirs.categories_[0])
    assert not inputs[1].any()


def test_more_than_twenty_levels_leave_a_rest_as_in_scikit_learn():
    # Level k comes 2k + 1 times, so that none are equally frequent.
    cells = rng().permutation([f"level {k:02}" for k in range(26) for _ in range(2 * k + 1)])
    cells[-1] = "unseen"
    train = np.arange(len(cells) - 1)
    column = Column("t", "category", np.searchsorted(np.unique(cells), cells).astype(np.int32), tuple(np.unique(cells)))
    inputs, names, *_ = encode([column], train, "drop", 30)
    theirs = OneHotEncoder(max_categories=21, handle_unknown="infrequent_if_exist", sparse_output=False).fit(
        cells[train, None]
    )
    np.testing.assert_array_equal(inputs, theirs.transform(cells[:, None]))
    assert len(names) == 21
    assert names[-1] == "t = other"
    assert (inputs.sum(axis=1) == 1).all()


def test_missing_text_becomes_the_most_frequent_of_the_training_rows():
    column = text(["a", "b", "b", "a", "", "a", "b", "a"])
    train = np.array([1, 2, 3])
    inputs, names, *_ = encode([column], train, "mean", 10)
    assert names == ("t = a", "t = b")
    assert inputs[4].tolist() == [0, 1]


def test_yes_or_no_is_one_input():
    column = text(["yes", "no", "yes", "", "no", "yes"])
    inputs, names, *_ = encode([column], np.arange(6), "median", 10)
    assert names == ("t = yes",)
    assert inputs[:, 0].tolist() == [1, 0, 1, 1, 0, 1]


def test_inputs_are_bounded():
    column = text([f"level {k % 7}" for k in range(100)])
    with pytest.raises(TableError, match=r"make 14 inputs .* at most 13") as caught:
        encode([column, column], TRAIN, "drop", 13)
    assert caught.value.field == "columns"


def test_absurd_test_values_stay_finite():
    inputs, *_ = encode([number([1, 1, 1, 1e149])], np.arange(3), "mean", 10)
    assert np.isfinite(inputs).all()


@pytest.mark.parametrize("shape", [(200, 2), (50, 7), (3, 30), (400, 60)])
def test_components_are_scikit_learns(shape):
    inputs = (rng().normal(size=shape) @ np.diag(np.geomspace(3, 0.3, shape[1]))).astype(np.float32)
    mean, axes, shares = components(inputs)
    theirs = PCA(2, svd_solver="full").fit(inputs.astype(np.float64))
    np.testing.assert_allclose(mean, theirs.mean_, atol=1e-6)
    np.testing.assert_allclose(axes, theirs.components_, atol=1e-6)
    np.testing.assert_allclose(shares, theirs.explained_variance_ratio_, atol=1e-6)


def test_the_plane_passes_through_the_mean_and_projects_back():
    train, test = rng().normal(size=(80, 6)).astype(np.float32), rng(1).normal(size=(40, 6)).astype(np.float32)
    plane, train_points, test_points = principal_plane(train, test)
    np.testing.assert_allclose(plane.inputs(np.zeros((1, 2)))[0], train.mean(axis=0), atol=1e-6)
    theirs = PCA(2, svd_solver="full").fit(train)
    np.testing.assert_allclose(test_points, theirs.transform(test), atol=1e-5)
    np.testing.assert_allclose(plane.inputs(train_points), theirs.inverse_transform(train_points), atol=1e-5)
    for axis, (low, high) in enumerate(plane.domain):
        points = np.concatenate([train_points, test_points])[:, axis]
        assert low < points.min() and points.max() < high


@pytest.mark.parametrize(
    "inputs", [[[1.0], [2.0], [4.0]], [[1.0, 2.0], [2.0, 4.0]], [[3.0, 3.0], [3.0, 3.0]], [[1.0, 2.0]]]
)
def test_flat_data_still_has_a_plane(inputs):
    inputs = np.array(inputs, dtype=np.float32)
    plane, points, rest = principal_plane(inputs, inputs[:0])
    assert points.shape == (len(inputs), 2) and rest.shape == (0, 2)
    assert all(low < high for low, high in plane.domain)
    np.testing.assert_allclose(plane.inputs(points), inputs, atol=1e-6)
