"""A race on a network: every racer is an ordinary run, seen on one plane, over the surface that they all race on."""

import numpy as np
import pytest

from playground.experiment import Experiment
from playground.experiment.races import NetworkRace
from playground.lenses.landscape import race as racing
from playground.training import Trainer

SGD, ADAM = {"kind": "sgd", "lr": 0.05}, {"kind": "adam", "lr": 0.02}
HIDDEN = [{"kind": "linear", "units": 3}, {"kind": "tanh"}]


def experiment(network=HIDDEN, data=None, **training):
    return Experiment.model_validate(
        {
            "v": 1,
            "seed": 3,
            "data": {"kind": "circle", "samples": 60, "noise": 0.1} | (data or {}),
            "network": network,
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.1}, "batch_size": 10} | training,
        }
    )


def race(*optimizers, of=None, **more):
    racers = [{"optimizer": optimizer} for optimizer in optimizers]
    described = {"experiment": of or experiment(), "racers": racers, "epochs": 4, "resolution": 11} | more
    return NetworkRace.model_validate(described)


def test_every_racer_is_an_ordinary_run_from_the_same_first_weights():
    result = racing.run(race(SGD, ADAM))
    for optimizer, losses in zip((SGD, ADAM), result.losses, strict=True):
        alone = Trainer(experiment(optimizer=optimizer))
        alone.advance(epochs=4)
        recorded = alone.recorded()
        np.testing.assert_array_equal(losses, np.interp(result.steps, recorded["step"], recorded["train_loss"]))
    assert result.losses[0, 0] == result.losses[1, 0]
    assert result.steps[-1] == 4 * alone.steps_per_epoch
    np.testing.assert_allclose(result.places[:, 0], 0.0, atol=1e-6)


def test_the_surface_is_that_of_the_training_loss_and_the_paths_lie_on_it():
    """Two parameters: the plane is all there is, and the loss is a paraboloid over it."""
    line = experiment([], {"kind": "plane", "features": ["x1"]})
    result = racing.run(race(SGD, ADAM, of=line, resolution=15))
    assert result.seen == pytest.approx(1.0, abs=1e-6)

    def terms(x, y):
        return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)

    x, y = np.meshgrid(result.x, result.y)
    paraboloid, *_ = np.linalg.lstsq(terms(x, y).reshape(-1, 6), result.surface.reshape(-1), rcond=None)
    found = terms(result.places[..., 0], result.places[..., 1]) @ paraboloid
    np.testing.assert_allclose(found, result.losses, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("plane", ["principal", "random"])
def test_the_whole_race_is_in_sight_around_the_start(plane):
    result = racing.run(race(SGD, ADAM, plane=plane))
    row, column = (int(np.abs(axis).argmin()) for axis in (result.y, result.x))
    assert (result.x[column], result.y[row]) == (0.0, 0.0)
    assert result.surface[row, column] == pytest.approx(result.losses[0, 0], rel=1e-6)
    for axis, sides in ((0, result.x), (1, result.y)):
        assert sides[0] < result.places[..., axis].min() and result.places[..., axis].max() < sides[-1]
    assert 0 <= result.seen <= 1 + 1e-9
    assert np.isfinite(result.surface).all()


def test_who_diverges_is_told_and_does_not_stretch_the_plane():
    wild = {"kind": "sgd", "lr": 90.0, "momentum": 0.9}
    line = experiment([{"kind": "linear", "units": 3}], {"kind": "plane"})
    result = racing.run(race(SGD, wild, ADAM, of=line, epochs=20))
    calm = racing.run(race(SGD, ADAM, of=line, epochs=20))
    assert result.diverged[0] == result.diverged[2] == -1 < result.diverged[1]
    gone = result.steps > result.diverged[1]
    assert np.isnan(result.losses[1, gone]).all() and np.isnan(result.places[1, gone]).all()
    assert np.isfinite(result.losses[[0, 2]]).all()
    assert np.ptp(result.x) < 4 * np.ptp(calm.x)


def test_it_comes_a_little_at_a_time_curves_first_then_coarse_then_fine():
    looks = list(racing.stages(race(SGD, ADAM, of=experiment(), epochs=40, resolution=41)))
    shares = [share for share, _, _ in looks]
    assert shares == sorted(shares) and shares[-1] == 1.0
    results = [result for _, result, _ in looks if result is not None]
    drawn = [result.surface for result in results if result.surface is not None]
    assert results[0].surface is None and drawn
    assert np.isfinite(drawn[0]).all()
    assert all(text for _, _, text in looks)


def test_it_may_begin_from_the_present_weights():
    run = Trainer(experiment())
    run.advance(epochs=3)
    result = racing.run(race(SGD, ADAM, begin="present"), run.dumps())
    assert result.losses[0, 0] == result.losses[1, 0] == pytest.approx(run.measure()["train_loss"], rel=1e-6)


def test_what_cannot_begin_says_why():
    with pytest.raises(ValueError, match="no run"):
        racing.run(race(SGD, begin="present"))
    other = Trainer(experiment([{"kind": "linear", "units": 5}, {"kind": "tanh"}]))
    with pytest.raises(ValueError, match="do not fit"):
        racing.run(race(SGD, begin="present"), other.dumps())


def test_the_race_goes_on_where_the_run_itself_would_have_stopped():
    stopping = experiment(max_epochs=1, early_stopping={"patience": 1})
    assert racing.run(race(SGD, of=stopping)).steps[-1] == 4 * Trainer(stopping).steps_per_epoch
