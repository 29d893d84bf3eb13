"""Surfaces that take their time: coarse first, a little at a time, and in the end what all at once would have given."""

import numpy as np
import pytest

from playground import lenses
from playground.lenses.hurry import a_little_at_a_time
from playground.lenses.landscape import survey as surveys
from playground.lenses.landscape.survey import Survey
from playground.lenses.landscape.views import point_of, views_of
from playground.training import Trainer
from tests.lenses.moments import experiment_of


class Plain:
    """A walk over a known function, a mean over samples that differ."""

    def __init__(self, samples: int, cost: float) -> None:
        self.samples, self.cost = samples, cost
        self.weights = np.random.default_rng(0).random(samples)

    def sums(self, x, y, rows=None):
        total = self.weights[rows or slice(None)].sum()
        return total * self.height(x, y), total * x

    def finish(self, loss, score):
        return loss / self.weights.sum(), score / self.weights.sum()

    def at(self, x, y):
        return self.finish(*self.sums(x, y))

    @staticmethod
    def height(x, y):
        return 2 * x + 3 * y + 1


X, Y = np.linspace(-1, 1, 41), np.linspace(-2, 2, 37)


@pytest.mark.parametrize("cost", [10.0, 1e12], ids=["small", "larger than any bite"])
@pytest.mark.parametrize("bite", [0.0001, np.inf])
def test_a_survey_ends_with_every_point_however_it_is_cut(cost, bite):
    found = Survey(Plain(1000, cost), X[::4], Y[::4], 1000)
    while not found.done:
        share = found.share
        found.work(bite)
        assert found.share >= share
    expected = Plain.height(*np.meshgrid(X[::4], Y[::4]))
    assert np.allclose(found.loss, expected)
    assert np.allclose(found.score, np.meshgrid(X[::4], Y[::4])[0])
    assert found.share == 1


def test_what_is_not_measured_yet_lies_on_straight_lines_between_what_is(monkeypatch):
    monkeypatch.setattr(surveys, "BITE", 1e-9)
    found = Survey(Plain(10, 1.0), X, Y, 10)
    expected, levels = Plain.height(*np.meshgrid(X, Y)), set()
    while not found.done:
        found._measure(7)
        found.work(0.0)
        loss, score = found.filled()
        assert np.isfinite(loss).all()
        if found.level:
            assert np.allclose(loss, expected), "of a plane nothing is lost between the points"
            assert np.allclose(score, X)
        levels.add(found.level)
    assert len(levels) >= 4, "one picture after another, each finer"


def trainer_of(**more) -> Trainer:
    trainer = Trainer(experiment_of({"kind": "moons", "samples": 80}, **more), device="cpu", engine="torch")
    trainer.advance(steps=20)
    return trainer


def slowly(trainer, resting=True, **options):
    with a_little_at_a_time(resting=resting):
        return lenses.loss_landscape(trainer, **options)


def test_in_a_hurry_a_surface_comes_bit_by_bit_and_is_the_same_in_the_end(monkeypatch):
    for name in ("SLICE", "LONG_SLICE", "FIRST_SLICE"):
        monkeypatch.setattr(f"playground.lenses.landscape.views.{name}", 1e-4)
    monkeypatch.setattr(surveys, "BITE", 1e-5)
    monkeypatch.setattr(surveys, "FIRST_BITE", 1.0)
    trainer = trainer_of()
    found, shares = {"unfinished": True}, []
    while found["unfinished"]:
        found = slowly(trainer, resolution=31)
        shares.append(found["share"])
        assert np.isfinite(found["loss"]).all()
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert np.allclose(found["loss"], lenses.loss_landscape(trainer, resolution=31)["loss"], atol=1e-6)
    assert not views_of(trainer).waited_for


def test_between_two_looks_a_resting_run_goes_on(monkeypatch):
    monkeypatch.setattr("playground.lenses.landscape.views.FIRST_SLICE", 0.0)
    trainer = trainer_of()
    assert slowly(trainer, resolution=21)["unfinished"]
    assert views_of(trainer).waited_for
    while views_of(trainer).waited_for:
        views_of(trainer).go_on(0.05)
    assert slowly(trainer, resolution=21)["share"] == 1


def test_a_surface_follows_the_run_and_a_reset():
    trainer = trainer_of()
    before = slowly(trainer, resolution=11)
    trainer.advance(steps=30)
    after = slowly(trainer, resolution=11, resting=False)
    assert (before["step"], after["step"]) == (20, 50)
    trainer.reset()
    assert slowly(trainer, resolution=11, resting=False)["step"] == 0
    trainer.set_weight("head", 0, 0, 3.0)
    changed = slowly(trainer, resolution=11)
    assert abs(changed["centre_loss"] - trainer.measure()["train_loss"]) < 1e-6


@pytest.mark.parametrize("directions", ["filter", "pca", "weights"])
def test_a_point_that_was_pressed_is_where_the_run_goes_on(directions):
    trainer = trainer_of()
    found = slowly(trainer, resolution=21, directions=directions)
    row, column = 3, 17
    x, y = float(found["x"][column]), float(found["y"][row])
    trainer.move_to(point_of(trainer, found["plane"], x, y))
    assert abs(trainer.measure()["train_loss"] - found["loss"][row, column]) < 1e-5
    assert trainer.step == 20
    trainer.advance(steps=10)
    numbers = trainer.module.flat.values.clone()
    again = Trainer.loads(trainer.dumps())
    again.rewind(20)
    again.advance(steps=10)
    assert (again.module.flat.values == numbers).all(), "the jump is part of the run"


def test_a_surface_that_is_gone_cannot_be_pressed():
    trainer = trainer_of()
    number = slowly(trainer, resolution=11)["plane"]
    with pytest.raises(ValueError, match="no longer there"):
        point_of(trainer, number + 1, 0.0, 0.0)
    with pytest.raises(ValueError, match="two coordinates"):
        point_of(trainer, number, float("nan"), 0.0)
    with pytest.raises(ValueError, match="not finite"):
        trainer.move_to(trainer.module.flat.values * float("inf"))
    other = trainer_of(seed=4)
    with pytest.raises(ValueError, match="no longer there"):
        point_of(other, number, 0.0, 0.0)
