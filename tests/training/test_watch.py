"""Reduce on plateau and early stopping."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.training import Trainer
from playground.training.watch import EpochWatch
from tests.network.describe import experiment, tanh_stack


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.1, 2.0), min_size=1, max_size=60),
    st.integers(0, 5),
    st.sampled_from([0.0, 1e-4, 0.2]),
    st.sampled_from([0.0, 0.2]),
)
def test_plateau_is_pytorchs(losses, patience, threshold, floor):
    schedule = {"kind": "plateau", "patience": patience, "threshold": threshold, "floor": floor, "decay": 0.5}
    watch = EpochWatch(experiment(schedule=schedule).training)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    reference = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=patience, threshold=threshold, min_lr=floor, eps=0.0
    )
    for loss in losses:
        watch.epoch_ended(loss, torch.zeros(1))
        reference.step(loss)
        assert watch.factor == pytest.approx(optimizer.param_groups[0]["lr"])
        twin = EpochWatch(experiment(schedule=schedule).training)
        twin.load(watch.state())
        assert twin.factor == watch.factor


def noisy(**training) -> Trainer:
    """A run that soon stops getting better on the test part."""
    data = {"kind": "gaussian", "samples": 60, "noise": 0.5, "label_noise": 0.3}
    return Trainer(
        experiment(tanh_stack(12), data=data, optimizer={"kind": "adam", "lr": 0.01}, **training), device="cpu"
    )


def test_the_learning_rate_drops_when_the_loss_stalls():
    trainer = noisy(schedule={"kind": "plateau", "patience": 3, "decay": 0.1})
    trainer.advance(epochs=60)
    assert trainer.lr < 0.01
    drops = trainer.history.lr.drop_duplicates().tolist()
    assert drops == pytest.approx([0.01 * 0.1**k for k in range(len(drops))])


def test_early_stopping_ends_with_the_best_weights():
    patience = 6
    trainer = noisy(early_stopping={"patience": patience})
    assert trainer.advance(epochs=500) < 500 * trainer.steps_per_epoch
    assert trainer.status == "finished"
    # The same run without stopping: what it would have seen at the ends of its epochs.
    free = noisy()
    losses = []
    while free.step < trainer.step:
        free.advance(epochs=1)
        losses.append(free.measure()["test_loss"])
    best = losses.index(min(losses))
    assert len(losses) == best + 1 + patience
    assert trainer.measure()["test_loss"] == min(losses)
    free.rewind((best + 1) * free.steps_per_epoch)
    assert torch.equal(free.module.flat.values, trainer.module.flat.values)


def test_without_restoring_the_last_weights_stay():
    stopped, free = noisy(early_stopping={"patience": 4, "restore_best": False}), noisy()
    stopped.advance(epochs=500)
    free.advance(stopped.step)
    assert torch.equal(free.module.flat.values, stopped.module.flat.values)


def test_the_least_gain_counts():
    training = experiment(early_stopping={"patience": 2, "min_delta": 0.1}).training
    watch = EpochWatch(training)
    for loss, stopped in [(1.0, False), (0.95, False), (0.85, False), (0.8, False), (0.79, True)]:
        watch.epoch_ended(loss, torch.zeros(1))
        assert watch.stopped == stopped, loss


def test_the_last_epoch_restores_the_best_too():
    trainer = noisy(early_stopping={"patience": 1000}, max_epochs=30)
    trainer.advance(epochs=100)
    assert trainer.status == "finished"
    free = noisy()
    losses = []
    for _ in range(30):
        free.advance(epochs=1)
        losses.append(free.measure()["test_loss"])
    assert trainer.measure()["test_loss"] == min(losses)


@pytest.mark.parametrize("back", [0, 1, 7, 20])
def test_rewinding_an_early_stop(back):
    trainer = noisy(early_stopping={"patience": 5}, schedule={"kind": "plateau", "patience": 2})
    trainer.advance(epochs=500)
    end, values = trainer.step, trainer.module.flat.values.clone()
    trainer.rewind(end - back)
    assert trainer.status == ("finished" if back == 0 else "running")
    trainer.advance(epochs=500)
    assert trainer.step == end
    assert torch.equal(trainer.module.flat.values, values)
    assert math.isfinite(trainer.lr)
    again = Trainer.loads(trainer.dumps())
    assert again.status == "finished"
    assert torch.equal(again.module.flat.values, values)
