"""The history as curves, and how they are thinned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import lenses
from playground.lenses.histories import thinned
from playground.training import Trainer
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import DIGITS, STACK


@pytest.mark.parametrize(("kind", "metric"), [("circle", "accuracy"), ("plane", "R²")])
def test_curves_are_the_history(kind, metric):
    trainer = Trainer(experiment_of({"kind": kind, "samples": 60}), device="cpu", engine="torch")
    trainer.advance(steps=30)
    arrays = lenses.curves(trainer)
    history = trainer.history
    assert arrays["metric"] == metric
    column = "accuracy" if metric == "accuracy" else "r2"
    for name, source in (("train_loss", "train_loss"), ("test_metric", f"test_{column}"), ("lr", "lr")):
        np.testing.assert_allclose(arrays[name], history[source], rtol=1e-6)
        np.testing.assert_allclose(arrays[f"{name}_x"], history["epoch"], rtol=1e-6)


def test_of_images_the_curves_end_at_the_present_step_where_that_is_measured():
    trainer = Trainer(experiment_of(DIGITS, STACK), device="cpu")
    trainer.advance(steps=21)
    assert not trainer.is_measured and lenses.curves(trainer)["test_loss_x"][-1] < trainer.epoch
    now, before = trainer.measure(), len(trainer.history)
    arrays = lenses.curves(trainer)
    assert arrays["test_loss_x"][-1] == pytest.approx(trainer.epoch)
    assert arrays["test_loss"][-1] == pytest.approx(now["test_loss"]) and arrays["lr"][-1] == pytest.approx(now["lr"])
    assert len(arrays["test_loss"]) == before + 1 and len(trainer.history) == before


def test_a_moment_has_no_curves(make):
    with pytest.raises(TypeError, match="trainer"):
        lenses.curves(make({"kind": "circle"}))


lines = st.lists(
    st.floats(-1e6, 1e6, width=32) | st.sampled_from([float("nan"), float("inf")]), min_size=0, max_size=300
).map(np.array)


@given(y=lines, most=st.integers(4, 40))
def test_a_thinned_line_keeps_its_ends_and_its_extremes(y, most):
    x = np.cumsum(np.linspace(0.01, 3, len(y)))
    kept_x, kept_y = thinned(x, y.astype(float), most)
    assert len(kept_x) == len(kept_y) <= most
    assert (np.diff(kept_x) > 0).all()
    finite = np.isfinite(y.astype(float))
    if finite.any():
        x, y = x[finite], y[finite]
        assert kept_x[0] == x[0]
        assert kept_x[-1] == x[-1]
        assert kept_y.max() == y.max()
        assert kept_y.min() == y.min()
        original = dict(zip(x, y, strict=True))
        assert all(original[a] == b for a, b in zip(kept_x, kept_y, strict=True))


def test_late_steps_are_not_drowned_by_dense_early_ones():
    """Recorded by octaves, the second half of the axis has few rows; they must not be thinned away."""
    steps = np.concatenate([np.arange(256), *(np.arange(2**k, 2 ** (k + 1), 2 ** (k - 7)) for k in range(8, 18))])
    x, _ = thinned(steps.astype(float), np.sin(steps), 400)
    assert (x > 2**16).sum() > 100


def test_short_lines_stay_whole():
    x, y = thinned(np.arange(5.0), np.arange(5.0), 400)
    assert x.tolist() == y.tolist() == [0, 1, 2, 3, 4]


def test_for_a_logarithmic_scale_the_first_epochs_keep_their_points():
    trainer = Trainer(experiment_of({"kind": "circle", "samples": 60}), device="cpu")
    trainer.advance(steps=60_000)
    even, by_octaves = (lenses.curves(trainer, points=64, log=log)["train_loss_x"] for log in (False, True))
    assert even[0] == 0 < by_octaves[0]
    assert (by_octaves < 10).sum() > 10 > (even < 10).sum()
    assert even[-1] == by_octaves[-1]
