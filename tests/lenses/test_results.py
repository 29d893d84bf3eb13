"""Confusion, ROC and residuals against scikit-learn, on networks that are neither right nor wrong everywhere."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from playground import lenses
from playground.lenses.cells import Cell
from playground.lenses.characteristics import _area, _curve, _thinned, scores
from playground.lenses.confusions import rows_in
from playground.training.tasks.supervised import Supervised
from tests.lenses.moments import moment_of

CLASSIFIED = [
    ({"kind": "circle", "noise": 0.3}, "cross_entropy"),
    ({"kind": "spiral"}, "mse"),
    ({"kind": "moons"}, "bce"),
    ({"kind": "circle"}, "hinge"),
    ({"kind": "rings", "classes": 4}, "cross_entropy"),
    ({"kind": "blobs", "classes": 5}, "hinge"),
    ({"kind": "wine"}, "focal"),
    ({"kind": "breast_cancer"}, "bce"),
]
PARTS = ("train", "test")


def answers(moment, part):
    """(outputs, labels) of a part, asked anew."""
    rows = torch.tensor(getattr(moment.dataset, f"x_{part}"))
    with torch.no_grad():
        return moment.module.eval()(rows), getattr(moment.dataset, f"y_{part}")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("data", "loss"), CLASSIFIED)
def test_confusion_is_scikit_learns(data, loss, part):
    moment = moment_of(data, loss=loss)
    outputs, actual = answers(moment, part)
    predicted = moment.task.predicted(outputs).numpy()
    counts = lenses.confusion(moment, part)["counts"]
    np.testing.assert_array_equal(counts, metrics.confusion_matrix(actual, predicted, labels=range(len(counts))))
    for a, b in ((0, 1), (1, 1)):
        rows = rows_in(moment, Cell(part=part, actual=a, predicted=b))
        np.testing.assert_array_equal(rows, np.flatnonzero((actual == a) & (predicted == b)))
        assert len(rows) == counts[a, b]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("data", "loss"), CLASSIFIED)
def test_roc_is_scikit_learns(data, loss, part):
    moment = moment_of(data, loss=loss)
    outputs, actual = answers(moment, part)
    arrays = lenses.roc(moment, points=10_000)
    predicted = moment.task.predicted(outputs).numpy()
    count = len(moment.dataset.classes)
    assert arrays["classes"].tolist() == ([1] if count == 2 else list(range(count)))
    for place, k in enumerate(arrays["classes"]):
        score = plain_score(outputs.double(), k, loss)
        assert arrays[f"{part}_auc"][place] == pytest.approx(metrics.roc_auc_score(actual == k, score), abs=1e-9)
        fpr, tpr, _ = metrics.roc_curve(actual == k, score, drop_intermediate=False)
        corners = set(zip(fpr.round(6), tpr.round(6), strict=True))
        drawn = zip(arrays[f"{part}_fpr"][place].round(6), arrays[f"{part}_tpr"][place].round(6), strict=True)
        assert all(any(abs(a - x) + abs(b - y) < 1e-5 for a, b in corners) for x, y in drawn)
        false, true = arrays[f"{part}_now"][place]
        assert true == pytest.approx(metrics.recall_score(actual == k, predicted == k))
        assert false == pytest.approx(1 - metrics.recall_score(actual != k, predicted != k))


def plain_score(outputs, k, loss):
    """How much speaks for class k: its probability under a softmax, otherwise its own output."""
    if loss in ("cross_entropy", "focal"):
        return outputs.softmax(dim=1)[:, k].numpy()
    return outputs[:, k if outputs.shape[1] > 1 else 0].numpy()


def test_the_decision_lies_on_the_curve_of_two_classes():
    arrays = lenses.roc(moment_of({"kind": "circle", "noise": 0.5}), points=10_000)
    for part in PARTS:
        false, true = arrays[f"{part}_now"][0]
        assert np.interp(false + 1e-6, arrays[f"{part}_fpr"][0], arrays[f"{part}_tpr"][0]) >= true - 1e-4


def test_scores_tell_rows_apart_where_probabilities_do_not():
    moment = moment_of({"kind": "wine"})
    outputs = torch.tensor([[60.0, 0, 0], [70.0, 0, 0], [0.0, 0, 0]])
    assert outputs.softmax(1)[0, 0] == outputs.softmax(1)[1, 0] == 1
    ranks = scores(outputs, moment.task)[:, 0]
    assert ranks[1] > ranks[0] > ranks[2]


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), count=st.integers(2, 400), levels=st.integers(1, 40), points=st.integers(8, 60))
def test_any_curve_is_monotone_thin_and_of_the_right_area(seed, count, levels, points):
    rng = np.random.default_rng(seed)
    score, positive = rng.integers(0, levels, count).astype(float), rng.random(count) < 0.4
    false, true = _curve(score, positive)
    if not positive.any() or positive.all():
        assert not len(false)
        assert np.isnan(_area(false, true))
        return
    assert _area(false, true) == pytest.approx(metrics.roc_auc_score(positive, score))
    x, y = _thinned(false, true, points)
    assert 2 <= len(x) <= points
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    whole = _thinned(false, true, 10_000)
    assert _area(*whole) == pytest.approx(_area(false, true), abs=1e-6), "only what lies on a line is left out"


@pytest.mark.parametrize("data", [{"kind": "plane"}, {"kind": "curve"}, {"kind": "diabetes"}])
def test_residuals_are_scikit_learns(data):
    moment = moment_of(data)
    mean, deviation = moment.dataset.target_scale
    arrays = lenses.residuals(moment)
    edges = arrays["edges"]
    for part in PARTS:
        outputs, actual = answers(moment, part)
        predicted = outputs[:, 0].double().numpy() * deviation + mean
        actual = actual.astype(np.float64) * deviation + mean
        np.testing.assert_allclose(arrays[f"{part}_predicted"], predicted, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(arrays[f"{part}_residual"], actual - predicted, rtol=1e-4, atol=1e-4)
        expected = [
            metrics.root_mean_squared_error(actual, predicted),
            metrics.mean_absolute_error(actual, predicted),
            metrics.r2_score(actual, predicted),
        ]
        np.testing.assert_allclose(arrays[f"{part}_errors"], expected, rtol=1e-6)
        counted, _ = np.histogram(actual - predicted, edges)
        np.testing.assert_allclose(arrays[f"{part}_share"], counted / len(actual), atol=2 / len(actual))
        assert arrays[f"{part}_share"].sum() == pytest.approx(1)
    np.testing.assert_allclose(edges, -edges[::-1], atol=1e-12)


def test_the_cell_of_the_matrix_is_what_the_boundary_marks():
    moment = moment_of({"kind": "circle", "noise": 0.4})
    counts = lenses.confusion(moment, "test")["counts"]
    arrays = lenses.decision_boundary(moment, 8, mark={"part": "test", "actual": 0, "predicted": 1})
    assert len(arrays["marked"]) == counts[0, 1]
    assert (moment.dataset.y_test[arrays["marked"]] == 0).all()


@pytest.mark.parametrize(
    "plane", [{"kind": "features", "x": 0, "y": 3}, {"kind": "features", "x": 3, "y": 1, "row": 5}]
)
def test_boundary_and_neurons_in_a_chosen_plane(plane):
    """Against the network asked with every input written out."""
    moment = moment_of({"kind": "iris"})
    data = moment.dataset
    arrays = lenses.decision_boundary(moment, 6, plane=plane)
    rest = data.x_train.mean(axis=0) if plane.get("row") is None else data.x_train[plane["row"]]
    means, deviations = data.input_scale
    rows = []
    for y in arrays["y"]:
        for x in arrays["x"]:
            inputs = rest.copy()
            inputs[plane["x"]] = (x - means[plane["x"]]) / deviations[plane["x"]]
            inputs[plane["y"]] = (y - means[plane["y"]]) / deviations[plane["y"]]
            rows.append(inputs)
    with torch.no_grad():
        traced = moment.module.eval().trace(torch.tensor(np.array(rows, np.float32)))
    np.testing.assert_array_equal(arrays["classes"].ravel(), traced["head"].argmax(dim=1).numpy())
    tiles = lenses.neurons(moment, 6, plane=plane)["tiles"]
    np.testing.assert_allclose(tiles[1].reshape(8, -1).T, traced[(1,)].numpy(), atol=1e-5)
    np.testing.assert_allclose(tiles[0].reshape(4, -1).T, np.array(rows), atol=1e-5)


@pytest.mark.parametrize("data", [{"kind": "wine"}, {"kind": "circle"}])
def test_an_empty_part_has_no_results(data):
    whole = moment_of(data)
    empty = {name: getattr(whole.dataset, name)[:0] for name in ("x_test", "y_test", "test_points")}
    dataset = replace(whole.dataset, **empty)
    moment = replace(whole, dataset=dataset, task=Supervised(whole.experiment, dataset))
    assert not lenses.confusion(moment, "test")["counts"].any()
    arrays = lenses.roc(moment)
    assert np.isnan(arrays["test_auc"]).all()
    assert all(not len(line) for line in arrays["test_fpr"])
    assert np.isfinite(arrays["train_auc"]).all()


def test_numbers_that_are_none_do_not_stop_it():
    for data in ({"kind": "circle"}, {"kind": "wine"}, {"kind": "diabetes"}):
        moment = moment_of(data)
        with torch.no_grad():
            moment.module.head.weight.fill_(float("nan"))
        if data["kind"] == "diabetes":
            arrays = lenses.residuals(moment)
            assert arrays["train_share"].sum() == 0
            assert np.isfinite(arrays["edges"]).all()
        else:
            assert lenses.confusion(moment)["counts"].sum() == len(moment.dataset.y_test)
            assert lenses.roc(moment)["test_auc"] == pytest.approx(0.5), "no row is told from any other"


def test_the_wrong_lens_says_which_is_right():
    with pytest.raises(ValueError, match=r"lenses\.residuals"):
        lenses.confusion(moment_of({"kind": "plane"}))
    with pytest.raises(ValueError, match=r"lenses\.residuals"):
        lenses.roc(moment_of({"kind": "plane"}))
    with pytest.raises(ValueError, match=r"lenses\.confusion"):
        lenses.residuals(moment_of({"kind": "circle"}))
