"""Races as the player takes them: grounds in heights that can be drawn, ways that lie on them."""

import numpy as np
import orjson
import pytest

from playground.experiment.races import MOST_RACERS, Racer, TerrainRace, line_up
from playground.experiment.terrains import TERRAINS
from playground.figures import race as figure
from playground.figures.theme import RACERS
from playground.lenses.landscape.race import Result
from playground.runs.wire import encode
from playground.training.races.terrain import run


@pytest.mark.parametrize("kind", TERRAINS)
def test_every_ground_can_be_drawn_and_says_its_heights(kind):
    terrain = TERRAINS[kind](kind=kind)
    ground = figure.terrain_ground(terrain)
    assert np.isfinite(ground["z"]).all()
    assert (ground["z"].min(), ground["z"].max()) == pytest.approx((ground["low"], ground["high"]), rel=1e-5)
    row, column = 20, 50
    value = terrain.value(ground["x"][column], ground["y"][row])
    drawn = np.log10(value - ground["lowest"] + ground["soft"]) if ground["log"] else value
    assert ground["z"][row, column] == pytest.approx(drawn, rel=1e-5)
    assert len(ground["ticks"]) >= 2
    for tick in ground["ticks"]:
        told = float(tick["text"])
        height = np.log10(told - ground["lowest"] + ground["soft"]) if ground["log"] else told
        assert tick["at"] == pytest.approx(height, abs=1e-6)
        assert ground["low"] - 0.1 <= tick["at"] <= ground["high"]
    orjson.loads(encode(ground))


def test_a_race_on_a_terrain_ends_where_it_has_come_to():
    race = TerrainRace(terrain={"kind": "bowl"}, racers=line_up("bowl"), start=(1.0, 1.0), steps=50)
    result = run(race)
    whole = figure.terrain_race(result)
    half = figure.terrain_race(result._replace(taken=25))
    assert whole["steps"].tolist() == list(range(51))
    for index, (racer, early) in enumerate(zip(whole["racers"], half["racers"], strict=True)):
        np.testing.assert_array_equal(racer["x"], result.paths[index, :, 0])
        np.testing.assert_array_equal(early["loss"], result.values[index, :26])
        assert racer["diverged"] is None
        assert racer["arrived"] == (result.arrived[index] if result.arrived[index] >= 0 else None)


@pytest.mark.parametrize(("top", "log"), [(1.0, False), (50.0, True)])
def test_a_network_is_drawn_on_a_logarithmic_scale_where_its_losses_span_much(top, log):
    axis = np.linspace(-1, 1, 5)
    surface = 0.5 + (top - 0.5) * (axis[:, None] ** 2 + axis**2) / 2
    places = np.array([[[0.0, 0.0], [0.5, 0.5]], [[0.0, 0.0], [np.nan, np.nan]]])
    losses = np.array([[0.5, 0.6], [0.5, np.nan]])
    result = Result(np.array([0, 9]), losses, np.array([-1, 4]), 3, places, 0.8, axis, axis, surface, ("a", "b"))
    race = figure.network_race(result)
    ground = race["ground"]
    assert (ground["log"], race["seen"]) == (log, 0.8)
    expected = np.log10(surface) if log else surface
    shown = expected <= ground["high"]
    np.testing.assert_allclose(ground["z"][shown], expected[shown], rtol=1e-5)
    assert [racer["diverged"] for racer in race["racers"]] == [None, 4]
    curves = figure.network_race(result._replace(places=None, surface=None))
    assert "ground" not in curves and np.isnan(curves["racers"][0]["x"]).all()
    orjson.loads(encode(race))


def test_everybody_has_a_colour_and_a_name_of_their_own():
    twins = tuple(Racer(optimizer={"kind": "adam", "lr": lr}) for lr in (0.1, 0.2))
    told = figure.racers((*twins, Racer(optimizer={"kind": "sgd"}, name="Mine")))
    assert [racer["name"] for racer in told] == ["Adam 1", "Adam 2", "Mine"]
    assert len(set(RACERS)) == MOST_RACERS
