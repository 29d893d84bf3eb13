"""Gradients, dead units, weights and activations of networks that work on images, against autograd and hooks."""

import numpy as np
import pytest
import torch
from torch import nn

from playground import lenses
from playground.experiment import Experiment
from playground.lenses.effort import COARSEST, MOST_PRODUCTS, affordable, work_of
from playground.lenses.inspection import samples_of
from playground.lenses.lens import Unsuited
from playground.network import columns
from playground.network.separable import SeparableConv2d
from playground.training import Trainer


def conv(channels=3, **more):
    return {"kind": "conv2d", "channels": channels, "padding": 1, **more}


STACK = [
    conv(), {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "max_pool2d"},
    {"kind": "residual", "layers": [{"kind": "separable_conv2d", "channels": 4, "padding": 1}, {"kind": "tanh"}],
     "shortcut": "projection"},
    {"kind": "conv_transpose2d", "channels": 2}, {"kind": "flatten"}, {"kind": "relu"}, {"kind": "linear", "units": 5},
    {"kind": "sigmoid"},
]  # fmt: skip
LAYERS = [(0,), (4, 0), (5,), (8,), "head"]


def trained(network, steps=3, **data):
    recipe = {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "sgd", "lr": 0.1}, "batch_size": 50}
    described = {"v": 1, "data": {"kind": "digits", **data}, "network": network, "training": recipe}
    trainer = Trainer(Experiment.model_validate(described))
    trainer.advance(steps)
    return trainer


@pytest.fixture(scope="module")
def run():
    return trained(STACK)


def test_every_layer_with_weights_is_a_column(run):
    found = columns(run.experiment, run.dataset.inputs, run.dataset.classes).columns[1:]
    assert [column.unit_path for column in found] == LAYERS
    assert [column.units for column in found] == [3, 4, 2, 5, 10]
    # Channels are read before they are flattened.
    assert [column.end_path for column in found] == [(3,), (4,), (5,), (9,), "head"]
    assert found[0].functions == ("BatchNorm", "ReLU", "MaxPooling")


def test_gradients_are_those_of_autograd(run):
    moment = Trainer.loads(run.dumps()).at()
    x, targets = samples_of(moment)
    module = moment.module
    module.train()
    loss = moment.task.loss(module(x), targets)
    expected = []
    for path in LAYERS:
        found = torch.autograd.grad(loss, list(module.at(path).parameters()), retain_graph=True)
        expected.append(torch.cat([tensor.flatten() for tensor in found]).norm().item())
    np.testing.assert_allclose(lenses.findings(run)["gradient"], expected, rtol=1e-4)


def test_dead_channels_never_fire_at_any_place(run):
    run = trained([conv(bias=True), {"kind": "relu"}, {"kind": "flatten"}, {"kind": "linear", "units": 3}])
    with torch.no_grad():
        run.module.at((0,)).bias[1] = -1e3
    assert lenses.findings(run)["dead"].tolist() == [1, 0]
    flat = trained([conv(bias=True), {"kind": "flatten"}, {"kind": "sigmoid"}])
    with torch.no_grad():
        flat.module.at((0,)).bias[2] = 50.0
    assert lenses.findings(flat)["saturated"].tolist() == [1]


def test_values_and_weights_along_the_run(run):
    found = lenses.activations(run)
    assert found["layers"] == ("1", "2", "3", "4")
    moment = run.at()
    x, _ = samples_of(moment)
    with torch.no_grad():
        values = moment.module.trace(x)[(3,)]
    np.testing.assert_allclose(found["mean"][0], values.mean().item(), rtol=0.03)  # of every third
    history = lenses.weight_history(run)
    assert history["share"].sum(0) == pytest.approx(1.0, abs=1e-5)
    assert lenses.gradients(run)["update"].shape[1] == lenses.gradients(run)["gradient"].shape[1] == len(LAYERS)


def test_weights_are_the_kernels(run):
    found = dict(zip(lenses.weights(run)["paths"], lenses.weights(run)["weights"], strict=True))
    assert [found[path].shape for path in LAYERS] == [(3, 1, 3, 3), (4, 3, 3, 3), (4, 2, 2, 2), (5, 128), (10, 5)]
    layer = run.module.at((4, 0))
    assert isinstance(layer, SeparableConv2d)
    x = torch.randn(2, 3, 4, 4)
    with torch.no_grad():
        one = nn.functional.conv2d(x, torch.tensor(found[(4, 0)]), layer.pointwise.bias, padding=1)
        torch.testing.assert_close(one, layer(x))


def test_a_silent_channel_is_silent_until_it_is_heard_again(run):
    run = trained(STACK, steps=1)
    x = run.task.x_test[:5]
    run.silence((0,), 2, True)
    traced = run.at().module.trace(x)
    assert not traced[(3,)][:, 2].any() and traced[(3,)][:, :2].any()
    again = Trainer.loads(run.dumps())
    assert torch.equal(again.at().module(x), run.at().module(x))
    run.silence((0,), 2, False)
    assert run.at().module.trace(x)[(3,)][:, 2].any()
    with pytest.raises(ValueError, match="3 channels"):
        run.silence((0,), 3, True)


def test_the_diagram_is_not_for_maps(run):
    for lens in (lenses.network, lenses.neurons):
        with pytest.raises(Unsuited, match="feature maps"):
            lens(run)
    lenses.network(trained([{"kind": "linear", "units": 3}]))  # a list of pixels is one of inputs


def test_a_plane_is_asked_at_as_many_places_as_there_is_time_for():
    small = trained(STACK)
    assert lenses.decision_boundary(small, resolution=40)["classes"].shape == (40, 40)
    large = trained([conv(32), {"kind": "relu"}, conv(64), {"kind": "relu"}], steps=0)
    across = affordable(large, 100)
    assert COARSEST <= across < 100 and across**2 * work_of(large)[0] <= MOST_PRODUCTS
    assert lenses.decision_boundary(large)["classes"].shape == (across, across)
