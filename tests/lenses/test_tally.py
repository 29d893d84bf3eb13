"""The numbers of many cells, on one clock."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.axes import vary
from playground.experiment.presets import start
from playground.lenses.tally import MEASURES, tally
from playground.training import Sweep

BASE = start().replace(data={"kind": "circle", "samples": 40})


def test_curves_are_what_was_measured_last_and_the_best_is_the_best():
    sweep = Sweep([vary(BASE, {"seed": seed}) for seed in range(3)])
    sweep.advance(epochs=8)
    found = tally(sweep, 9, "train_loss", 0.3)
    assert found.epochs.tolist() == [*range(9)] and found.curves.shape == (4, 3, 9)
    for number, cell in enumerate(sweep.cells):
        columns = cell.recorded()
        table = np.stack([columns[name] for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy")])
        expected = [table[:, columns["epoch"] <= epoch][:, -1] for epoch in range(9)]
        np.testing.assert_allclose(found.curves[:, number].T, expected, rtol=1e-6)
        np.testing.assert_allclose(found.now[:, number], table[:, -1], rtol=1e-6)
        np.testing.assert_allclose(found.best[:, number], [*table[:2].min(1), *table[2:].max(1)], rtol=1e-6)
        met = columns["epoch"][columns["train_loss"] <= 0.3]
        np.testing.assert_allclose(found.reach[number], met[0] if len(met) else np.nan, rtol=1e-6)
    assert found.status == ("running",) * 3


def test_what_could_not_be_built_or_has_no_test_part_has_no_numbers():
    sweep = Sweep([BASE, BASE.replace(data={"kind": "csv", "table": "0" * 64, "target": "a", "as_task": "regression",
                                            "columns": ["b"]})])  # fmt: skip
    found = tally(sweep)
    assert np.isnan(found.now[:, 1]).all() and np.isnan(found.curves[:, 1]).all() and found.status[1] == "failed"
    assert np.isnan(found.reach).all() and np.isfinite(found.now[:, 0]).all()


def test_a_measure_that_there_is_not():
    with pytest.raises(ValueError, match="train_loss, test_loss"):
        tally(Sweep([BASE]), measure="luck")
    assert len(MEASURES) == 4
