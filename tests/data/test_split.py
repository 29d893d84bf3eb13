"""Splits, wrong labels and balance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit

from playground.data.split import balanced, mislabelled, shuffled, stratified, train_count


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("percent", range(5, 100, 5))
@pytest.mark.parametrize("samples", [20, 200, 500, 501])
def test_train_count_is_tensorflow_playgrounds(samples, percent):
    # Theirs: Math.floor(data.length * percTrainData / 100), in whole percents.
    assert train_count(samples, percent / 100) == samples * (100 - percent) // 100


@given(st.integers(1, 300), st.floats(0.05, 0.95), st.integers(0, 100))
def test_every_row_is_in_exactly_one_part(samples, fraction, seed):
    train, test = shuffled(rng(seed), samples, fraction)
    assert len(train) == max(1, train_count(samples, fraction))
    assert sorted([*train, *test]) == list(range(samples))


@given(st.lists(st.integers(0, 4), min_size=2, max_size=200), st.floats(0.05, 0.95))
def test_stratified_keeps_every_row_once_and_every_class_in_training(labels, fraction):
    labels = np.array(labels)
    train, test = stratified(rng(), labels, fraction)
    assert sorted([*train, *test]) == list(range(len(labels)))
    assert set(labels[train]) == set(labels)
    assert len(train) == max(train_count(len(labels), fraction), len(np.unique(labels)))


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.3, 0.5, 0.8])
def test_stratified_shares_are_those_of_scikit_learn(fraction):
    labels = rng(1).choice(4, size=397, p=[0.5, 0.3, 0.15, 0.05])
    train, test = stratified(rng(), labels, fraction)
    their_train, their_test = next(
        StratifiedShuffleSplit(1, train_size=len(train), test_size=len(test)).split(labels, labels)
    )
    assert np.abs(np.bincount(labels[train]) - np.bincount(labels[their_train])).max() <= 1
    assert np.abs(np.bincount(labels[test]) - np.bincount(labels[their_test])).max() <= 1


@given(st.integers(2, 5), st.floats(0, 0.5), st.integers(1, 300))
def test_mislabelled_changes_exactly_the_share(classes, share, count):
    labels = rng(1).integers(classes, size=count)
    before = labels.copy()
    wrong = mislabelled(rng(), labels, share, classes)
    assert np.array_equal(labels, before)
    assert (wrong != labels).sum() == round(share * count)
    assert wrong.min() >= 0 and wrong.max() < classes


def test_every_other_class_is_as_likely():
    wrong = mislabelled(rng(), np.zeros(30_000, dtype=np.int64), 0.5, 4)
    np.testing.assert_allclose(np.bincount(wrong) / 30_000, [1 / 2, 1 / 6, 1 / 6, 1 / 6], atol=0.01)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=100), st.integers(0, 9))
def test_balanced_classes_are_equal_and_nothing_is_lost(labels, seed):
    labels = np.array(labels)
    rows = balanced(rng(seed), labels, most_rows=10_000)
    sizes = np.bincount(labels[rows])
    assert set(sizes[sizes > 0]) == {np.bincount(labels).max()}
    assert set(rows) == set(range(len(labels)))
    for label in np.unique(labels):  # within a class, no row is repeated twice more than another
        repeats = np.bincount(rows, minlength=len(labels))[labels == label]
        assert repeats.max() - repeats.min() <= 1


def test_balance_is_bounded():
    labels = np.repeat([0, 1, 2], [1_000, 10, 1])
    rows = balanced(rng(), labels, most_rows=300)
    assert np.bincount(labels[rows]).tolist() == [100, 100, 100]
