"""What the network says of images, against a plain forward pass; the last layer, against scikit-learn's PCA."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from playground import lenses
from playground.lenses.vision.stack import until
from tests.lenses.seeing import digits, trainer


@pytest.fixture(scope="module")
def learnt():
    """A run that has learnt a little, so that there are right and wrong answers."""
    run = trainer()
    run.advance(steps=60)
    return run


def shares(run, part="test"):
    with torch.no_grad():
        return run.at().module(torch.tensor(getattr(run.dataset, f"x_{part}"))).softmax(1).double().numpy()


def test_mistakes_are_the_surest_ones(learnt):
    said, labels = shares(learnt), learnt.dataset.y_test
    wrong = np.flatnonzero(said.argmax(1) != labels)
    order = wrong[np.argsort(-said[wrong].max(1), kind="stable")]
    found = lenses.mistakes(learnt, shown=5)
    assert found["rows"].tolist() == order[:5].tolist()
    assert found["count"] == len(wrong) and found["looked"] == len(labels)
    np.testing.assert_allclose(found["sureness"], said[order[:5]].max(1), atol=1e-6)
    np.testing.assert_array_equal(found["predicted"], said[order[:5]].argmax(1))
    counts = lenses.confusion(learnt)["counts"]
    np.testing.assert_array_equal(found["right"], np.diag(counts))
    np.testing.assert_array_equal(found["total"], counts.sum(1))


def test_a_cell_of_the_confusion_matrix_shows_its_images(learnt):
    counts = lenses.confusion(learnt, part="train")["counts"]
    off = counts - np.diag(np.diag(counts))
    for actual, taken in [np.unravel_index(off.argmax(), off.shape), (3, 3)]:
        mark = {"part": "train", "actual": int(actual), "predicted": int(taken)}
        found = lenses.mistakes(learnt, mark=mark, shown=64)
        assert found["count"] == counts[actual, taken]
        assert set(found["labels"].tolist()) <= {actual} and set(found["predicted"].tolist()) <= {taken}
        assert (np.diff(found["sureness"]) <= 0).all()


def test_samples_page_by_page(learnt):
    labels = learnt.dataset.y_test
    of_three = np.flatnonzero(labels == 3)
    pages = [lenses.samples(learnt, label_of=3, first=first, shown=10)["rows"] for first in range(0, len(of_three), 10)]
    assert np.concatenate(pages).tolist() == of_three.tolist()
    last = lenses.samples(learnt, label_of=3, first=100_000, shown=10)
    assert last["rows"].tolist() == pages[-1].tolist() and last["count"] == len(of_three)
    wrong = np.flatnonzero(shares(learnt).argmax(1) != labels)
    found = lenses.samples(learnt, wrong=True, shown=64)
    assert found["rows"].tolist() == wrong[:64].tolist() and found["count"] == len(wrong)
    assert lenses.samples(learnt, part="train")["labels"].tolist() == learnt.dataset.y_train[:24].tolist()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_last_layer_by_its_principal_components(dimensions):
    moment = digits()
    found = lenses.embedding(moment, dimensions=dimensions, rows=200)
    with torch.no_grad():
        seen = until(moment.module.eval(), (10,), torch.tensor(moment.dataset.x_test[found["rows"]])).numpy()
    fitted = PCA(dimensions, svd_solver="full").fit(seen.astype(np.float64))
    expected = fitted.transform(seen)
    expected /= np.linalg.norm(expected, axis=1).max()
    expected *= np.sign((expected * found["points"]).sum(0))
    np.testing.assert_allclose(found["points"], expected, atol=1e-4)
    np.testing.assert_allclose(found["share"], fitted.explained_variance_ratio_, atol=1e-5)
    assert np.linalg.norm(found["points"], axis=1).max() == pytest.approx(1.0, abs=1e-5)


def test_directions_keep_their_signs_while_it_learns():
    run = trainer()
    before = lenses.embedding(run)["points"]
    for _ in range(6):
        run.advance(steps=1)
        now = lenses.embedding(run)["points"]
        assert ((before * now).sum(axis=0) > 0).all()
        before = now
    np.testing.assert_array_equal(lenses.embedding(run.at())["points"], before)


@pytest.mark.parametrize("lens", ["mistakes", "samples", "embedding", "feature_maps", "filters", "patches"])
def test_data_without_images(lens, make):
    with pytest.raises(ValueError, match="no images"):
        getattr(lenses, lens)(make({"kind": "circle", "samples": 60}))
