"""Cells that train as one stack against lone trainers of the `torch` engine."""

import pytest
import torch

from playground.experiment import REGISTRIES
from playground.training import Sweep, Trainer
from tests.network.describe import block, experiment, linear
from tests.training.test_fused_steps import DATA, KNOWN, LOSSES, PENALTIES
from tests.training.together.agreeing import agrees

DIGITS = {"kind": "digits"}
RELU = {"kind": "relu"}
ACTIVATIONS = list(REGISTRIES["activation"])


def conv(channels, **more):
    return {"kind": "conv2d", "channels": channels, "kernel": 3, **more}


IMAGES = {
    "pooled": [conv(3), RELU, {"kind": "max_pool2d"}, {"kind": "dropout2d", "p": 0.4}, {"kind": "flatten"}, linear(5)],
    "strides": [conv(4, stride=2, padding=1, bias=False), {"kind": "batch_norm"}, {"kind": "prelu"}, conv(4, groups=2)],
    "normed": [{"kind": "batch_norm"}, conv(2), {"kind": "layer_norm"}, RELU, {"kind": "avg_pool2d"}],
    "blocks": [
        block(conv(2, padding=1), RELU, {"kind": "dropout", "p": 0.2}, conv(2, padding=1), shortcut="projection"),
        {"kind": "global_avg_pool"},
    ],
    "sizes": [{"kind": "upsample"}, {"kind": "separable_conv2d", "channels": 3, "kernel": 3, "stride": 2},
              {"kind": "conv_transpose2d", "channels": 2, "kernel": 2, "stride": 2}],
}  # fmt: skip
DENSE = {
    "dropped": [linear(6), {"kind": "dropout", "p": 0.3}, {"kind": "batch_norm"}, {"kind": "prelu"}, linear(4)],
    "normed": [{"kind": "batch_norm"}, linear(6, bias=False), {"kind": "layer_norm"}, {"kind": "tanh"}],
    "blocks": [
        linear(5),
        block(linear(5), {"kind": "gelu"}, {"kind": "prelu"}),
        block(linear(3), shortcut="projection"),
    ],
    "nothing": [],
}


def stacked(described, epochs, tolerance=1e-5):
    """That all cells are one stack, and what they are alone after so many epochs; the sweep."""
    sweep = Sweep(described, device="cpu", engine="torch")
    assert len(sweep._units) == 1
    sweep.advance(epochs=epochs)
    for cell in sweep.cells:
        trainer = Trainer(cell.experiment, device="cpu", engine="torch")
        trainer.advance(steps=round(epochs * trainer.steps_per_epoch))
        agrees(cell, trainer, tolerance)
    return sweep


@pytest.mark.parametrize("layers", IMAGES)
def test_every_layer_of_images(layers):
    training = {"loss": {"kind": "cross_entropy"}, "batch_size": 100, "data": {**DIGITS, "test_fraction": 0.9}}
    described = [
        experiment(IMAGES[layers], **training, seed=seed, optimizer={"kind": kind, "lr": 0.005})
        for seed, kind in enumerate(("sgd", "sgd", "adam"))
    ]
    stacked(described, 1.5)


@pytest.mark.parametrize("layers", DENSE)
def test_every_layer_of_points(layers):
    described = [
        experiment(DENSE[layers], seed=seed, optimizer={"kind": "sgd", "lr": 0.01 * (1 + seed)}) for seed in range(3)
    ]
    stacked(described, 2.4)


def test_every_activation_and_loss_in_pairs():
    for activation, (loss, task) in zip(ACTIVATIONS, LOSSES * 2, strict=False):
        network = [linear(4), {"kind": activation}, linear(3)]
        described = [
            experiment(network, data=DATA[task], loss={"kind": loss}, batch_size=30, seed=seed) for seed in (0, 1)
        ]
        stacked(described, 2)


def test_every_optimizer_and_penalty_at_once():
    described = [
        experiment(
            [linear(4), {"kind": "tanh"}], optimizer={"lr": 0.003, **optimizer}, seed=n,
            schedule={"kind": "cosine"}, **list(PENALTIES.values())[n % len(PENALTIES)],
        )
        for n, optimizer in enumerate(KNOWN)
    ]  # fmt: skip
    stacked(described, 3)


def test_cells_that_end_leave_the_others_to_train_on():
    training = {"data": DATA["regression"], "loss": {"kind": "mse"}}
    described = [
        experiment([linear(4), RELU], **training, optimizer={"kind": "sgd", "lr": lr}, max_epochs=limit)
        for lr, limit in ((100.0, None), (0.01, 3), (0.02, None), (30.0, None), (0.03, None))
    ]
    sweep = stacked(described, 8)
    assert [cell.status for cell in sweep.cells] == ["diverged", "finished", "running", "diverged", "running"]
    for cell in sweep.cells:
        alone = Trainer(cell.experiment, device="cpu", engine="torch")
        alone.advance(epochs=8)
        assert cell.divergence == alone.divergence
        assert torch.isfinite(cell.at().module.flat.values).all()


def test_early_stopping_of_each():
    described = [
        experiment(
            [linear(6), {"kind": "tanh"}], data={"kind": "moons", "samples": 60, "noise": 0.5}, seed=seed,
            optimizer={"kind": "adam", "lr": 0.05}, early_stopping={"patience": 2},
        )
        for seed in range(4)
    ]  # fmt: skip
    sweep = stacked(described, 40, tolerance=1e-3)
    assert sweep.over


def test_no_layer_is_left_out():
    used = [layer for layers in (*IMAGES.values(), *DENSE.values()) for layer in layers]
    used += [inside for layer in used for inside in layer.get("layers", ())]
    assert {layer["kind"] for layer in used} >= set(REGISTRIES["layer"])
