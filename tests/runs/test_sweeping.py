"""The studio's grids: every cell is the experiment trained alone, what cannot be is told, and a person has a say."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import numpy as np
import orjson
import pytest

from playground.experiment import Experiment
from playground.experiment.grids import Grid
from playground.experiment.presets import start
from playground.runs import sweeping
from playground.runs.jobs import JOBS, Rest
from playground.training import Trainer

SMALL = start().replace(data={"kind": "circle", "samples": 40})
IMAGES = Experiment.model_validate(
    {
        "v": 1,
        "data": {"kind": "digits", "test_fraction": 0.9},
        "network": [{"kind": "conv2d", "channels": 2}, {"kind": "relu"}, {"kind": "max_pool2d"}],
        "training": {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "adam"}, "batch_size": 40},
    }
)


def asked(*axes: dict[str, Any], base: Experiment = SMALL, fast: bool = True, **rest: Any) -> dict[str, Any]:
    grid = Grid.model_validate({"v": 1, "base": base, "axes": axes, "epochs": 3, **rest})
    return {"grid": grid.model_dump(mode="json"), "fast": fast}


def array(packed: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(b64decode(packed["bdata"]), np.dtype(f"<{packed['dtype']}"))


def to_the_end(job: Any) -> dict[str, Any]:
    """The last frame. Nobody waits where it rests."""
    frames = [step[1] for step in job if not isinstance(step, Rest) and step[1] is not None]
    return orjson.loads(frames[-1])


RATES = {"at": "training.optimizer.lr", "values": (0.01, 0.1)}
SEEDS = {"at": "seed", "values": (0, 5)}


@pytest.mark.parametrize("epochs", [3, 35])  # of the second the last step is between two that are recorded
def test_every_cell_is_the_experiment_trained_alone(epochs):
    options = asked(RATES, SEEDS, target=0.6, measure="test_metric", epochs=epochs)
    assert JOBS["grid"] == f"{sweeping.grid.__module__}:{sweeping.grid.__name__}"
    frame = to_the_end(sweeping.grid(options, None))
    cells = Grid.model_validate(options["grid"]).cells()
    now = array(frame["now"]).reshape(4, 4)
    reach = array(frame["reach"])
    for number, cell in enumerate(cells):
        alone = Trainer(cell.experiment)
        alone.advance(epochs=epochs)
        history = alone.history
        last = history.iloc[-1]
        names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
        assert now[:, number] == pytest.approx([last[name] for name in names], rel=1e-5)
        met = history.epoch[history.test_accuracy >= 0.6]
        assert (np.isnan(reach[number]) and met.empty) or reach[number] == pytest.approx(met.iloc[0])
    assert array(frame["epoch"]).tolist() == [epochs] * 4 and frame["problems"] == {}
    side = frame["pictures"][0]["side"]
    assert array(frame["pictures"][0]["z"]).size == 4 * side * side


def test_kernels_larger_than_the_image_are_marked_and_the_rest_is_trained():
    options = asked({"at": "network.0.kernel", "values": (3, 9, 5, 15)}, base=IMAGES, epochs=1)
    frame = to_the_end(sweeping.grid(options, None))
    assert array(frame["cells"]).tolist() == [0, 2] and frame["count"] == 4
    alone = Trainer(Grid.model_validate(options["grid"]).cells()[2].experiment)
    alone.advance(epochs=1)
    assert array(frame["now"]).reshape(4, 2)[:2, 1] == pytest.approx(alone.task.measure(alone.module)[:2], rel=1e-4)
    assert array(frame["epoch"]).tolist() == [1.0, 1.0]
    assert sorted(frame["problems"]) == ["1", "3"] and "kernel covers 9 × 9" in frame["problems"]["1"]
    shapes = array(frame["pictures"][0]["shapes"]).reshape(-1, 3).tolist()
    assert shapes == [[2, 3, 3], [2, 5, 5]] and frame["grounds"][0]["kind"] == "filters"


def test_one_that_explodes_says_so_and_the_others_go_on():
    values = {"at": "training.optimizer.lr", "values": (0.03, 100.0)}
    options = asked(values, base=SMALL.replace(data={"kind": "plane", "samples": 40}), epochs=20)
    frame = to_the_end(sweeping.grid(options, None))
    assert frame["status"][1] == "diverged" and frame["problems"]["1"].startswith("Diverged at step")
    assert array(frame["epoch"])[0] == 20.0 > array(frame["epoch"])[1]


def until(job: Any, wanted: Any) -> tuple | Rest:
    return next(step for step in job if wanted(step))


def test_a_grid_is_paused_goes_on_and_is_stopped():
    job = sweeping.grid(asked(RATES, SEEDS, epochs=100_000), None)
    until(job, lambda step: not isinstance(step, Rest) and step[0] > 0)
    share, data, text = job.send({"do": "pause"})
    assert text == "Paused" and data is not None
    assert job.send(None) == Rest(float("inf"))
    going = job.send({"do": "resume"})
    assert going[2:] != ("Paused",)
    until(job, lambda step: not isinstance(step, Rest) and step[0] > share)
    end = [job.send({"do": "stop"}), *job][-1]  # all are measured where they are
    assert end[0] == 1.0 and array(orjson.loads(end[1])["epoch"]).max() < 100_000
    assert next(job, None) is None


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_what_is_told_while_the_networks_are_built_is_heard(turns):
    job = sweeping.grid(asked(RATES, epochs=100_000), None)
    for _ in range(turns):
        next(job)
    step = job.send({"do": "pause"})
    texts = [step[2], *(told[2] for told in iter(lambda: next(job), Rest(float("inf"))))]
    assert texts[-1] == "Paused" and not any(text.startswith("Epoch") for text in texts)


def test_networks_that_take_long_to_measure_are_seen_before_that(monkeypatch):
    monkeypatch.setattr(sweeping, "FIRST_LOOK", 0.0)
    job = sweeping.grid(asked({"at": "network.0.kernel", "values": (3, 5)}, base=IMAGES, epochs=1), None)
    looks = {step[2]: step[1] for step in job if not isinstance(step, Rest) and len(step) == 3}
    early = orjson.loads(looks["Measuring the networks: 0 of 2"])
    assert not np.isfinite(array(early["now"])).any() and array(early["pictures"][0]["z"]).size == 2 * (9 + 25)
    assert np.isfinite(array(orjson.loads(looks["Beginning"])["now"])).all()


def test_without_haste_it_is_ahead_of_the_show_and_rests():
    job = sweeping.grid(asked(RATES, epochs=1000, fast=False), None)
    assert isinstance(until(job, lambda step: isinstance(step, Rest)), Rest)
    job.send({"do": "pace", "fast": True})
    end = to_the_end(job)
    assert array(end["epoch"]).tolist() == [1000.0, 1000.0]


@pytest.mark.parametrize("options", [{}, {"grid": {"v": 1}}, {"grid": {"v": 1, "base": 3, "axes": []}}])
def test_what_is_no_grid_is_told(options):
    with pytest.raises(ValueError) as told:
        next(sweeping.grid(options, None))
    assert str(told.value).endswith(".") and "validation error" not in str(told.value)
