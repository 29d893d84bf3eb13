"""Cells of a sweep against the same experiments, each trained alone."""

import pytest

from playground.training import Sweep, Trainer
from tests.network.describe import experiment, linear
from tests.training.together.agreeing import agrees


def test_cells_are_what_they_are_alone():
    described = [
        experiment([linear(4), {"kind": "tanh"}], optimizer={"kind": "sgd", "lr": lr}, seed=seed)
        for lr in (0.01, 0.3)
        for seed in (0, 1)
    ]
    sweep = Sweep(described, device="cpu", engine="fused")
    sweep.advance(epochs=3)
    sweep.advance(epochs=2.5)
    for cell in sweep.cells:
        trainer = Trainer(cell.experiment, device="cpu", engine="fused")
        trainer.advance(epochs=5.5)
        agrees(cell, trainer)


def test_one_that_cannot_be_built_says_why_and_the_others_train():
    digits = {"kind": "digits"}
    described = [
        experiment([{"kind": "conv2d", "channels": 2, "kernel": kernel}], data=digits, loss={"kind": "cross_entropy"})
        for kernel in (3, 15)
    ]
    sweep = Sweep(described, device="cpu")
    sweep.advance(steps=2)
    assert [cell.status for cell in sweep.cells] == ["running", "failed"]
    assert "kernel" in sweep.cells[1].problem


@pytest.mark.parametrize("given", [{}, {"steps": 1, "seconds": 1}])
def test_exactly_one_way_to_say_how_far(given):
    with pytest.raises(ValueError, match="only one"):
        Sweep([]).advance(**given)
