"""Gradients of layers that work on images, worked out without autograd, against autograd's."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from playground.network import build, infer
from playground.network.flat import flatten, place_on
from playground.network.pooling import MaxPool2d
from playground.training.engines.pairs import network_pairs
from playground.training.engines.pairs.activations import Elementwise
from playground.training.engines.pairs.images import MaxPoolPair
from playground.training.engines.pairs.mixed import LOW
from playground.training.engines.pairs.pair import Autograd
from playground.training.engines.pairs.stack import PAIRS
from tests.network.describe import IMAGE, block, conv, experiment, image_stacks, linear

RELU, POOL = {"kind": "relu"}, {"kind": "max_pool2d"}
STACK = [
    conv(4, 3, padding=1), {"kind": "batch_norm"}, RELU, POOL,
    block(conv(4, padding=1), RELU, conv(6), shortcut="projection"),
    {"kind": "separable_conv2d", "channels": 4, "kernel": 2}, {"kind": "dropout2d"}, {"kind": "layer_norm"}, linear(5),
]  # fmt: skip
SHAPE = (2, 10, 10)


def in_doubles(network):
    """The network with numbers of 64 bits, in which no rounding hides a wrong formula."""
    flat = network.flat
    values, grads = flat.values.double(), flat.grads.double()
    place_on(network, values, keep=False)
    offset = 0
    for parameter in network.parameters():
        parameter.grad = grads[offset : offset + parameter.numel()].view(parameter.shape)
        offset += parameter.numel()
    return network


def made(layers, image=SHAPE, classes=3):
    network = build(experiment(layers, loss={"kind": "cross_entropy"}, data={"kind": "iris"}), (image, classes))
    network.set_step(4)
    return network


def compare(network, x, frozen=(), close=1e-9):
    """The pairs' outputs, gradients and running statistics are autograd's."""
    labels = torch.arange(len(x)) % 3
    before = [buffer.clone() for buffer in network.buffers()]
    y = network(x)
    wanted = torch.autograd.grad(
        functional.cross_entropy(y, labels), list(network.parameters()), allow_unused=True, materialize_grads=True
    )
    after = [buffer.clone() for buffer in network.buffers()]
    for buffer, value in zip(network.buffers(), before, strict=True):
        buffer.copy_(value)
    for parameter in network.parameters():
        parameter.grad.fill_(7.0)
    with torch.no_grad():
        chain = network_pairs(network, frozen)
        found = chain.forward(x)
        torch.testing.assert_close(found, y.detach(), rtol=close, atol=close)
        slope = (found.softmax(1) - functional.one_hot(labels, 3)) / len(x)
        chain.backward(slope)
    largest = max(grad.abs().max() for grad in wanted)
    held = {id(p) for place in frozen for p in network.at(place).parameters()}
    for parameter, grad in zip(network.parameters(), wanted, strict=True):
        if id(parameter) in held:
            assert (parameter.grad == 7.0).all()
        else:
            assert (parameter.grad - grad).abs().max() <= close * largest + 1e-12
    for buffer, value in zip(network.buffers(), after, strict=True):
        torch.testing.assert_close(buffer, value, rtol=close, atol=close)


@settings(max_examples=30, deadline=None)
@given(image_stacks(), IMAGE, st.integers(1, 5))
def test_gradients_are_autograds(layers, image, rows):
    described = experiment(layers)
    assume(not infer(described, image, 3).problems)
    network = in_doubles(made(layers, image))
    compare(network, torch.randn(rows, network.flat.values.new_empty(image).numel(), dtype=torch.float64))


def test_gradients_are_autograds_where_many_pixels_are_equal():
    """Of the largest ones the first gets all, in PyTorch's order, whatever the windows share."""
    for kernel, stride, padding in ((2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 1), (4, 4, 2), (3, 3, 0)):
        pool = {"kind": "max_pool2d", "kernel": kernel, "stride": stride, "padding": padding}
        network = in_doubles(made([conv(3, 1), {"kind": "tanh"}, pool, conv(2, 1), RELU, pool]))
        compare(network, torch.randn(4, 200, dtype=torch.float64).round())


@pytest.mark.parametrize("frozen", [((0,),), ((4, 0), (5,)), ((0,), (1,), "head")])
def test_frozen_layers_are_not_touched(frozen):
    network = in_doubles(made(STACK))
    network.hold(frozen)
    compare(network.train(), torch.randn(6, 200, dtype=torch.float64), frozen)


def test_no_gradient_passes_a_silent_channel():
    network = in_doubles(made(STACK))
    network.silence({(2,): [1, 3], (4,): [0], (5,): [2]})
    compare(network, torch.randn(6, 200, dtype=torch.float64))
    network.silence({(3,): [0]})
    compare(network, torch.randn(6, 200, dtype=torch.float64))


def test_no_layer_of_images_is_left_to_autograd():
    chain = network_pairs(made([*STACK, *[{"kind": "relu"}]]), ())
    owners = [function.__self__ for function in chain._forwards if hasattr(function, "__self__")]
    assert owners and not any(isinstance(owner, Autograd) for owner in owners)
    assert all(type(part) in PAIRS for part in (MaxPool2d(2), torch.nn.AvgPool2d(2), torch.nn.Upsample(scale_factor=2)))


def test_a_relu_waits_for_the_pooling_after_it():
    chain = network_pairs(made([conv(4), RELU, POOL]), ())
    order = [type(function.__self__) for function in chain._forwards if hasattr(function, "__self__")]
    assert order.index(MaxPoolPair) < order.index(Elementwise)


@pytest.mark.parametrize(
    "layers", [STACK, [conv(4), {"kind": "prelu"}, {"kind": "conv_transpose2d", "channels": 3}, {"kind": "tanh"}]]
)
def test_mixed_precision_is_like_autocast(layers):
    network = made(layers)
    x, labels = torch.randn(8, 200), torch.arange(8) % 3
    start = [buffer.clone() for buffer in network.buffers()]
    with torch.autocast("cpu", LOW):
        loss = functional.cross_entropy(network(x).float(), labels)
    wanted = torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(network.parameters()))])
    for buffer, value in zip(network.buffers(), start, strict=True):
        buffer.copy_(value)
    with torch.no_grad():
        chain = network_pairs(network, (), LOW)
        y = chain.forward(x)
        assert y.dtype == LOW
        y = y.float()
        torch.testing.assert_close(functional.cross_entropy(y, labels), loss, rtol=0.03, atol=0.01)
        chain.backward((y.softmax(1) - functional.one_hot(labels, 3)) / 8)
    found = network.flat.grads
    assert all(p.grad.dtype == torch.float32 for p in network.parameters())
    assert functional.cosine_similarity(found, wanted, dim=0) > 0.995
    exact = in_float32(network, x, labels)
    assert 1e-5 < (found - exact).norm() / exact.norm() < 0.1  # coarser, and not by much


def in_float32(network, x, labels):
    flatten(network)
    loss = functional.cross_entropy(network(x), labels)
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(network.parameters()))])
