"""Sharpness along a run against the dense Hessian of every snapshot, and the edge of stability as it is published."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import lenses
from playground.experiment import REGISTRIES, Experiment
from playground.figures.sharpness import told
from playground.lenses.landscape.hessian import DENSE, LEAST_SAMPLES, MOST_SAMPLES, Hessian, plan
from playground.training import Trainer

TWO = [{"kind": "linear", "units": 8}, {"kind": "tanh"}] * 2


def trainer_of(optimizer, network=None, samples=60, engine="torch", **training):
    described = {
        "v": 1,
        "seed": 0,
        "data": {"kind": "spiral", "samples": samples, "noise": 0.3, "test_fraction": 0.5, "seed": 1},
        "network": network or [{"kind": "linear", "units": 4}, {"kind": "tanh"}],
        "training": {"loss": {"kind": "mse"}, "optimizer": optimizer, "batch_size": 10, **training},
    }
    return Trainer(Experiment.model_validate(described), device="cpu", engine=engine)


def test_every_moment_has_the_eigenvalues_of_its_dense_hessian():
    trainer = trainer_of({"kind": "sgd", "lr": 0.1}, schedule={"kind": "exponential"}, l2=0.1)
    trainer.advance(steps=12)
    trainer.update({"lr": 0.05})
    trainer.advance(steps=8)
    arrays = lenses.sharpness(trainer, count=3)
    assert arrays["step"].tolist() == trainer.tape.steps
    for index, step in enumerate(trainer.tape.steps):
        hessian = Hessian.of(trainer.at(step))
        values = np.linalg.eigvalsh(hessian.dense)
        np.testing.assert_allclose(arrays["eigenvalues"][index], values[::-1][:3], rtol=1e-6)
        np.testing.assert_allclose(arrays["smallest"][index], values[0], rtol=1e-6)
        np.testing.assert_allclose(arrays["trace"][index], values.sum(), rtol=1e-6)
        np.testing.assert_allclose(arrays["gradient"][index], hessian.gradient().norm(), rtol=1e-5)
        np.testing.assert_allclose(arrays["limit"][index], 2 / trainer.record_at(step)["lr"])
    assert (arrays["trace_error"] == 0).all()
    assert arrays["unfinished"] == 0
    assert (arrays["rule"], arrays["full_batch"], arrays["samples"]) == ("2 / learning rate", False, 30)
    np.testing.assert_array_equal(lenses.sharpness(trainer, count=1)["eigenvalues"], arrays["eigenvalues"][:, :1])


def test_where_the_schedule_has_come_to_0_nothing_is_too_sharp():
    trainer = trainer_of({"kind": "sgd", "lr": 0.1}, schedule={"kind": "cosine", "epochs": 2})
    trainer.advance(steps=9)
    arrays = lenses.sharpness(trainer)
    assert (arrays["step"][-1], arrays["limit"][-1]) == (9, math.inf)
    assert told(arrays).endswith("the learning rate is 0: nothing moves")


def test_a_larger_network_is_near_its_dense_hessian():
    trainer = trainer_of({"kind": "adam"}, [{"kind": "linear", "units": 14}, {"kind": "relu"}] * 2)
    trainer.advance(steps=3)
    assert trainer.module.flat.parameters.numel() > DENSE
    arrays = lenses.sharpness(trainer)
    values = np.linalg.eigvalsh(Hessian.of(trainer).dense)
    np.testing.assert_allclose(arrays["eigenvalues"][-1], values[::-1][:2], rtol=1e-3)
    assert abs(arrays["trace"][-1] - values.sum()) < 5 * arrays["trace_error"][-1]
    assert np.isnan(arrays["limit"]).all()
    assert arrays["rule"] == ""


@settings(deadline=None, max_examples=20)
@given(
    momentum=st.floats(0.0, 0.95),
    nesterov=st.booleans(),
    rate=st.floats(0.01, 1.0),
    beyond=st.sampled_from([0.97, 1.03]),
)
def test_steps_on_a_quadratic_grow_beyond_the_limit_and_not_before(momentum, nesterov, rate, beyond):
    entry = REGISTRIES["optimizer"]["sgd"](kind="sgd", lr=rate, momentum=momentum, nesterov=nesterov)
    curvature = beyond * entry.stable_below(rate)
    place = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([place], **entry.arguments())
    sizes = []
    for _ in range(1500):
        place.grad = curvature * place.detach()
        optimizer.step()
        sizes.append(abs(place.item()))
        if not 1e-9 < sizes[-1] < 1e9:
            break
    assert (max(sizes[-20:]) > max(sizes[:20])) == (beyond > 1)


def test_only_plain_descent_has_a_limit_and_every_limit_has_words():
    for kind, entry in REGISTRIES["optimizer"].items():
        optimizer = entry(kind=kind)
        assert math.isnan(optimizer.stable_below(0.1)) == (kind != "sgd")
        assert bool(optimizer.stable_rule) == (kind == "sgd")


@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_descent_with_all_samples_comes_to_the_edge_of_stability(rate):
    """Cohen et al. 2021: it goes where the loss is ever sharper, until 2 / learning rate, and hovers there."""
    trainer = trainer_of({"kind": "sgd", "lr": rate}, TWO, samples=200, engine="auto", batch_size=100)
    trainer.advance(steps=3000)
    arrays = lenses.sharpness(trainer)
    share = arrays["eigenvalues"][:, 0] / arrays["limit"]
    assert share[0] < 0.2
    assert 0.8 < np.median(share[len(share) // 4 :]) < 1.3
    assert arrays["full_batch"]


def test_a_run_that_diverged_is_still_looked_at():
    linear = [{"kind": "linear", "units": 12}, {"kind": "identity"}] * 2
    bounded = trainer_of({"kind": "sgd", "lr": 90.0}, linear).experiment
    free = Experiment.model_validate({**bounded.model_dump(), "head": {"activation": "identity"}})
    trainer = Trainer(free, device="cpu", engine="torch")
    trainer.advance(steps=200)
    assert trainer.status == "diverged"
    assert isinstance(told(lenses.sharpness(trainer)), str)


def test_a_moment_has_no_past():
    with pytest.raises(TypeError, match="past"):
        lenses.sharpness(trainer_of({"kind": "adam"}).at(0))


@given(st.integers(0, 4_000_000))
def test_what_a_picture_costs_is_bounded(size):
    samples, steps, draws = plan(size)
    assert LEAST_SAMPLES <= samples <= MOST_SAMPLES
    assert samples == LEAST_SAMPLES or samples * size * (steps + draws) < 1e8
    assert steps >= 8
    assert draws >= 2
