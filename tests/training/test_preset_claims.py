"""What the presets promise is true: each is trained as a person would, and looked at.

Where chance decides, three seeds are tried (of data and network), and the median is what counts.
"""

from collections.abc import Callable
from functools import cache
from statistics import median

import numpy as np
import pytest
import torch

from playground.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.training import Trainer
from tests.training.claims import accuracy_of_class, changed, column, gradient_norms, inside, last, trained
from tests.training.image_claims import IMAGE_CLAIMS

CLAIMS: dict[str, Callable[[Experiment], None]] = {**IMAGE_CLAIMS}


def claim(kind: str) -> Callable:
    """The function below tests what the preset `kind` says."""
    return lambda test: CLAIMS.setdefault(kind, test)


def test_every_preset_has_its_claim_tested():
    assert set(CLAIMS) == set(PRESETS)


@pytest.mark.parametrize("kind", PRESETS)
def test_it_is_as_the_preset_says(kind):
    CLAIMS[kind](PRESETS[kind].experiment)


# --- first steps -----------------------------------------------------------------------------------------------------


@claim("tensorflow-playground")
def _(preset):
    assert last(trained(preset, epochs=200, seeds=1), "test_loss") < 0.01
    flat = changed(preset, network=[{"kind": "linear", "units": 4}, {"kind": "identity"}])
    assert last(trained(flat, epochs=20, seeds=1), "test_loss") > 0.4


@claim("spiral")
def _(preset):
    runs = [trained(changed(preset, seed=seed), epochs=3_000, seeds=1)[0] for seed in range(8)]
    assert all(run.record_at(20 * run.steps_per_epoch)["test_loss"] > 0.3 for run in runs)
    assert sum(run.recorded()["test_loss"].min() < 0.05 for run in runs) > 4, "most of them learn it"


@claim("clouds")
def _(preset):
    assert last(trained(preset, epochs=30), "test_accuracy") > 0.98


@claim("curve")
def _(preset):
    runs = trained(preset, epochs=120)
    assert last(runs, "test_r2") > 0.9
    assert median(run.record_at(10)["test_r2"] for run in runs) < 0.5


@claim("hills")
def _(preset):
    few = changed(preset, network=[{"kind": "linear", "units": 3}, {"kind": "tanh"}] * 2)
    assert last(trained(preset, epochs=40), "test_r2") > last(trained(few, epochs=40), "test_r2") + 0.1


# --- what a network can draw -----------------------------------------------------------------------------------------


@claim("linear-circle")
def _(preset):
    assert last(trained(preset, epochs=20), "test_accuracy") < 0.7
    bent = changed(preset, network=[{"kind": "linear", "units": 4}, {"kind": "tanh"}])
    assert last(trained(bent, epochs=60, seeds=1), "test_accuracy") > 0.95


@claim("identity")
def _(preset):
    assert last(trained(preset, epochs=20), "test_accuracy") < 0.7
    linear = {"kind": "linear", "units": 6}
    bent = changed(preset, network=[linear, {"kind": "tanh"}, linear, {"kind": "identity"}])
    assert last(trained(bent, epochs=60, seeds=1), "test_accuracy") > 0.95


@claim("features")
def _(preset):
    assert last(trained(preset, epochs=20), "test_accuracy") > 0.95
    assert last(trained(changed(preset, data={"features": ("x1", "x2")}), epochs=20), "test_accuracy") < 0.75


@claim("squares")
def _(preset):
    for trainer in trained(preset, epochs=40):
        first, second = trainer.module.head.weight.detach().numpy()[0]
        assert first == pytest.approx(second, rel=0.2)
        assert trainer.measure()["test_accuracy"] > 0.98


@claim("polygon")
def _(preset):
    assert last(trained(preset, epochs=100), "test_accuracy") > 0.96
    two = changed(preset, network=[{"kind": "linear", "units": 2}, {"kind": "relu"}])
    assert last(trained(two, epochs=60), "test_accuracy") < 0.9


@claim("universal")
def _(preset):
    assert last(trained(preset, epochs=150), "test_r2") > 0.98
    one = changed(preset, network=[{"kind": "linear", "units": 1}, {"kind": "tanh"}])
    assert 0.3 < last(trained(one, epochs=150), "test_r2") < 0.7


# --- going downhill --------------------------------------------------------------------------------------------------


@claim("rate-too-small")
def _(preset):
    runs = trained(preset, epochs=100, seeds=1)
    assert median(run.record_at(0)["train_loss"] - run.measure()["train_loss"] for run in runs) < 0.05
    for run in runs:
        run.update({"optimizer": {"lr": 0.1}})
        run.advance(epochs=60)
    assert last(runs, "train_loss") < 0.1


@claim("rate-too-large")
def _(preset):
    for run in trained(preset, epochs=2):
        assert run.status == "diverged" and run.epoch <= 1
    fits = changed(preset, training={"optimizer": {"kind": "sgd", "lr": 0.03}})
    assert last(trained(fits, epochs=10), "test_r2") > 0.999


@claim("momentum")
def _(preset):
    assert last(trained(preset, epochs=60), "train_loss") < 0.1
    plain = changed(preset, training={"optimizer": {"kind": "sgd", "lr": 0.01}})
    assert last(trained(plain, epochs=60), "train_loss") > 0.2


def rises(trainer: Trainer) -> float:
    """Share of the records, of the second half of the run, in which the train loss went up."""
    losses = column(trainer, "train_loss")
    return float(np.mean(np.diff(losses[len(losses) // 2 :]) > 0))


@claim("one-by-one")
def _(preset):
    assert 0.3 < median(map(rises, trained(preset, epochs=8))) < 0.55


@claim("all-at-once")
def _(preset):
    runs = trained(preset, epochs=400)
    assert [rises(run) for run in runs] == [0, 0, 0]
    tens = trained(changed(preset, training={"batch_size": 10}), epochs=40)
    assert last(tens, "train_loss") < last(runs, "train_loss")


@claim("second-order")
def _(preset):
    runs = trained(preset, steps=15)
    assert [run.measure()["train_accuracy"] for run in runs] == [1, 1, 1]
    plain = changed(preset, training={"optimizer": {"kind": "sgd", "lr": 0.1}})
    assert last(trained(plain, steps=100), "train_accuracy") < 1


# --- starting weights and depth --------------------------------------------------------------------------------------


@claim("zeros")
def _(preset):
    for trainer in trained(preset, epochs=20):
        moved = {name for name, value in trainer.module.state_dict().items() if value.abs().max() > 0}
        assert moved == {"head.bias"}
        assert trainer.measure()["test_accuracy"] < 0.6
        assert inside(trainer) == ["No gradient"]
    uniform = changed(preset, init={"weights": {"kind": "uniform"}, "biases": {"kind": "zeros"}})
    assert last(trained(uniform, epochs=100), "test_accuracy") > 0.9


@claim("copies")
def _(preset):
    for trainer in trained(preset, epochs=20):
        start, now = trainer.at(0).module.layers[0].weight, trainer.module.layers[0].weight
        torch.testing.assert_close(now, now[:1].expand_as(now))
        assert not torch.equal(start, now)
        assert trainer.measure()["test_accuracy"] < 0.8


@claim("saturated")
def _(preset):
    xavier = changed(preset, init={"weights": {"kind": "xavier_uniform"}, "biases": {"kind": "zeros"}})
    runs = trained(preset, epochs=40)
    assert last(runs, "test_accuracy") < 0.75 < 0.93 < last(trained(xavier, epochs=40), "test_accuracy")
    start = runs[0].at(0)
    values = start.module.trace(torch.as_tensor(np.array(start.dataset.x_train)))[3,]  # after the second tanh
    assert (values.abs() > 0.97).float().mean() > 0.7


@claim("sigmoid-tower")
def _(preset):
    runs = trained(preset, epochs=40)
    assert last(runs, "train_loss") == pytest.approx(np.log(2), abs=0.003)
    assert median(norms[0] / norms[-1] for norms in map(gradient_norms, trained(preset, steps=0))) < 1e-4
    assert inside(runs[0]) == ["Vanishing gradients"]


@claim("relu-tower")
def _(preset):
    runs = trained(preset, epochs=60)
    assert last(runs, "test_accuracy") > 0.95
    assert median(norms.max() / norms.min() for norms in map(gradient_norms, trained(preset, steps=0))) < 30


@claim("residual-tower")
def _(preset):
    runs = trained(preset, epochs=40)
    assert last(runs, "test_accuracy") > 0.95
    assert median(norms.min() / norms.max() for norms in map(gradient_norms, trained(preset, steps=0))) > 0.01
    assert "Vanishing gradients" not in inside(runs[0])


@claim("batch-norm-tower")
def _(preset):
    assert last(trained(preset, epochs=40), "test_accuracy") > 0.85


# --- learning by heart -----------------------------------------------------------------------------------------------


@cache
def by_heart() -> list[Trainer]:
    """What three presets are compared with."""
    return trained(PRESETS["overfitting"].experiment, epochs=250)


@claim("overfitting")
def _(preset):
    runs = by_heart()
    assert last(runs, "train_loss") < 0.03
    assert median(column(run, "test_loss")[-1] / column(run, "test_loss").min() for run in runs) > 1.8


@claim("l2")
def _(preset):
    assert last(trained(preset, epochs=250), "test_loss") < 0.5 < last(by_heart(), "test_loss")


@claim("dropout")
def _(preset):
    runs = trained(preset, epochs=250)
    assert last(runs, "train_loss") > 0.03
    assert last(runs, "test_loss") < 0.85 * last(by_heart(), "test_loss")


@claim("more-data")
def _(preset):
    gaps = [run.measure()["test_loss"] - run.measure()["train_loss"] for run in trained(preset, epochs=60)]
    assert median(gaps) < 0.08
    fewer = trained(changed(preset, data={"samples": 100}), epochs=250)
    assert median(run.measure()["test_loss"] - run.measure()["train_loss"] for run in fewer) > 0.3


@claim("early-stopping")
def _(preset):
    for run in trained(preset, epochs=400):
        assert run.status == "finished" and 20 < run.epoch < 120
        assert run.measure()["test_loss"] <= column(run, "test_loss").min() + 0.1


@claim("label-noise")
def _(preset):
    runs = trained(preset, epochs=200)
    assert median(column(run, "test_accuracy").max() for run in runs) > 0.97
    assert last(runs, "test_accuracy") < 0.93


# --- tables ----------------------------------------------------------------------------------------------------------


@claim("iris")
def _(preset):
    setosa, versicolor, virginica = accuracy_of_class(trained(preset, epochs=10), 3)
    assert setosa > 0.97 > 0.95 > min(versicolor, virginica)


@claim("breast-cancer")
def _(preset):
    assert 0.93 < last(trained(preset, epochs=30), "test_accuracy") < 0.99


@claim("price")
def _(preset):
    assert last(trained(preset, epochs=60), "test_r2") > 0.95
    assert 0.8 < last(trained(changed(preset, network=[]), epochs=60), "test_r2") < 0.9


@claim("imbalance")
def _(preset):
    runs = trained(preset, epochs=8)
    assert last(runs, "test_accuracy") == pytest.approx(0.94, abs=0.01)
    assert accuracy_of_class(runs, 2) == [1, 0]
    balanced = trained(changed(preset, data={"balance": True}), epochs=20)
    assert accuracy_of_class(balanced, 2)[1] > 0.85
