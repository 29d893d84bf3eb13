"""The decision boundary against a plain loop over the places, and against networks whose answer is known."""

import numpy as np
import pytest
import torch

from playground import lenses
from playground.experiment.head import head_of


def naive_outputs(moment, xs, ys):
    """The network asked at one place at a time: (len(ys), len(xs), outputs)."""
    module = moment.module.eval()
    with torch.no_grad():
        rows = [
            [module(torch.from_numpy(moment.dataset.plane.inputs(np.array([[x, y]], np.float64))))[0] for x in xs]
            for y in ys
        ]
    return np.array([[place.numpy() for place in row] for row in rows])


def naive_two_class(outputs, head):
    """p(1) - p(0), written out."""
    if head.coding == "index":
        odds = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
        return (odds[..., 1] - odds[..., 0]) / odds.sum(axis=-1)
    z = outputs[..., 0]
    if head.coding == "binary":
        p = z if head.activation == "sigmoid" else 1 / (1 + np.exp(-z))
        return p - (1 - p)
    return np.clip(z, -1, 1)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "bce", "hinge", "mse", "half_mse"])
@pytest.mark.parametrize("output", [None, "sigmoid"])
def test_two_classes_agree_with_a_loop(make, loss, output):
    if output and loss not in ("mse", "half_mse"):
        pytest.skip("this loss takes no sigmoid")
    moment = make({"kind": "spiral"}, loss=loss, head={"activation": output})
    arrays = lenses.decision_boundary(moment, resolution=9)
    head = head_of(moment.experiment, 2)
    expected = naive_two_class(naive_outputs(moment, arrays["x"], arrays["y"]), head)
    np.testing.assert_allclose(arrays["value"], expected, atol=2e-6)
    assert set(arrays) == {"x", "y", "value"}
    assert arrays["value"].dtype == np.float32


@pytest.mark.parametrize(
    ("loss", "output"),
    [("cross_entropy", None), ("bce", None), ("hinge", None), ("mse", None), ("mse", "sigmoid"), ("mse", "identity")],
)
def test_several_classes_agree_with_a_loop(make, loss, output):
    moment = make({"kind": "rings", "classes": 4}, loss=loss, head={"activation": output})
    arrays = lenses.decision_boundary(moment, resolution=8)
    outputs = naive_outputs(moment, arrays["x"], arrays["y"])
    np.testing.assert_array_equal(arrays["classes"], outputs.argmax(axis=-1))
    p = arrays["probabilities"]
    assert p.shape == (4, 8, 8)
    np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-5)
    if loss == "cross_entropy":
        odds = np.exp(outputs)
        np.testing.assert_allclose(np.moveaxis(p, 0, -1), odds / odds.sum(-1, keepdims=True), atol=1e-6)
    chosen = np.take_along_axis(p, arrays["classes"][None], axis=0)[0]
    np.testing.assert_allclose(arrays["confidence"], (chosen - 0.25) / 0.75, atol=1e-6)
    assert arrays["confidence"].min() >= 0
    assert arrays["confidence"].max() <= 1


def test_a_guess_has_no_confidence(make):
    moment = make({"kind": "blobs", "classes": 5})
    with torch.no_grad():
        moment.module.head.weight.zero_()
        moment.module.head.bias.zero_()
    np.testing.assert_allclose(lenses.decision_boundary(moment, resolution=6)["confidence"], 0, atol=1e-6)


def test_rows_go_up_and_columns_right(make):
    """A network that answers x1 + 100 x2 shows where each place lies."""
    moment = make({"kind": "plane"}, [])
    with torch.no_grad():
        moment.module.head.weight.copy_(torch.tensor([[1.0, 100.0]]))
        moment.module.head.bias.zero_()
    arrays = lenses.decision_boundary(moment, resolution=12)
    x, y = np.meshgrid(arrays["x"], arrays["y"])
    np.testing.assert_allclose(arrays["value"], x + 100 * y, rtol=1e-6)
    # 12 cells over [-6, 6]: their middles.
    np.testing.assert_allclose(arrays["x"], np.arange(-5.5, 6))
    np.testing.assert_allclose(arrays["y"], np.arange(-5.5, 6))


def test_a_table_is_asked_on_its_principal_plane(make):
    moment = make({"kind": "iris"})
    arrays = lenses.decision_boundary(moment, resolution=7)
    outputs = naive_outputs(moment, arrays["x"], arrays["y"])
    np.testing.assert_array_equal(arrays["classes"], outputs.argmax(axis=-1))


def test_a_fitted_curve_agrees_with_a_loop(make):
    moment = make({"kind": "curve", "features": ["x1", "sin_x1"]})
    arrays = lenses.fitted_curve(moment, points=16)
    with torch.no_grad():
        expected = [moment.module(torch.tensor([[float(x), float(np.sin(x))]])).item() for x in arrays["x"]]
    np.testing.assert_allclose(arrays["y"], expected, atol=1e-5)
    assert arrays["x"].shape == arrays["y"].shape == (16,)


def test_predictions_of_a_table(make):
    moment = make({"kind": "diabetes"})
    arrays = lenses.predictions(moment)
    with torch.no_grad():
        expected = moment.module(torch.tensor(moment.dataset.x_test))[:, 0].numpy()
    np.testing.assert_allclose(arrays["test_predicted"], expected, atol=1e-6)
    np.testing.assert_array_equal(arrays["train_actual"], moment.dataset.y_train)
    few = lenses.predictions(moment, rows=20)
    assert len(few["train_actual"]) == len(few["train_predicted"]) == 20


def test_the_wrong_lens_says_which_is_right(make):
    with pytest.raises(ValueError, match="fitted_curve"):
        lenses.decision_boundary(make({"kind": "curve"}))
    with pytest.raises(ValueError, match="decision_boundary"):
        lenses.fitted_curve(make({"kind": "circle"}))
    with pytest.raises(ValueError, match="classes"):
        lenses.predictions(make({"kind": "circle"}))
    with pytest.raises(TypeError, match="Trainer"):
        lenses.decision_boundary("not a trainer")


def test_what_a_lens_gives_is_the_callers_own(make):
    """Changing a result must not change the next one, nor the network."""
    moment = make({"kind": "circle"}, loss="mse")
    first = lenses.decision_boundary(moment, resolution=10)
    kept = first["value"].copy()
    first["value"] += 1
    np.testing.assert_array_equal(lenses.decision_boundary(moment, resolution=10)["value"], kept)
    with pytest.raises(ValueError):
        first["x"][0] = 0  # shared by all who ask


def test_numbers_that_are_none_do_not_stop_it(make):
    """A run that has diverged is still looked at."""
    for moment in (make({"kind": "circle"}), make({"kind": "rings", "classes": 3})):
        with torch.no_grad():
            moment.module.head.weight.fill_(float("nan"))
        arrays = lenses.decision_boundary(moment, resolution=5)
        assert arrays["x"].shape == (5,)
