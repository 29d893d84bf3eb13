"""The pictures of all cells of a sweep against the lens that makes one of them."""

import numpy as np
import pytest

from playground import lenses
from playground.training import Sweep
from tests.network.describe import experiment, linear, tanh_stack

CASES = {
    "two classes": ({"kind": "moons"}, "half_mse", "fused"),
    "two classes, stacked": ({"kind": "moons"}, "cross_entropy", "torch"),
    "three classes": ({"kind": "blobs", "classes": 3}, "cross_entropy", "fused"),
    "regression": ({"kind": "plane"}, "mse", "torch"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_cell_is_shown_as_it_would_be_alone(case):
    data, loss, engine = CASES[case]
    described = [experiment(tanh_stack(4), data={**data, "noise": 0.1}, loss={"kind": loss}, seed=s) for s in (0, 1, 2)]
    sweep = Sweep(described, device="cpu", engine=engine)
    sweep.advance(epochs=2)
    found = lenses.boundaries(sweep, 20, cells=[2, 0])
    assert found["shown"].all()
    for place, number in enumerate((2, 0)):
        alone = lenses.decision_boundary(sweep.cells[number].at(), 20)
        value = alone["confidence"] if "classes" in alone else alone["value"]
        np.testing.assert_allclose(found["value"][place], value, atol=1e-6)
        assert np.array_equal(found["classes"][place], alone.get("classes", np.zeros((20, 20))))
        half = (alone["x"][1] - alone["x"][0]) / 2
        np.testing.assert_allclose(found["low"][place], [alone["x"][0] - half, alone["y"][0] - half], atol=1e-5)


def test_a_line_is_repeated_and_what_cannot_be_built_is_empty():
    line = experiment([linear(3)], data={"kind": "curve"}, loss={"kind": "mse"})
    broken = experiment([{"kind": "conv2d", "channels": 2, "kernel": 15}], data={"kind": "digits"})
    found = lenses.boundaries(Sweep([line, broken], device="cpu"), 16)
    assert found["shown"].tolist() == [True, False]
    assert np.isnan(found["value"][1]).all()
    curve = lenses.fitted_curve(Sweep([line], device="cpu").cells[0].at(), 16)["y"]
    np.testing.assert_allclose(found["value"][0], np.tile(curve, (16, 1)), atol=1e-6)
