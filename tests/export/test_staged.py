"""Races and comparisons that are taken away: the arrays are the job's, and the page holds the browser's own scripts."""

import io
import json
import re

import numpy as np
import pytest

from playground.experiment.races import TerrainRace, line_up
from playground.experiment.terrains import TERRAINS
from playground.export import bundle, staged
from playground.figures import compare, race
from playground.lenses.landscape.comparing import Result, Side
from playground.runs.wire import encode
from playground.training.races import terrain


def read(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("kind", ["himmelblau", "ackley"])
def test_a_race_is_taken_away_as_it_was_run(kind):
    ground = TERRAINS[kind](kind=kind)
    wanted = TerrainRace(terrain=ground, racers=line_up(kind), start=ground.start, steps=40)
    ran = terrain.run(wanted)
    packed = json.loads(encode(race.terrain_ground(ground)))
    found = read(
        staged.race_arrays(
            wanted.model_dump(mode="json"), race.racers(wanted.racers), encode(race.terrain_race(ran)), packed
        )
    )
    np.testing.assert_array_equal(found["steps"], np.arange(41))
    np.testing.assert_allclose(found["x"], np.stack([path[:, 0] for path in ran.paths]), rtol=1e-6)
    np.testing.assert_allclose(found["loss"], ran.values, rtol=1e-6)
    np.testing.assert_array_equal(found["arrived"], ran.arrived)
    np.testing.assert_array_equal(found["diverged"], ran.diverged)
    value = ground.value(*np.meshgrid(found["ground_x"].astype(float), found["ground_y"].astype(float)))
    np.testing.assert_allclose(found["ground_loss"], value, rtol=1e-4, atol=1e-5)
    assert TerrainRace.model_validate_json(str(found["settings"])) == wanted


def test_a_comparison_is_taken_away_with_its_cliffs():
    rng = np.random.default_rng(0)
    surfaces = rng.lognormal(0, 3, (2, 11, 11))
    sides = tuple(
        Side(9, "accuracy", curve=np.array([[0.0, 2.0], [1.0, 1.5]]), train_loss=1.5, surface=surface)
        for surface in surfaces
    )
    axis = np.linspace(-1, 1, 11)
    result = encode(compare.comparison(Result(axis, axis, sides, whole=True)))
    found = read(staged.comparison_arrays({"epochs": 1}, ("first", "second"), result))
    np.testing.assert_allclose(found["loss"], surfaces, rtol=1e-6)
    np.testing.assert_array_equal(found["losses_1"], [2.0, 1.5])
    assert list(found["values"][list(found["facts"]).index("training loss")]) == ["1.5", "1.5"]
    young = encode(compare.comparison(Result(axis, axis, (Side(9, "r2"), Side(9, "r2")))))
    with pytest.raises(ValueError, match="not measured"):
        staged.comparison_arrays({}, ("first", "second"), young)


@pytest.mark.parametrize("what", ["race", "compare"])
def test_the_page_holds_every_module_once_and_asks_for_nothing(what):
    script = bundle.bundle(staged.PLAYER / f"{what}.js")
    modules = re.findall(r"^const (module_\w+) = ", script, re.MULTILINE)
    assert len(modules) == len(set(modules)) > 3
    assert set(re.findall(r"= (module_\w+);", script)) == set(modules)
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    assert "</script" not in script.lower() and "<!--" not in script


def test_what_somebody_wrote_is_no_markup():
    evil = "</script><script>alert(1)</script>"
    racers = [{"name": evil, "colour": "#000"}]
    page = staged.race_page(evil, evil, racers, b'{"steps": [], "racers": []}', {})
    assert evil.encode() not in page
