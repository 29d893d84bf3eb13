"""Batch norm on a single sample, residual blocks, sine."""

import numpy as np
import torch
from torch import nn

from playground.experiment.activations import ACTIVATIONS
from playground.network import build
from playground.network.norm import BatchNorm
from tests.network.describe import block, experiment, linear


def test_batch_norm_is_pytorchs():
    ours, theirs = BatchNorm(5, momentum=0.3), nn.BatchNorm1d(5, momentum=0.3)
    for _ in range(4):
        x = torch.randn(7, 5) * 3 + 1
        assert torch.equal(ours(x), theirs(x))
    assert torch.equal(ours.running_mean, theirs.running_mean)
    assert torch.equal(ours.running_var, theirs.running_var)
    assert torch.equal(ours.eval()(x), theirs.eval()(x))


def test_one_sample_is_normalised_by_the_running_statistics_and_leaves_them():
    layer = BatchNorm(5)
    layer(torch.randn(20, 5) * 2 + 1)
    mean, var = layer.running_mean.clone(), layer.running_var.clone()
    x = torch.randn(1, 5, requires_grad=True)
    y = layer(x)
    torch.testing.assert_close(y, (x - mean) / (var + layer.eps).sqrt())
    assert torch.equal(layer.running_mean, mean)
    assert torch.equal(layer.running_var, var)
    y.sum().backward()
    assert x.grad.abs().min() > 0


def test_a_residual_block_adds_its_input():
    net = build(experiment([linear(4), block(linear(4), {"kind": "relu"})]), (2, 2))
    x = torch.randn(6, 4)
    inside = net.at((1, 0))
    torch.testing.assert_close(net.at((1,))(x), x + torch.relu(x @ inside.weight.T + inside.bias))


def test_a_projection_maps_the_input():
    net = build(experiment([linear(4), block(linear(3), shortcut="projection")]), (2, 2))
    x, b = torch.randn(6, 4), net.at((1,))
    inside = net.at((1, 0))
    torch.testing.assert_close(b(x), x @ b.shortcut.weight.T + x @ inside.weight.T + inside.bias)
    assert b.shortcut.bias is None


def test_activations_are_the_functions_that_are_drawn():
    x = np.linspace(-5, 5, 401)
    for cls in ACTIVATIONS:
        entry = cls(kind=cls.model_fields["kind"].annotation.__args__[0])
        net = build(experiment([entry.model_dump()]), (1, 2)).double()
        t = torch.tensor(x[:, None], requires_grad=True)
        y = net.layers[0](t)
        np.testing.assert_allclose(y.detach().numpy()[:, 0], entry.value(x), atol=1e-6, err_msg=entry.kind)
        y.sum().backward()
        inner = (np.abs(x) > 1e-9) & (np.abs(np.abs(x) - 1) > 1e-9) & (np.abs(np.abs(x) - 3) > 1e-9)
        np.testing.assert_allclose(t.grad.numpy()[inner, 0], entry.derivative(x)[inner], atol=1e-6, err_msg=entry.kind)
