"""Races in the real studio: what comes is what the headless race gives, and what is wrong is told in plain words."""

import orjson
import pytest

from playground.experiment.races import NetworkRace, TerrainRace, line_up
from playground.figures import race as figure
from playground.lenses.landscape import race as racing
from playground.runs.wire import encode
from playground.training import Trainer
from playground.training.races.terrain import run
from tests.runs.test_studio import ended
from tests.runs.viewer import experiment


def test_a_race_on_a_terrain_is_the_headless_one(hub):
    race = TerrainRace(terrain={"kind": "beale"}, racers=line_up("beale"), start=(1.0, 1.5), steps=60, noise=0.1)
    job = ended(hub, hub.begin("terrain_race", race.model_dump(mode="json")))
    assert job.state == "done"
    assert job.data == encode(figure.terrain_race(run(race)))


@pytest.mark.parametrize("begin", ["initial", "present"])
def test_a_race_on_the_network_is_the_headless_one(hub, begin):
    run_id = hub.create(experiment())
    hub.control(run_id, "step", 20)
    while Trainer.loads(hub.checkpoint(run_id)).step < 20:
        pass
    race = NetworkRace(experiment=experiment(), racers=line_up()[:2], epochs=3, resolution=11, begin=begin)
    job = ended(hub, hub.begin("network_race", race.model_dump(mode="json"), run_id))
    assert job.state == "done", job.text
    came = orjson.loads(job.data)
    expected = orjson.loads(encode(figure.network_race(racing.run(race, hub.checkpoint(run_id)))))
    assert came["racers"] == expected["racers"]
    assert came["ground"]["x"] == expected["ground"]["x"]


@pytest.mark.parametrize(
    ("change", "text"),
    [({"steps": 99_999}, "Steps must be at least 1 and at most 2,000"), ({"racers": []}, "acers"), ({"odd": 1}, "odd")],
)
def test_what_is_wrong_is_told(hub, change, text):
    right = TerrainRace(terrain={"kind": "bowl"}, racers=line_up("bowl"), start=(1.0, 1.0)).model_dump(mode="json")
    job = ended(hub, hub.begin("terrain_race", right | change))
    assert job.state == "failed"
    assert text in job.text
