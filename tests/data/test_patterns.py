"""Data sets with several classes, moons and curves: what their docstrings promise."""

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.neighbors import KNeighborsClassifier

from playground.data import patterns
from playground.data.curves import CURVES, curve
from playground.data.features import FEATURES, compute, labels
from playground.experiment.data import CURVE_FEATURES
from playground.experiment.data import FEATURES as NAMES

SEVERAL = [patterns.spiral, patterns.rings, patterns.blobs, patterns.checkerboard]


def rng(seed=5):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("make", SEVERAL)
@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_without_noise_the_classes_can_be_told_apart(make, classes):
    points, labels = make(rng(), 3_000, 0.0, classes)
    judge = KNeighborsClassifier(1).fit(points[::2], labels[::2])
    assert judge.score(points[1::2], labels[1::2]) > 0.97


@pytest.mark.parametrize("make", SEVERAL)
@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_noise_makes_it_harder(make, classes):
    scores = []
    for noise in (0.0, 0.25, 0.5):
        points, labels = make(rng(), 2_000, noise, classes)
        judge = KNeighborsClassifier(15).fit(points[::2], labels[::2])
        scores.append(judge.score(points[1::2], labels[1::2]))
    assert scores[0] > scores[1] > scores[2] > 1 / classes


@pytest.mark.parametrize("make", [patterns.spiral, patterns.rings, patterns.blobs])
@pytest.mark.parametrize("samples", [20, 23, 501])
def test_classes_differ_by_at_most_one_point(make, samples):
    for classes in (2, 3, 4, 5):
        sizes = np.bincount(make(rng(), samples, 0.0, classes)[1], minlength=classes)
        assert sizes.sum() == samples
        assert sizes.max() - sizes.min() <= 1


def test_spiral_arms_are_turned_copies_of_each_other():
    points, labels = patterns.spiral(rng(), 600, 0.0, 3)
    arms = [points[labels == arm] for arm in range(3)]
    turn = -2 * np.pi / 3  # clockwise angles: sin and cos change places
    turned = arms[0] @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    assert min(np.abs(turned - arms[1]).max(), np.abs(turned - arms[2]).max()) < 1e-9


def test_rings_lie_in_order_and_apart():
    points, labels = patterns.rings(rng(), 3_000, 0.0, 5)
    radius = np.hypot(*points.T)
    for ring in range(5):
        inside = radius[labels == ring]
        assert inside.max() <= ring + 1
        assert inside.min() >= (ring + 0.3 if ring else 0)


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_neighbouring_squares_differ(classes):
    points, labels = patterns.checkerboard(rng(), 5_000, 0.0, classes)
    square = np.floor((points + 5) / 2.5).astype(int)
    board = np.full((4, 4), -1)
    board[square[:, 0], square[:, 1]] = labels
    assert np.array_equal(board[square[:, 0], square[:, 1]], labels)  # one class a square
    assert (board[1:] != board[:-1]).all()
    assert (board[:, 1:] != board[:, :-1]).all()
    assert set(board.ravel()) == set(range(classes))


@pytest.mark.parametrize("samples", [50, 51])
def test_moons_are_scikit_learns(samples):
    points, labels = patterns.moons(rng(), samples, 0.0)
    theirs, their_labels = make_moons(samples, shuffle=False, noise=None)
    np.testing.assert_allclose(points, (theirs - [0.5, 0.25]) * 10 / 3, atol=1e-12)
    assert np.array_equal(labels, their_labels)


def test_noise_of_the_moons_is_in_their_own_units():
    quiet, noisy = patterns.moons(rng(), 20_000, 0.0)[0], patterns.moons(rng(), 20_000, 0.3)[0]
    np.testing.assert_allclose((noisy - quiet).std(axis=0), 0.3 * 10 / 3, rtol=0.03)


@pytest.mark.parametrize("shape", CURVES)
def test_curves_stay_within_one_and_noise_is_their_deviation(shape):
    x, y = curve(rng(), 5_000, 0.0, shape)
    assert x.shape == (5_000, 1) and y.shape == (5_000,)
    assert x.min() >= -6 and x.max() < 6
    assert np.abs(y).max() <= 1 + 1e-12
    assert np.array_equal(y, CURVES[shape](x[:, 0]))
    noisy = curve(rng(), 5_000, 0.2, shape)[1]
    assert abs((noisy - y).std() - 0.2) < 0.01


def test_the_polynomial_is_chebyshevs_third():
    x = np.linspace(-6, 6, 101)
    np.testing.assert_allclose(CURVES["polynomial"](x), np.polynomial.chebyshev.chebval(x / 6, [0, 0, 0, 1]))


def test_features_are_those_of_the_experiment():
    assert tuple(FEATURES) == NAMES
    assert len(set(labels(NAMES))) == len(NAMES)


def test_features_are_computed_in_the_given_order():
    points = np.array([[2.0, -3.0], [0.5, 1.0]])
    x1, x2 = points.T
    expected = np.stack([x1 * x2, x1, x2**2, np.sin(x1), np.cos(x2), x1**2, np.sin(x2), np.cos(x1), x2], axis=1)
    names = ("x1_x2", "x1", "x2_squared", "sin_x1", "cos_x2", "x1_squared", "sin_x2", "cos_x1", "x2")
    result = compute(names, points)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    with pytest.raises(KeyError):
        compute(("x3",), points)


def test_a_curve_has_the_functions_of_its_one_coordinate():
    points = np.array([[1.5], [-2.0]])
    x = points[:, 0]
    np.testing.assert_allclose(
        compute(CURVE_FEATURES, points), np.stack([x, x * x, np.sin(x), np.cos(x)], axis=1), rtol=1e-6
    )
