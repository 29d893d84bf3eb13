"""The learning-rate range test against a textbook loop, and what it reads from curves whose answer is known."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data import load
from playground.experiment import REGISTRIES
from playground.training import Trainer, lr_range_test
from playground.training.order import BatchOrder
from playground.training.range_test import RateRange, stages
from playground.training.reading_rates import read, smooth
from tests.network.describe import experiment, linear, tanh_stack
from tests.training import plain

SGD = REGISTRIES["optimizer"]["sgd"](kind="sgd")
RATES = np.geomspace(1e-4, 10, 200)


def by_hand(described, rates) -> list[float]:
    """Smith's test as a textbook writes it: plain PyTorch, one batch and one larger rate after another."""
    model = plain.sequential(Trainer(described, device="cpu", engine="torch"))
    training, data = described.training, load(described.data)
    x, labels = torch.tensor(data.x_train), torch.tensor(data.y_train)
    t = 2 * labels.reshape(-1, 1).float() - 1
    (optimizer,) = plain.optimizers_for(training.optimizer, model)
    order, losses = BatchOrder(described.seed, len(x), training.batch_size), []
    for step, rate in enumerate(rates):
        epoch, place = divmod(step, order.steps_per_epoch)
        batch = torch.tensor(order.epoch(epoch)[place * training.batch_size : (place + 1) * training.batch_size])
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = plain.loss_of(training.loss, model(x[batch]), t[batch])
        losses.append(loss.item())
        (loss + plain.penalty(model, training)).backward()
        optimizer.step()
    return losses


@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "momentum": 0.9}, {"kind": "adam"}], ids=lambda o: o["kind"])
def test_it_is_a_textbook_s_loop(optimizer):
    described = experiment(tanh_stack(6, 4), optimizer=optimizer, l2=0.01, batch_size=10)
    found = lr_range_test(described, 1e-4, 1.0, 60, seeds=2, device="cpu")
    np.testing.assert_allclose(found.rates, 1e-4 * 10 ** (4 * np.arange(60) / 59))
    for seed, losses in enumerate(found.losses):
        expected = by_hand(described.replace(seed=described.seed + seed), found.rates)
        np.testing.assert_allclose(losses, expected, rtol=2e-3, atol=2e-4)
    assert found.losses[0, 0] != found.losses[1, 0], "another seed is another draw"


def test_neither_the_schedule_nor_the_own_rate_has_a_part_in_it():
    described = experiment(tanh_stack(4), optimizer={"kind": "sgd", "lr": 0.5})
    other = experiment(tanh_stack(4), optimizer={"kind": "sgd", "lr": 0.001}, schedule={"kind": "exponential"})
    one, two = (lr_range_test(e, steps=30, seeds=1, device="cpu") for e in (described, other))
    np.testing.assert_array_equal(one.losses, two.losses)


def test_it_ends_where_the_loss_explodes_and_says_where_it_fell():
    line = experiment([linear(3)], data={"kind": "plane", "samples": 200, "noise": 0.1})
    found = lr_range_test(line, 1e-4, 100.0, 200, seeds=3, device="cpu")
    assert found.exploded and found.rates[-1] < 100 and len(found.rates) == found.losses.shape[1] < 200
    assert found.steepest < found.lowest < found.rates[-1]
    assert found.suggestion == pytest.approx(max(found.steepest, found.lowest / 10), rel=0.06)
    good, far = (line.replace(training={**line.training.model_dump(), "optimizer": {"kind": "sgd", "lr": rate}})
                 for rate in (found.suggestion, found.rates[-1]))  # fmt: skip
    trained, lost = Trainer(good), Trainer(far)
    trained.advance(300), lost.advance(300)
    assert trained.measure()["train_loss"] < 0.2 * trained.recorded()["train_loss"][0]
    assert lost.status == "diverged"


def test_it_may_begin_from_the_present_weights():
    described = experiment(tanh_stack(5))
    run = Trainer(described, device="cpu")
    run.advance(400)
    run.silence((0,), 1)
    found = lr_range_test(described, steps=20, seeds=2, state=run.dumps(), device="cpu")
    again = Trainer(described, device="cpu")
    again.load_weights(run.weights())
    again.silence((0,), 1)
    x, t = again.task.x_train[again._core.order.batch(0)], again.task.train_targets[again._core.order.batch(0)]
    with torch.no_grad():
        assert found.losses[0, 0] == pytest.approx(float(again.task.loss(again.module(x), t)), rel=1e-4)
    other = Trainer(experiment(tanh_stack(6)), device="cpu")
    with pytest.raises(ValueError, match="do not fit"):
        lr_range_test(described, state=other.dumps())
    with pytest.raises(ValueError, match="no run"):
        next(stages(RateRange(experiment=described, begin="present")))


def test_it_comes_seed_by_seed():
    looks = list(stages(RateRange(experiment=experiment(tanh_stack(3)), steps=40, seeds=3)))
    shares = [share for share, _, _ in looks]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert [len(result.losses) for _, result, _ in looks if result is not None] == [1, 2, 3]


@settings(max_examples=15)
@given(bottom=st.floats(-1.5, 0.0), width=st.floats(0.6, 1.5), noise=st.floats(0.0, 0.1), seed=st.integers(0, 99))
def test_a_valley_is_found_behind_noise(bottom, width, noise, seed):
    """A loss that falls over `width` decades to its lowest at 10^bottom, and rises again."""
    away = (np.log10(RATES) - bottom) / width
    valley = np.where(away < 0, 1 - 0.8 * np.exp(-(away**2)), 0.2 + away**2)
    losses = valley * (1 + noise * np.random.default_rng(seed).standard_normal((5, len(RATES))))
    found = read(RATES, losses, False, SGD)
    assert abs(np.log10(found["lowest"]) - bottom) < 0.35
    assert abs(np.log10(found["steepest"]) - (bottom - width / np.sqrt(2))) < 0.2 + 4 * noise
    assert found["steepest"] < found["lowest"]


def test_where_nothing_falls_nothing_is_suggested():
    flat = 1 + 0.01 * np.random.default_rng(0).standard_normal((5, 200))
    assert read(RATES, flat, False, SGD)["suggestion"] is None
    short = read(RATES[:5], flat[:, :5], True, SGD)
    assert short["suggestion"] is None and "first 10 steps" in short["reason"]
    steep = np.linspace(1, 0.1, 200)[None]
    found = read(np.geomspace(1, 1e6, 200), steep, False, SGD)
    assert found["suggestion"] == 100.0, "no more than the optimizer takes"


def test_smoothing_takes_outliers_out_and_leaves_a_line_a_line():
    line = np.linspace(3.0, 1.0, 100)
    np.testing.assert_allclose(smooth(line)[8:-8], line[8:-8], atol=1e-9)
    spoilt = line.copy()
    spoilt[[20, 60]] = 50.0
    assert np.abs(smooth(spoilt) - line).max() < 0.1


@pytest.mark.parametrize(
    "change", [{"high": 5e-4}, {"low": 0.0}, {"steps": 5}, {"seeds": 0}, {"high": 1e9}], ids=lambda c: str(c)
)
def test_what_cannot_be_is_refused(change):
    with pytest.raises(ValueError):
        lr_range_test(experiment(tanh_stack(3)), **change)
