"""Analytic terrains: their values and minima are the published ones, and what is said of them is so."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from playground.experiment.races import MOST_RACERS, USUAL, NetworkRace, Racer, TerrainRace, line_up
from playground.experiment.terrains import TERRAINS

ALL = pytest.mark.parametrize("kind", TERRAINS)

# Values away from the minima: Beale 1958, Rosenbrock 1960 (his start), Himmelblau 1972, the others by hand.
PUBLISHED = {
    "bowl": {(3.0, 4.0): 12.5},
    "ravine": {(1.0, 1.0): 10.5},
    "saddle": {(0.0, 0.0): 0.0, (2.0, 0.0): 2.0, (0.0, 2.0): 2.0},
    "beale": {(0.0, 0.0): 14.203125, (1.0, 1.0): 14.203125, (2.0, 0.0): 0.703125},
    "rosenbrock": {(-1.2, 1.0): 24.2, (0.0, 0.0): 1.0},
    "himmelblau": {(0.0, 0.0): 170.0, (-0.270845, -0.923039): 181.617},
    "rastrigin": {(1.0, 1.0): 2.0, (0.5, 0.0): 20.25},
    "ackley": {(1.0, 1.0): 3.6253849384403627},
}


def terrain(kind):
    return TERRAINS[kind](kind=kind)


@ALL
def test_values_and_minima_are_the_published_ones(kind):
    it = terrain(kind)
    for point, value in PUBLISHED[kind].items():
        assert it.value(*point) == pytest.approx(value, abs=1e-3 if kind == "himmelblau" else 1e-12)
    for point in it.minima:
        assert it.value(*map(np.float64, point)) == pytest.approx(it.lowest, abs=1e-9)


@ALL
def test_nothing_that_is_shown_is_lower_than_the_minima(kind):
    it = terrain(kind)
    x, y = np.meshgrid(*(np.linspace(*side, 201) for side in it.span))
    assert it.value(x, y).min() >= it.lowest - 1e-9
    for point in (*it.minima, it.start):
        assert all(low <= place <= high for place, (low, high) in zip(point, it.span, strict=True))


@ALL
def test_minima_are_flat_and_torch_and_numpy_agree(kind):
    it = terrain(kind)
    if kind != "ackley":  # which has a cusp there
        points = torch.tensor(it.minima, dtype=torch.float64, requires_grad=True)
        it.value(points[:, 0], points[:, 1], torch).sum().backward()
        assert points.grad.abs().max() < 1e-3
    points = np.random.default_rng(0).uniform(-3, 3, (50, 2))
    ours = it.value(*torch.from_numpy(points).T, torch).numpy()
    np.testing.assert_allclose(ours, it.value(*points.T), rtol=1e-12)


@ALL
def test_each_says_what_it_is(kind):
    it = TERRAINS[kind]
    assert it.label and it.about.endswith(".") and it.formula.startswith("f(x, y)")
    assert len(it.rates) == len(USUAL)
    assert [racer.optimizer.lr for racer in line_up(kind)] == list(it.rates)


def test_the_usual_six_are_called_as_in_a_textbook():
    assert [racer.title for racer in line_up()] == ["SGD", "Momentum", "Nesterov", "RMSprop", "Adagrad", "Adam"]
    assert Racer(optimizer={"kind": "adam"}, name=" Mine ").title == "Mine"


@pytest.mark.parametrize(
    "wrong",
    [
        {"racers": []},
        {"racers": [{"optimizer": {"kind": "sgd"}}] * (MOST_RACERS + 1)},
        {"racers": [{"optimizer": {"kind": "nothing"}}]},
        {"terrain": {"kind": "moon"}},
        {"start": (0.0, float("nan"))},
        {"steps": 2001},
        {"noise": -1.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_race_that_cannot_be_run_is_refused(wrong):
    right = {"terrain": {"kind": "bowl"}, "racers": [{"optimizer": {"kind": "sgd"}}], "start": (1.0, 1.0)}
    TerrainRace.model_validate(right)
    with pytest.raises(ValidationError):
        TerrainRace.model_validate(right | wrong)
    assert set(NetworkRace.model_fields) >= {"experiment", "racers", "epochs", "begin", "plane"}
