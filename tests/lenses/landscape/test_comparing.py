"""Two terrains side by side: what is told of them, and that the facts that are offered are facts."""

import math

import numpy as np
import pytest

from playground import Experiment
from playground.experiment.comparisons import FACTS, Comparison
from playground.lenses.landscape.comparing import Result, Side, run, stages
from playground.training import Trainer
from tests.experiment.strategies import plain

SMALL = {"epochs": 5, "resolution": 11}


def of_fact(name: str):
    return run(FACTS[name].comparison.model_copy(update={"resolution": 21}))


def test_residual_blocks():
    plain_, blocks = (result := of_fact("residual")).sides
    assert result.whole and plain_.parameters == blocks.parameters
    assert blocks.train_loss < plain_.train_loss / 2 and blocks.sharpness < plain_.sharpness / 2


def test_batch_norm():
    result = of_fact("batch_norm")
    assert result.rise(1) < result.rise(0) / 1.5


def test_batch_size():
    small, full = (result := of_fact("batch_size")).sides
    assert small.sharpness < full.sharpness / 3 and result.rise(0) > 1.5 * result.rise(1)


def test_activation():
    tanh, relu = of_fact("activation").sides
    assert relu.surface.max() > 10 * tanh.surface.max()


def test_width():
    result = of_fact("width")
    assert result.rise(1) < result.rise(0) / 1.5


def test_optimizer():
    sgd, adam = (result := of_fact("optimizer")).sides
    assert result.rise(0) < result.rise(1) / 1.3 and sgd.test_loss < adam.test_loss


def comparison(**second) -> Comparison:
    first = Experiment.model_validate(plain())
    return Comparison(first=first, second=first.replace(**second) if second else first, **SMALL)


def test_the_surface_is_that_of_the_run_and_the_seed_decides_the_plane():
    asked = comparison(seed=5)
    result = run(asked)
    trainer = Trainer(asked.first, device="cpu")
    trainer.advance(epochs=5)
    side, other = result.sides
    assert side.train_loss == pytest.approx(trainer.task.measure(trainer.module)[0], rel=1e-6)
    assert side.step == trainer.step and side.epoch == 5 and len(side.curve) > 3
    middle = len(result.x) // 2
    assert result.x[middle] == 0 and side.surface[middle, middle] == pytest.approx(side.train_loss, rel=1e-6)
    assert not np.allclose(side.surface, other.surface)
    twins = run(comparison())
    assert np.array_equal(twins.sides[0].surface, twins.sides[1].surface)


def test_it_comes_bit_by_bit():
    shares, kinds = [], set()
    for share, result, text in stages(comparison()):
        shares.append(share)
        kinds.add(None if result is None else (result.sides[0].surface is not None, result.whole))
        assert text or share == 1.0
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert {(False, False), (True, True)} <= kinds


def test_a_side_that_diverges_has_no_terrain_but_the_other_has():
    wild = {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 10.0, "momentum": 0.99}}
    network = [{"kind": "linear", "units": 8}, {"kind": "relu"}]
    first = Experiment.model_validate(plain())
    second = Experiment.model_validate(plain(network=network, training=wild, head={"activation": "identity"}))
    result = run(Comparison(first=first, second=second, **{**SMALL, "epochs": 60}))
    assert result.sides[1].diverged and not result.sides[0].diverged
    assert math.isfinite(result.rise(0))


def bowl(function) -> Result:
    x = np.linspace(-2.0, 2.0, 41)
    surface = function(*np.meshgrid(x, x))
    return Result(x, x, tuple(Side(1, "accuracy", surface=surface) for _ in range(2)))


def test_the_rise_of_known_terrains():
    assert bowl(lambda x, y: x**2 + y**2 + 3).rise(0) == pytest.approx(1.0, abs=0.01)
    assert bowl(lambda x, y: 3 * x).rise(0) == pytest.approx(0.0, abs=1e-9)


def test_where_known_terrains_bend_down():
    assert bowl(lambda x, y: x**2 + 2 * y**2).bends_down(0) == 0.0
    assert bowl(lambda x, y: x**2 - y**2).bends_down(0) == 1.0
    assert bowl(lambda x, y: x * y).bends_down(0) == 1.0
    half = bowl(lambda x, y: np.sin(np.pi * x))
    assert half.bends_down(0) == pytest.approx(0.5, abs=0.05)
    wave = lambda x, y: np.cos(x) * np.cos(y)  # noqa: E731  bends up in all directions where both cosines are negative
    corners = np.abs(bowl(wave).x) > np.pi / 2
    assert bowl(wave).bends_down(0) == pytest.approx(1 - corners[1:-1].mean() ** 2, abs=0.1)
