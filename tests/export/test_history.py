"""The history as CSV against the trainer's own table."""

import io

import pandas as pd
import pytest

from playground import Experiment, Trainer
from playground.export import TAKEAWAYS


@pytest.mark.parametrize("test_fraction", [0.5, 0.0])
@pytest.mark.parametrize(("data", "metric"), [("circle", "accuracy"), ("plane", "r2")])
def test_pandas_reads_the_very_history(data, metric, test_fraction):
    described = {"kind": data, "samples": 60, "test_fraction": max(test_fraction, 0.1)}
    experiment = Experiment.model_validate(
        {"v": 1, "data": described, "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.01}}}
    )
    trainer = Trainer(experiment)
    trainer.advance(steps=400)
    read = pd.read_csv(io.BytesIO(TAKEAWAYS["history"](trainer)))
    pd.testing.assert_frame_equal(read, trainer.history, check_exact=True)
    assert f"test_{metric}" in read.columns


def test_what_was_not_measured_is_an_empty_field():
    experiment = Experiment.model_validate(
        {
            "v": 1,
            "data": {"kind": "circle", "samples": 60},
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.01}},
        }
    )
    trainer = Trainer(experiment)
    trainer._history.add((1.0, 0.1, 0.5, float("nan"), 0.5, float("nan"), 0.01))
    lines = TAKEAWAYS["history"](trainer).decode().splitlines()
    assert lines[0] == "step,epoch,train_loss,test_loss,train_accuracy,test_accuracy,lr"
    assert lines[-1] == "1,0.1,0.5,,0.5,,0.01"
