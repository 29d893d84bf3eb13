import numpy as np
import pytest

from playground.training.history import History


def filled(rows):
    history = History("accuracy")
    for step in range(rows):
        history.add((2 * step, step / 5, 1.0 / (step + 1), 0.5, 0.9, 0.8, 0.03))
    return history


def test_columns_grow():
    history = filled(1000)
    assert len(history) == 1000
    assert history.last_step == 1998
    assert list(history.since()) == [
        "step", "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "lr"
    ]  # fmt: skip
    np.testing.assert_array_equal(history.since(998)["step"], [1996, 1998])
    assert history.since(5000)["step"].size == 0
    with pytest.raises(ValueError, match="read-only"):
        history.since()["step"][0] = 7
    history.add((2000, 0, 0, 0, 0, 0, 0))  # still growing after it was looked at
    frame = history.frame()
    assert frame.step.dtype == np.int64
    assert len(frame) == 1001


def test_at_and_truncate():
    history = filled(300)
    assert history.at(7)["step"] == 6
    assert history.at(-1) is None
    history.truncate(7)
    assert history.last_step == 6
    history.truncate(-1)
    assert history.last_step == -1


def test_a_table_comes_back():
    history, twin = filled(300), History("accuracy")
    twin.load(history.table())
    twin.add((600, 0, 0, 0, 0, 0, 0))
    assert twin.since()["step"][:-1].tolist() == history.since()["step"].tolist()
