"""Races on analytic terrain: steps are those of the textbook's formulas, and who arrives and who diverges is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment.races import TerrainRace, line_up
from playground.experiment.registry import REGISTRIES
from playground.experiment.terrains import TERRAINS
from playground.training.races.terrain import Race, run, slices

SETTINGS = {
    "SGD": {"kind": "sgd", "lr": 0.01},
    "Momentum": {"kind": "sgd", "lr": 0.005, "momentum": 0.8},
    "Nesterov": {"kind": "sgd", "lr": 0.005, "momentum": 0.8, "nesterov": True},
    "RMSprop": {"kind": "rmsprop", "lr": 0.05, "alpha": 0.9},
    "Adagrad": {"kind": "adagrad", "lr": 0.3},
    "Adam": {"kind": "adam", "lr": 0.1, "beta1": 0.8, "beta2": 0.95},
}


def race(*optimizers, kind="himmelblau", start=(-0.4, -1.0), **more):
    racers = [{"optimizer": optimizer} for optimizer in optimizers]
    return TerrainRace.model_validate({"terrain": {"kind": kind}, "racers": racers, "start": start, **more})


def slope(place):
    """Of Himmelblau's function, by hand."""
    x, y = place
    first, second = x * x + y - 11, x + y * y - 7
    return np.array([4 * x * first + 2 * second, 2 * first + 4 * y * second])


def textbook(name, start, steps):
    """The path by the plain formulas, (steps + 1, 2)."""
    at, velocity, square, path = np.array(start), np.zeros(2), np.zeros(2), [np.array(start)]
    for step in range(1, steps + 1):
        gradient = slope(at)
        match name:
            case "SGD":
                at = at - 0.01 * gradient
            case "Momentum" | "Nesterov":
                velocity = 0.8 * velocity + gradient
                at = at - 0.005 * (gradient + 0.8 * velocity if name == "Nesterov" else velocity)
            case "RMSprop":
                square = 0.9 * square + 0.1 * gradient**2
                at = at - 0.05 * gradient / (np.sqrt(square) + 1e-8)
            case "Adagrad":
                square = square + gradient**2
                at = at - 0.3 * gradient / (np.sqrt(square) + 1e-10)
            case "Adam":
                velocity = 0.8 * velocity + 0.2 * gradient
                square = 0.95 * square + 0.05 * gradient**2
                at = at - 0.1 * velocity / (1 - 0.8**step) / (np.sqrt(square / (1 - 0.95**step)) + 1e-8)
        path.append(at)
    return np.array(path)


def test_every_path_is_that_of_the_plain_formulas():
    result = run(race(*SETTINGS.values(), steps=60))
    for name, path, values in zip(SETTINGS, result.paths, result.values, strict=True):
        expected = textbook(name, (-0.4, -1.0), 60)
        np.testing.assert_allclose(path, expected, rtol=0, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(values, TERRAINS["himmelblau"](kind="himmelblau").value(*expected.T), atol=1e-7)


@pytest.mark.parametrize("kind", REGISTRIES["optimizer"])
def test_every_optimizer_takes_part_and_comes_down_the_bowl(kind):
    result = run(race({"kind": kind}, kind="bowl", start=(-2.0, 1.0), steps=200))
    assert np.isfinite(result.values).all()
    assert result.values[0, -1] < result.values[0, 0]


@given(st.sampled_from(sorted(TERRAINS)), st.integers(0, 5), st.floats(0, 2), st.integers(0, 9))
def test_nobody_is_disturbed_by_company(kind, index, noise, seed):
    racers, start = line_up(kind), TERRAINS[kind].start
    described = {"terrain": {"kind": kind}, "start": start, "steps": 15, "noise": noise, "seed": seed}
    together = run(TerrainRace(racers=racers, **described))
    alone = run(TerrainRace(racers=racers[index : index + 1], **described))
    np.testing.assert_array_equal(together.paths[index], alone.paths[0])


def test_a_race_that_is_looked_at_on_the_way_is_the_same_race():
    described = race(*SETTINGS.values(), steps=300)
    *_, last = looks = list(slices(described, seconds=0.002))
    whole = run(described)
    for ours, expected in zip(last, whole, strict=True):
        np.testing.assert_array_equal(ours, expected)
    for look in looks:
        np.testing.assert_array_equal(look.paths[:, : look.taken + 1], whole.paths[:, : look.taken + 1])
        assert np.isnan(look.paths[:, look.taken + 1 :]).all()


def test_noise_is_the_same_for_all_and_another_with_another_seed():
    sgd = SETTINGS["SGD"]
    noisy = [run(race(sgd, sgd, kind="bowl", steps=2000, noise=0.5, seed=seed)).paths for seed in (1, 2)]
    np.testing.assert_array_equal(noisy[0][0], noisy[0][1])
    assert not np.array_equal(noisy[0], noisy[1])
    path = noisy[0][0]
    drawn = (path[:-1] - path[1:]) / 0.01 - path[:-1]  # a step is 0.01 (slope + noise), and the bowl's slope is (x, y)
    assert drawn.std() == pytest.approx(0.5, rel=0.05)
    assert drawn.mean() == pytest.approx(0.0, abs=0.03)


def test_who_leaves_the_world_has_diverged_and_the_others_go_on():
    fast, slow = {"kind": "sgd", "lr": 0.5}, {"kind": "sgd", "lr": 0.005}
    result = run(race(fast, slow, kind="rosenbrock", start=(-1.5, 2.0), steps=50))
    step = result.diverged[0]
    assert 0 < step < 10
    assert np.isfinite(result.values[0, :step]).all() and np.isnan(result.paths[0, step:]).all()
    assert result.diverged[1] == -1 or result.diverged[1] > step
    assert result.arrived[0] == -1
    alone = Race(race(fast, kind="rosenbrock", start=(-1.5, 2.0), steps=2000))
    alone.advance()
    assert alone.over and alone.result().taken == step, "nobody is left"


def test_who_only_rolls_through_a_minimum_has_not_arrived_yet():
    rolling = {"kind": "sgd", "lr": 0.01, "momentum": 0.98}
    result = run(race(rolling, {"kind": "sgd", "lr": 0.1}, kind="bowl", start=(-2.0, 0.0), steps=1000))
    near = 0.01 * np.hypot(6, 6)
    away = np.abs(result.paths[:, :, 0])
    assert (away[0, : result.arrived[0]] <= near).any(), "it was there before"
    for index, step in enumerate(result.arrived):
        assert away[index, step - 1] > near
        assert (away[index, step:] <= near).all()
    assert result.arrived[1] < result.arrived[0]


def test_a_race_that_begins_at_the_goal_has_arrived():
    result = run(race(SETTINGS["SGD"], kind="himmelblau", start=(3.0, 2.0), steps=3))
    assert result.arrived.tolist() == [0]


def test_exactly_on_the_ridge_only_noise_gets_away():
    adam = {"kind": "adam", "lr": 0.05}
    still = run(race(adam, kind="saddle", start=(-1.0, 0.0), steps=200))
    noisy = run(race(adam, kind="saddle", start=(-1.0, 0.0), steps=200, noise=0.01))
    assert still.values[0, -1] == pytest.approx(0.0, abs=1e-4)
    assert noisy.values[0, -1] == pytest.approx(-0.25, abs=1e-2)


def test_the_usual_race_on_beale_ends_with_everybody_at_the_minimum():
    result = run(TerrainRace(terrain={"kind": "beale"}, racers=line_up("beale"), start=(1.0, 1.5), steps=450))
    assert (result.arrived > 0).all() and (result.diverged == -1).all()
