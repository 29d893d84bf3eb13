"""What happens when numbers stop being finite."""

import numpy as np
import pytest
import torch

from playground.training import Trainer, rules
from playground.training.engines.torch_engine import TorchEngine
from playground.training.guard import layer_name
from tests.network.describe import block, experiment, linear


def wild(network=None, lr=100.0, **changes) -> Trainer:
    network = [linear(8), {"kind": "relu"}, linear(8), {"kind": "relu"}] if network is None else network
    given = {"optimizer": {"kind": "sgd", "lr": lr}, "head": {"activation": "identity"}, **changes}
    return Trainer(experiment(network, loss={"kind": "mse"}, **given), device="cpu")


def stopped(trainer: Trainer) -> Trainer:
    trainer.advance(5000)
    assert trainer.status == "diverged"
    assert trainer.divergence.step == trainer.step
    assert trainer.module.flat.values.isfinite().all()
    for name, column in trainer.recorded().items():
        assert np.isfinite(column).all(), name
    assert trainer.advance(10) == 0
    return trainer


def test_a_run_that_overflows_stops_and_says_where():
    found = stopped(wild()).divergence
    assert found.layer.startswith(("layer", "the head"))
    assert found.reason
    assert found.advice == "Lower the learning rate below 30, or clip gradients (for example at 1)."
    assert found.as_dict()["step"] == found.step


@pytest.mark.parametrize("slices", [1, 3, 64])
def test_it_stops_at_the_same_step_however_it_is_cut(slices):
    whole = stopped(wild([], lr=0.3))  # takes 88 steps to blow up
    cut = wild([], lr=0.3)
    while cut.status != "diverged":
        cut.advance(slices)
    assert cut.divergence == whole.divergence
    assert torch.equal(cut.module.flat.values, whole.module.flat.values)


def test_it_stops_before_the_first_step_that_fails():
    trainer = stopped(wild([], lr=0.3))
    near = wild([], lr=0.3)
    near.advance(trainer.step - 1)
    assert near.status == "running"
    near.advance(1)
    assert torch.equal(near.module.flat.values, trainer.module.flat.values)
    assert near.divergence == trainer.divergence


def test_looking_for_the_place_moves_no_running_statistics():
    trainer = wild([linear(3), {"kind": "batch_norm"}, linear(2)], lr=0.001)
    trainer.module.at((2,)).weight.data.fill_(3e38)
    trainer.module.at((2,)).bias.data.fill_(3e38)
    before = trainer.module.flat.values.clone()
    trainer.advance(1)
    assert trainer.divergence.layer == "layer 3 (Linear 2)"
    assert torch.equal(trainer.module.flat.values, before)


def test_a_long_chunk_finds_the_same_step(monkeypatch):
    # No records in between: the loss of the whole part overflows before a batch's.
    monkeypatch.setattr(rules, "next_stop", lambda step, apart: step + 5000)
    monkeypatch.setattr(rules, "is_recorded", lambda step, apart: step == 0)
    found = []
    for chunk in (1, 7, 5000):  # one step at a time, or one run of the engine and then halving
        monkeypatch.setattr(TorchEngine, "chunk", chunk)
        trainer = wild([], lr=0.3)
        trainer.advance(5000)
        assert trainer.status == "diverged"
        assert trainer.module.flat.values.isfinite().all()
        found.append((trainer.divergence, trainer.module.flat.values))
    assert 50 < found[0][0].step < 200
    for divergence, values in found[1:]:
        assert divergence == found[0][0]
        assert torch.equal(values, found[0][1])


def test_weights_that_overflow_are_named():
    # The gradient is finite, the step it makes is not.
    trainer = wild([linear(2, weights={"kind": "constant", "value": 1.0})], lr=100.0, weight_decay=10.0)
    trainer.module.flat.values.mul_(1e36)
    trainer.module.head.weight.data.zero_()
    trainer.module.head.bias.data.zero_()
    found = stopped(trainer).divergence
    assert found.reason == "its weights overflowed"
    assert found.layer == "layer 1 (Linear 2)"


def test_outputs_that_overflow_are_named():
    trainer = wild([linear(2), {"kind": "tanh"}, linear(2)], lr=0.001)
    trainer.module.at((2,)).weight.data.fill_(3e38)
    trainer.module.at((2,)).bias.data.fill_(3e38)
    found = stopped(trainer).divergence
    assert found.layer == "layer 3 (Linear 2)"
    assert found.reason == "its output overflowed"
    assert found.step == 0


def test_a_loss_that_overflows_is_named():
    trainer = wild([], lr=0.001)
    trainer.module.head.weight.data.fill_(1e25)
    found = stopped(trainer).divergence
    assert found.layer == "the head (Linear 1)"
    assert found.reason == "its output grew so large that the loss overflowed"


def test_other_advice_where_gradients_are_clipped_already():
    trainer = wild([linear(2)], lr=0.05, clip_norm=0.5)
    trainer.module.at((0,)).weight.data.fill_(3e38)
    assert stopped(trainer).divergence.advice == "Lower the learning rate below 0.02, or clip gradients below 0.2."


def test_layers_are_named_as_people_count():
    module = wild([linear(4), block(linear(4), {"kind": "relu"})]).module
    names = [layer_name(module, path) for path in [(0,), (1,), (1, 0), (1, 1), "head"]]
    assert names == [
        "layer 1 (Linear 4)", "layer 2 (residual block)", "layer 2.1 (Linear 4)", "layer 2.2 (ReLU)",
        "the head (Linear 1)",
    ]  # fmt: skip


def test_a_way_back():
    trainer = stopped(wild([], lr=0.3))
    end = trainer.step
    again = Trainer.loads(trainer.dumps())
    assert again.status == "diverged"
    assert again.divergence == trainer.divergence
    trainer.rewind(end // 2)
    assert trainer.status == "running"
    assert trainer.divergence is None
    trainer.update({"lr": 1e-6})
    trainer.advance(end)
    assert trainer.status == "running"
