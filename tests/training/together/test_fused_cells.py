"""Cells that compiled code trains, records included, against lone trainers of the same engine: bit for bit."""

import pytest

from playground.experiment import REGISTRIES
from playground.training import Sweep, Trainer
from tests.network.describe import block, experiment, linear
from tests.training.test_fused_steps import DATA, KNOWN, LOSSES, PENALTIES, SCHEDULES
from tests.training.together.agreeing import agrees

ACTIVATIONS = list(REGISTRIES["activation"])
MIXED = [
    linear(5), {"kind": "batch_norm"}, {"kind": "prelu"}, {"kind": "dropout", "p": 0.3},
    block(linear(4), {"kind": "gelu"}, shortcut="projection"), {"kind": "layer_norm"}, linear(3, frozen=True),
]  # fmt: skip


def all_agree(described, *parts, total):
    """That all cells, trained in `parts` (epochs), are what they are alone after `total` epochs."""
    sweep = Sweep(described, device="cpu", engine="fused")
    for epochs in parts:
        sweep.advance(epochs=epochs)
    for cell in sweep.cells:
        trainer = Trainer(cell.experiment, device="cpu", engine="fused")
        trainer.advance(epochs=total)
        agrees(cell, trainer)
    return sweep


def test_every_optimizer_schedule_and_penalty_in_pairs():
    count = max(len(KNOWN), len(SCHEDULES))
    described = [
        experiment(
            [linear(4), {"kind": "tanh"}], optimizer={"lr": 0.01, **KNOWN[n % len(KNOWN)]}, batch_size=8, seed=n,
            schedule=SCHEDULES[n % len(SCHEDULES)], **list(PENALTIES.values())[n % len(PENALTIES)],
        )
        for n in range(count)
    ]  # fmt: skip
    all_agree(described, 3.5, 1, 7, total=11.5)


def test_every_activation_and_loss_in_pairs():
    described = [
        experiment([linear(4), {"kind": activation}, linear(3)], data=DATA[task], loss={"kind": loss}, batch_size=30)
        for activation, (loss, task) in zip(ACTIVATIONS, LOSSES * 2, strict=False)
    ]
    all_agree(described, 6, total=6)


def test_every_kind_of_layer_with_seeds_of_its_own():
    described = [
        experiment(MIXED, data={"kind": "moons", "samples": 60, "test_fraction": fraction}, batch_size=7, seed=seed)
        for seed in (0, 1)
        for fraction in (0.1, 0.5)
    ]
    all_agree(described, 4, 2, total=6)


def test_runs_that_end_by_themselves():
    training = {"optimizer": {"kind": "adam", "lr": 0.05}, "data": {"kind": "moons", "samples": 60, "noise": 0.5}}
    described = [
        experiment([linear(8), {"kind": "tanh"}], **training, early_stopping={"patience": 3}, max_epochs=limit)
        for limit in (5, 60)
    ]
    sweep = all_agree(described, 100, total=100)
    assert sweep.over


@pytest.mark.parametrize("lr", [3.0, 30.0, 100.0])
def test_one_that_diverges_ends_alone_and_where_it_would(lr):
    described = [
        experiment([linear(4), {"kind": "relu"}], optimizer={"kind": "sgd", "lr": rate}, data=DATA["regression"])
        for rate in (lr, 0.01)
    ]
    sweep = all_agree(described, 40, total=40)
    assert [cell.status for cell in sweep.cells] == ["diverged", "running"]
    alone = Trainer(described[0], device="cpu", engine="fused")
    alone.advance(epochs=40)
    assert sweep.cells[0].divergence == alone.divergence
