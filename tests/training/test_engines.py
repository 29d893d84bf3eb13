"""Which engine trains what, why, and that a person is told."""

import pytest
import torch

from playground.training import Trainer
from playground.training.engines import ENGINES
from playground.training.engines.fused import ahead
from tests.network.describe import experiment, linear

SMALL = [linear(8), {"kind": "tanh"}]


def test_small_networks_are_fused():
    trainer = Trainer(experiment(SMALL), device="cpu")
    assert trainer.engine_name == "fused"
    assert "small" in trainer.engine_reason


def test_large_networks_are_not():
    trainer = Trainer(experiment([linear(512), {"kind": "relu"}] * 3, batch_size=50), device="cpu")
    assert trainer.engine_name == "torch"
    assert "so large" in trainer.engine_reason
    trainer.use_engine("fused")  # it can all the same
    trainer.advance(1)
    assert trainer.engine_name == "fused"


def test_a_small_network_with_endless_layers_is_not_fused_either():
    layers = [linear(1024), *[{"kind": "tanh"}] * 40]
    data = {"kind": "circle", "samples": 4000}
    trainer = Trainer(experiment(layers, data=data, batch_size=1500), device="cpu")
    assert trainer.engine_name == "torch"
    with pytest.raises(ValueError, match="too much memory"):
        trainer.use_engine("fused")


def test_a_layer_that_compiled_code_does_not_know_is_named():
    trainer = Trainer(experiment(SMALL), device="cpu", engine="torch")
    trainer.module.layers[1] = torch.nn.LogSigmoid()
    with pytest.raises(ValueError, match="does not know LogSigmoid"):
        trainer.use_engine("fused")


@pytest.mark.parametrize("optimizer", ["lbfgs", "muon"])
def test_what_compiled_code_does_not_know_falls_to_torch(optimizer):
    described = experiment(SMALL, optimizer={"kind": optimizer})
    trainer = Trainer(described, device="cpu")
    assert trainer.engine_name == "torch"
    assert trainer.task is not None
    assert {"lbfgs": "L-BFGS", "muon": "Muon"}[optimizer] in trainer.engine_reason
    with pytest.raises(ValueError, match="does not know"):
        Trainer(described, device="cpu", engine="fused")
    with pytest.raises(ValueError, match="does not know"):
        trainer.use_engine("fused")
    trainer.advance(3)
    assert trainer.engine_name == "torch"


def test_an_engine_that_there_is_not():
    with pytest.raises(ValueError, match="There is no engine 'warp'; there are: auto, fused, torch"):
        Trainer(experiment(SMALL), engine="warp")
    assert list(ENGINES) == ["fused", "torch"]


def test_what_was_asked_for_outlives_saving_and_resetting():
    trainer = Trainer(experiment(SMALL), device="cpu", engine="auto")
    trainer.advance(10)
    again = Trainer.loads(trainer.dumps())
    assert (again.engine_name, again.engine_asked) == ("fused", "auto")
    again.use_engine("torch")
    assert (again.engine_name, again.engine_asked) == ("torch", "torch")
    again.reset()
    assert again.engine_name == "torch"
    again.use_engine("auto")
    assert again.engine_name == "fused"


def test_it_is_compiled_before_the_tests_begin():
    assert ahead.is_kept()
