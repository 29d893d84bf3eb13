"""The tables of our own: the script makes just these files, and what the catalogue says of them is true."""

import runpy

import numpy as np
import pytest

from playground.data import load
from playground.data.made_up import FOLDER, MADE_UP
from playground.experiment.registry import REGISTRIES


def made(kind, **choices):
    return load(REGISTRIES["data"][kind](kind=kind, **choices))


@pytest.mark.parametrize("kind", MADE_UP)
def test_the_script_makes_them_again(kind, tmp_path):
    script = runpy.run_path(str(FOLDER / "make.py"))
    script["write"].__globals__["HERE"] = tmp_path
    script["write"](f"{kind}.csv", script[kind]())
    assert (tmp_path / f"{kind}.csv").read_text() == (FOLDER / f"{kind}.csv").read_text()


@pytest.mark.parametrize("kind", MADE_UP)
def test_every_column_is_known(kind):
    table = MADE_UP[kind]
    header = (FOLDER / table.file).read_text().splitlines()[0]
    assert header.split(",") == [*table.inputs, table.target]


def test_flats_cost_what_flats_cost():
    data = made("flats")
    mean, deviation = data.target_scale
    prices = np.concatenate([data.y_train, data.y_test]) * deviation + mean
    assert len(prices) == 400
    assert prices.min() > 20 and prices.max() < 2_500
    largest = data.x_train[:, 0] > 1
    assert data.y_train[largest].mean() > data.y_train.mean() + 0.5


def test_faults_are_rare():
    data = made("faults")
    assert data.classes == ("fine", "fault")
    share = np.bincount(np.concatenate([data.y_train, data.y_test])) / 1_000
    assert 0.04 < share[1] < 0.08
    assert data.x_train[data.y_train == 1, 0].mean() > 0.8, "the hot ones"
    assert np.bincount(made("faults", balance=True).y_train).std() == 0
