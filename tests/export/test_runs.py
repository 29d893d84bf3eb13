"""Several runs as files: other readers find in them what was measured."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from playground.experiment import Experiment
from playground.experiment.presets import start
from playground.export.runs import Taken, as_csv, as_json, as_tensorboard, folder_of
from playground.training import Trainer
from tests.export import events

BEGUN, KEPT = 1_800_000_000.0, 1_800_000_060.0


def taken(experiment: Experiment, name: str, epochs: int) -> Taken:
    trainer = Trainer(experiment, engine="torch")
    trainer.advance(epochs=epochs)
    return Taken(name, experiment, BEGUN, KEPT, "paused", trainer.recorded())


@pytest.fixture(scope="module")
def runs() -> list[Taken]:
    """Two that differ in their seed. One was never tested, and diverged; the name of the other is a formula."""
    whole, bare = taken(start(), "=1+1", 2), taken(start().replace(seed=3), "Räder/../x", 1)
    lost = np.where(bare.history["step"] > 20, np.inf, bare.history["train_loss"])
    untested = np.full(len(lost), np.nan)
    return [whole, replace(bare, history={**bare.history, "train_loss": lost, "test_loss": untested})]


def test_a_table_holds_every_number(runs):
    table = pd.read_csv(io.BytesIO(as_csv(runs)))
    assert set(table["name"]) == {"'=1+1", "Räder/../x"} and table["Seed"].unique().tolist() == [0, 3]
    for number, run in enumerate(runs, start=1):
        rows = table[table["run"] == number]
        for column, values in run.history.items():
            assert np.array_equal(rows[column].to_numpy(), values, equal_nan=True), column


def test_json_holds_the_experiments_too(runs):
    content = json.loads(as_json(runs))
    assert content["differs"] == {"Seed": ["0", "3"]}
    for found, run in zip(content["runs"], runs, strict=True):
        assert Experiment.model_validate(found["experiment"]) == Experiment.from_link(found["link"]) == run.experiment
        history = {name: np.array(values, float) for name, values in found["history"].items()}
        for name, values in run.history.items():  # JSON has no word for what is not finite
            assert np.array_equal(history[name], np.where(np.isfinite(values), values, np.nan), equal_nan=True), name


def test_event_files_hold_every_number_at_its_step(runs):
    *waiting, data = as_tensorboard(runs)
    assert set(waiting) == {None}, "others get their turn meanwhile"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.namelist()
        assert [file.split("/")[0] for file in files] == ["01-1-1-Seed-0", "02-R-der-..-x-Seed-3"]
        for file, run in zip(files, runs, strict=True):
            found = events.scalars(archive.read(file))
            assert set(found) <= {"loss/train", "loss/test", "accuracy/train", "accuracy/test", "learning_rate"}
            assert ("loss/test" in found) == (not np.isnan(run.history["test_loss"]).all())
            steps, losses, times = zip(*found["loss/train"], strict=True)
            assert steps == tuple(run.history["step"]) and times[0] == BEGUN and times[-1] == KEPT
            assert np.array_equal(np.float32(losses), run.history["train_loss"].astype(np.float32))


def test_the_reader_of_these_tests_knows_a_damaged_file(runs):
    *_, data = as_tensorboard(runs[1:])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        damaged = bytearray(archive.read(archive.namelist()[0]))
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(AssertionError):
        events.scalars(bytes(damaged))
    assert events.masked(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF


@pytest.mark.parametrize(("name", "folder"), [("", "03"), ("../../etc", "03-etc"), ("a" * 90, "03-" + "a" * 72)])
def test_a_folder_is_a_folder(name, folder):
    assert folder_of(name, 2) == folder
