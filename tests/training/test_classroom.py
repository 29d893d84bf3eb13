"""TensorFlow Playground's classroom results, by its rules: medians of the test loss over eight seeds.

500 points, half for training, tanh output, half squared error, SGD 0.03, batches of 10, weights uniform in ±0.5,
biases 0.1.
"""

from statistics import median

import pytest
import torch

from playground.experiment.presets import tensorflow_playground
from playground.training import Trainer
from tests.network.describe import tanh_stack

pytestmark = pytest.mark.slow
SEEDS = range(8)
CIRCLE = {"kind": "circle"}
DEEP = [8] * 6


def trained(data, network, epochs, seed=0):
    trainer = Trainer(tensorflow_playground({**data, "seed": seed + 1}, network, seed=seed), device="cpu")
    trainer.advance(epochs=epochs)
    return trainer


def losses_of(data, network, epochs):
    return [trained(data, network, epochs, seed).measure()["test_loss"] for seed in SEEDS]


def test_linear_units_cannot_part_a_circle():
    losses = losses_of(CIRCLE, tanh_stack(4, 2, activation="identity"), 10)
    assert median(losses) == pytest.approx(0.50, abs=0.02)


def test_tanh_units_can():
    losses = losses_of(CIRCLE, tanh_stack(4, 2), 200)
    assert median(losses) < 0.008
    assert max(losses) < 0.03


def test_xor_without_hidden_layer():
    raw = losses_of({"kind": "xor"}, [], 20)
    product = losses_of({"kind": "xor", "features": ["x1_x2"]}, [], 40)
    assert median(raw) == pytest.approx(0.51, abs=0.03)
    assert median(product) < 0.01


@pytest.mark.parametrize(("activation", "epochs"), [("tanh", 40), ("relu", 40)])
def test_depth_is_no_trouble_for_tanh_and_relu(activation, epochs):
    assert median(losses_of(CIRCLE, tanh_stack(*DEEP, activation=activation), epochs)) < 0.02


def test_six_sigmoid_layers_learn_nothing():
    assert median(losses_of(CIRCLE, tanh_stack(*DEEP, activation="sigmoid"), 20)) == pytest.approx(0.50, abs=0.02)


def gradient_ratio(activation, seed):
    """Root mean square gradient of the last hidden layer's weights over that of the first layer's, at the start."""
    trainer = trained(CIRCLE, tanh_stack(*DEEP, activation=activation), 0, seed)
    module, task = trainer.module, trainer.task
    task.loss(module(task.x_train), task.train_targets).backward()
    first, last = module.at((0,)).weight.grad, module.head.weight.grad
    return (last.square().mean().sqrt() / first.square().mean().sqrt()).item()


def test_gradients_vanish_through_sigmoids():
    assert median(gradient_ratio("sigmoid", seed) for seed in SEEDS) > 2_000
    assert median(gradient_ratio("tanh", seed) for seed in SEEDS) < 200


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_zero_weights_never_break_symmetry(activation):
    experiment = tensorflow_playground(CIRCLE, tanh_stack(4, 3, activation=activation))
    zero = experiment.replace(init={"weights": {"kind": "zeros"}, "biases": {"kind": "constant", "value": 0.1}})
    trainer = Trainer(zero, device="cpu")
    trainer.advance(epochs=20)
    for path in ((0,), (2,)):
        layer = trainer.module.at(path)
        torch.testing.assert_close(layer.weight, layer.weight[:1].expand_as(layer.weight), rtol=1e-5, atol=1e-7)
        torch.testing.assert_close(layer.bias, layer.bias[:1].expand_as(layer.bias), rtol=1e-5, atol=1e-7)
    assert trainer.measure()["test_loss"] > 0.4
