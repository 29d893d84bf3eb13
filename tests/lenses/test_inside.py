"""Gradients, updates, unit states, activations and weights against autograd, the trainer itself and plain loops."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from playground import lenses
from playground.lenses.album import FINEST, chosen
from playground.lenses.film import shares
from playground.lenses.inside import nice
from playground.lenses.inspection import ONE_SIDED, STEEPEST
from playground.training import Trainer
from playground.training.rules import is_photographed
from tests.lenses.moments import experiment_of, moment_of

RESIDUAL = [
    {"kind": "linear", "units": 5},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "dropout", "p": 0.5},
    {"kind": "residual", "layers": [{"kind": "linear", "units": 5}, {"kind": "tanh"}, {"kind": "linear", "units": 5}]},
    {"kind": "layer_norm"},
    {"kind": "sigmoid"},
]
PLAIN = [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear", "units": 3}, {"kind": "relu"}]
DATA = [
    {"kind": "spiral", "samples": 60},
    {"kind": "blobs", "samples": 60, "classes": 4},
    {"kind": "curve", "samples": 60},
    {"kind": "iris"},
]


def trained(data, network, steps=30, **rest):
    trainer = Trainer(experiment_of(data, network, **rest), device="cpu", engine="torch")
    trainer.advance(steps=steps)
    return trainer


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["kind"])
@pytest.mark.parametrize("network", [PLAIN, RESIDUAL, []], ids=["plain", "residual", "no hidden layer"])
def test_gradients_are_autograds(data, network):
    trainer = trained(data, network)
    arrays = lenses.gradients(trainer)
    for step, found in zip(trainer.tape.steps, arrays["gradient"], strict=True):
        moment = trainer.at(step)
        module, task = moment.module, moment.task
        module.train()
        for part in module.modules():
            if type(part).__name__ == "Dropout":
                part.eval()
        module.zero_grad()
        task.loss(module(task.x_train), task.train_targets).backward()
        linear = [layer for path, layer in module.paths() if isinstance(layer, nn.Linear)]
        expected = [np.sqrt(sum((p.grad.double() ** 2).sum().item() for p in layer.parameters())) for layer in linear]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-9)
    assert arrays["layers"][-1] == "out"
    assert len(arrays["layers"]) == arrays["gradient"].shape[1] == len(linear)


@pytest.mark.parametrize(
    "optimizer",
    [
        {"kind": "sgd", "lr": 0.1, "momentum": 0.9},
        {"kind": "adam"},
        {"kind": "muon"},
        {"kind": "lbfgs"},
        {"kind": "rprop"},
    ],
    ids=lambda optimizer: optimizer["kind"],
)
def test_updates_are_what_the_next_step_changes(optimizer):
    training = {"loss": {"kind": "bce"}, "batch_size": 7, "l2": 0.01, "clip_norm": 0.5, "optimizer": optimizer}
    experiment = experiment_of({"kind": "circle", "samples": 50}, RESIDUAL)
    experiment = type(experiment).model_validate({**experiment.model_dump(), "training": training})
    trainer = Trainer(experiment, device="cpu", engine="torch")
    made = []
    for _ in range(12):
        before = [p.detach().clone() for p in linears(trainer.module)]
        trainer.advance(steps=1)
        made.append([(p - old).double().norm().item() for p, old in zip(linears(trainer.module), before, strict=True)])
        if trainer.step == 6:
            trainer.update({"l2": 0.2})
    found = lenses.gradients(trainer)["update"]
    pairs = np.array(made).reshape(12, -1, 2)
    np.testing.assert_array_equal(trainer.tape.steps[:12], range(12))
    np.testing.assert_allclose(found[:12], np.linalg.norm(pairs, axis=2), rtol=1e-4, atol=1e-8)


def edges_of(middles):
    """The edges of bins; rounded, so that 0 is 0."""
    half = (middles[1] - middles[0]) / 2
    return np.linspace(round(middles[0] - half, 9), round(middles[-1] + half, 9), len(middles) + 1)


def linears(module):
    return [p.detach() for _, layer in module.paths() if isinstance(layer, nn.Linear) for p in layer.parameters()]


def test_a_layer_that_is_frozen_is_not_updated_but_has_a_gradient():
    trainer = trained({"kind": "circle", "samples": 60}, PLAIN, steps=5)
    trainer.update({"frozen": [[0]]})
    trainer.advance(steps=5)
    arrays = lenses.gradients(trainer)
    assert (arrays["update"][:5, 0] > 0).all()
    assert (arrays["update"][5:, 0] == 0).all()
    assert (arrays["gradient"][:, 0] > 0).all()


def test_what_a_person_did_by_hand_is_part_of_the_past():
    trainer = trained({"kind": "circle", "samples": 60}, PLAIN, steps=10)
    lenses.gradients(trainer)
    trainer.silence((2,), 1, True)
    trainer.set_weight((0,), 0, 1, 0.7)
    lenses.gradients(trainer)
    made = []
    for _ in range(10):
        before = [p.clone() for p in linears(trainer.module)]
        trainer.advance(steps=1)
        made.append([(p - old).double().norm().item() for p, old in zip(linears(trainer.module), before, strict=True)])
    arrays = lenses.gradients(trainer)
    # The snapshot of step 10 was taken before anything was done there.
    np.testing.assert_allclose(arrays["update"][11:20], np.hypot(*np.array(made).reshape(10, 3, 2)[1:].T).T, rtol=1e-4)
    fresh = lenses.gradients(Trainer.loads(trainer.dumps()))
    for name in ("gradient", "update"):
        np.testing.assert_allclose(np.delete(arrays[name], 10, 0), np.delete(fresh[name], 10, 0), rtol=1e-6)


def test_a_rewind_is_noticed_and_what_is_still_true_is_not_done_again():
    trainer = trained({"kind": "circle", "samples": 60}, PLAIN, steps=40)
    first = lenses.gradients(trainer)
    trainer.rewind(20)
    trainer.update({"lr": 0.5})
    trainer.advance(steps=20)
    second = lenses.gradients(trainer)
    fresh = lenses.gradients(Trainer.loads(trainer.dumps()))
    np.testing.assert_array_equal(second["gradient"][:20], first["gradient"][:20])
    assert (second["gradient"][25:] != first["gradient"][25:]).all()
    np.testing.assert_allclose(second["gradient"], fresh["gradient"], rtol=1e-6)
    trainer.reset()
    assert len(lenses.gradients(trainer)["epoch"]) == 1


def test_a_step_that_overflows_has_no_update():
    trainer = trained({"kind": "curve", "samples": 60}, PLAIN, steps=5)
    trainer.tape.nearest(3)[1].vector.mul_(1e30)
    update = lenses.gradients(trainer)["update"]
    assert np.isnan(update[3]).all()
    assert np.isfinite(update[[0, 1, 2, 4, 5]]).all()


def test_a_run_that_exploded_is_looked_at():
    experiment = experiment_of({"kind": "curve", "samples": 60}, PLAIN)
    training = {**experiment.training.model_dump(), "optimizer": {"kind": "sgd", "lr": 20.0}}
    trainer = Trainer(
        type(experiment).model_validate({**experiment.model_dump(), "training": training}), "cpu", "torch"
    )
    trainer.advance(steps=500)
    assert trainer.status == "diverged"
    arrays = lenses.gradients(trainer)
    assert arrays["gradient"][-1].max() > 100 * arrays["gradient"][0].max()
    for lens in (lenses.units, lenses.weight_history, lenses.activations, lenses.findings):
        assert lens(trainer)["layers"]


@pytest.mark.parametrize("kind", [*ONE_SIDED, *STEEPEST, "identity", "sine"])
def test_a_unit_pushed_far_down_is_dead_or_saturated(kind):
    """By its bias alone: far below everything that its weights can say. The others are as they were."""
    moment = moment_of({"kind": "circle"}, [{"kind": "linear", "units": 4}, {"kind": kind}])
    with torch.no_grad():
        moment.module.layers[0].weight.mul_(0.01)
        moment.module.layers[0].bias.zero_()
        moment.module.layers[0].bias[1] = -40.0
    arrays = lenses.findings(moment)
    flat = kind not in ("identity", "sine", "leaky_relu", "prelu")
    assert arrays["saturated"].tolist() == [int(kind in STEEPEST)]
    assert arrays["dead"].tolist() == [int(flat and kind in ONE_SIDED)]
    assert arrays["sizes"].tolist() == [4]


def test_dead_and_saturated_units_agree_with_a_loop(make):
    moment = make({"kind": "circle"}, RESIDUAL, loss="mse")
    with torch.no_grad():
        moment.module.layers[0].weight.mul_(3)
        moment.module.layers[1].bias[:2] = -50.0
        moment.module.layers[4].layers[0].weight.mul_(30)
        layers = moment.module.eval().layers
        x = moment.task.x_train
        normed = layers[1](layers[0](x))
        first = torch.relu(normed)
        inner = layers[4].layers[0](first)
        last = layers[5](first + layers[4].layers[2](torch.tanh(inner)))
    dead = [all(not v > 0 for v in unit) for unit in normed.T.tolist()]
    stuck = [np.mean([1 - np.tanh(v) ** 2 < 0.05 for v in unit]) >= 0.9 for unit in inner.T.tolist()]
    tops = [np.mean([s * (1 - s) < 0.05 / 4 for s in unit]) >= 0.9 for unit in torch.sigmoid(last).T.tolist()]
    arrays = lenses.findings(moment)
    assert arrays["dead"].tolist() == [sum(dead), 0, 0]
    assert sum(dead) >= 2
    assert arrays["saturated"].tolist() == [0, sum(stuck), sum(tops)]
    assert arrays["layers"] == ("1", "2", "3", "out")


def test_activations_are_the_histograms_of_what_the_layers_answer(make):
    moment = make({"kind": "spiral"}, PLAIN)
    arrays = lenses.activations(moment, bins=20)
    with torch.no_grad():
        trace = moment.module.eval().trace(moment.task.x_train)
    edges = edges_of(arrays["values"])
    for index, path in enumerate([(1,), (3,)]):
        values = np.clip(trace[path].double().numpy().ravel(), edges[0], edges[-1])
        counts, _ = np.histogram(values, edges)
        # A value on the edge of two bins may be in either of them.
        assert np.abs(arrays["share"][index] * len(values) - counts).sum() <= 2
        assert arrays["mean"][index] == pytest.approx(trace[path].mean().item(), abs=1e-6)
    assert arrays["layers"] == ("1", "2")
    assert lenses.activations(make({"kind": "circle"}, []))["layers"] == ("out",)


def test_the_weights_of_a_moment_are_in_its_bin():
    trainer = trained({"kind": "circle", "samples": 60}, PLAIN, steps=60)
    arrays = lenses.weight_history(trainer, layer=1, bins=30)
    edges = edges_of(arrays["values"])
    for epoch, share in zip(arrays["epoch"][::10], arrays["share"].T[::10], strict=True):
        step = int(epoch * trainer.steps_per_epoch)
        weights = trainer.at(step).module.layers[2].weight.detach().double().numpy().ravel()
        np.testing.assert_allclose(share, np.histogram(weights, edges)[0] / 12, atol=1e-6)
    every = lenses.weight_history(trainer)["share"]
    np.testing.assert_allclose(every.sum(axis=0), 1, atol=1e-5)
    last = lenses.weight_history(trainer, layer=60)["share"]
    np.testing.assert_array_equal(last, lenses.weight_history(trainer, layer=2)["share"])


def test_a_large_layer_is_sketched():
    trainer = trained({"kind": "circle", "samples": 60}, [{"kind": "linear", "units": 400}, {"kind": "relu"}], steps=2)
    weights = np.sort(trainer.module.layers[0].weight.detach().numpy().ravel())
    arrays = lenses.weight_history(trainer, layer=0)
    below = arrays["share"][arrays["values"] < 0, -1].sum()
    assert below == pytest.approx((weights < 0).mean(), abs=0.01)


@given(length=st.integers(0, 5000))
@settings(max_examples=60, deadline=None)
def test_so_many_moments_are_looked_at_whatever_the_length(length):
    tape = [step for step in range(length + 1) if is_photographed(step)]
    kept = chosen(tape)
    assert kept[0] == 0
    assert kept[-1] == tape[-1]
    assert set(kept) <= set(tape)
    assert min(len(tape), 2**FINEST) // 2 <= len(kept) <= 2 ** (FINEST + 1) + 2
    longer = chosen([step for step in range(2 * length + 2) if is_photographed(step)])
    # Nothing old is looked at for the first time later; but for the last, which is always looked at.
    assert set(longer) & set(tape[:-1]) <= set(kept)


@given(
    values=st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=60),
    ends=st.tuples(st.floats(-5, -0.5), st.floats(0.5, 5)),
)
def test_shares_sum_to_one_and_count_what_is_inside(values, ends):
    ordered, edges = np.sort(np.array(values)), np.linspace(*ends, 9)
    found = shares(ordered, edges)
    assert found.sum() == pytest.approx(1)
    expected = [sum(low <= v < high for v in values) / len(values) for low, high in pairwise(edges)]
    np.testing.assert_allclose(found[1:-1], expected[1:-1])


@given(value=st.floats(1e-6, 1e9))
def test_a_nice_scale_holds_the_value_and_little_more(value):
    assert value * (1 - 1e-6) <= nice(value) <= 1.7 * value


def test_a_moment_has_no_past(make):
    for lens in (lenses.gradients, lenses.units, lenses.weight_history):
        with pytest.raises(TypeError, match="no past"):
            lens(make({"kind": "circle"}))
