"""Steps of compiled code against as many of the `torch` engine: same start, same order, same masks."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.experiment import REGISTRIES, walk
from playground.network.shapes import infer
from playground.training import Trainer
from tests.network.describe import experiment, linear, stacks
from tests.training.test_frozen import FIRST_ORDER, name

KNOWN = [entry for entry in FIRST_ORDER if entry["kind"] != "muon"] + [
    {"kind": "sgd", "momentum": 0.8, "nesterov": True},
    {"kind": "adamw", "amsgrad": True, "weight_decay": 0.3},
    {"kind": "rmsprop", "centered": True},
    {"kind": "adagrad", "lr_decay": 0.01, "initial_accumulator_value": 0.5},
    {"kind": "asgd", "t0": 20.0, "lambd": 0.01},
    {"kind": "radam", "beta2": 0.9},
    {"kind": "adadelta", "eps": 1e-4},
]
PENALTIES = {
    "none": {},
    "l1": {"l1": 0.003},
    "l2": {"l2": 0.02},
    "weight decay": {"weight_decay": 0.05},
    "clipping": {"clip_norm": 0.2},
    "all": {"l1": 0.003, "l2": 0.02, "weight_decay": 0.05, "clip_norm": 0.2},
}
ACTIVATIONS = list(REGISTRIES["activation"])
LOSSES = [(kind, task) for kind, loss in REGISTRIES["loss"].items() for task in loss.tasks]
DATA = {
    "classification": {"kind": "blobs", "classes": 3, "samples": 90},
    "regression": {"kind": "plane", "samples": 90},
}


def both(described, steps=100):
    """The trainers of both engines after so many steps."""
    made = [Trainer(described, device="cpu", engine=engine) for engine in ("fused", "torch")]
    for trainer in made:
        trainer.advance(steps)
    return made


def same(fused, by_torch, tolerance=1e-4):
    """That all numbers are equal: parameters, running statistics, what the optimizer remembers, history."""
    assert (fused.step, fused.status) == (by_torch.step, by_torch.status)
    mine, theirs = fused.module.flat.values, by_torch.module.flat.values
    assert mine.shape == theirs.shape
    assert ((mine - theirs).abs() <= tolerance * theirs.abs().clamp_min(1.0)).all()
    for column in by_torch.recorded():
        torch.testing.assert_close(
            torch.tensor(fused.recorded()[column]), torch.tensor(by_torch.recorded()[column]),
            rtol=tolerance, atol=1e-4 if "loss" in column else 0.05, equal_nan=True,
        )  # fmt: skip


@pytest.mark.parametrize("optimizer", KNOWN, ids=name)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_every_optimizer_with_every_penalty(optimizer, penalty):
    network = [linear(5), {"kind": "tanh"}, linear(4), {"kind": "softplus"}]
    same(*both(experiment(network, optimizer=optimizer, batch_size=8, **PENALTIES[penalty]), steps=60))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "task"), LOSSES)
def test_every_activation_with_every_loss(activation, loss, task):
    optimizers = [{"kind": "sgd", "lr": 0.01}, {"kind": "adam", "lr": 0.01}]
    optimizer = optimizers[(ACTIVATIONS.index(activation) + LOSSES.index((loss, task))) % 2]
    network = [linear(4), {"kind": activation}]
    same(*both(experiment(network, data=DATA[task], loss={"kind": loss}, optimizer=optimizer), steps=30))


CONTINUOUS = [entry for entry in KNOWN if entry["kind"] != "rprop"]  # which makes a whole step of a last bit's sign


def steady(optimizer):
    """With an epsilon above rounding errors: what samples beside a hinge add can cancel, and the first step of Adam
    along a gradient of 1e-9 that should be 0 is as long as any other."""
    known = REGISTRIES["optimizer"][optimizer["kind"]].model_fields.get("eps")
    return optimizer if known is None else {**optimizer, "eps": max(1e-5, optimizer.get("eps", known.default))}


@settings(max_examples=40)
@given(
    activation=st.sampled_from(ACTIVATIONS), loss=st.sampled_from(LOSSES), optimizer=st.sampled_from(CONTINUOUS),
    penalty=st.sampled_from(list(PENALTIES)), batch_size=st.sampled_from([5, 16, 100]), seed=st.integers(0, 1000),
)  # fmt: skip
def test_any_combination(activation, loss, optimizer, penalty, batch_size, seed):
    kind, task = loss
    described = experiment(
        [linear(5), {"kind": activation}, linear(3)], data=DATA[task], loss={"kind": kind},
        optimizer={**steady(optimizer), "lr": 0.003}, batch_size=batch_size, seed=seed, **PENALTIES[penalty],
    )  # fmt: skip
    same(*both(described, 40), tolerance=3e-4)


SCHEDULES = [{"kind": kind} for kind in REGISTRIES["schedule"]] + [
    {"kind": "step", "step_size": 2.5}, {"kind": "warm_restarts", "first": 3.0}, {"kind": "plateau", "patience": 1},
]  # fmt: skip


@pytest.mark.parametrize("schedule", SCHEDULES, ids=name)
def test_every_schedule(schedule):
    network = [linear(5), {"kind": "tanh"}]
    same(*both(experiment(network, schedule=schedule, optimizer={"kind": "adam", "lr": 0.02})))


@settings(max_examples=40)
@given(stack=stacks(), optimizer=st.sampled_from(CONTINUOUS), batch_size=st.integers(1, 60), seed=st.integers(0, 1000))
def test_any_stack(stack, optimizer, batch_size, seed):
    described = experiment(stack, optimizer={**steady(optimizer), "lr": 0.001}, batch_size=batch_size, seed=seed)
    assume(not infer(described, 2, 2).problems)
    # A batch norm of two samples that lie together multiplies a rounding error by a thousand, in either engine.
    # And what stands before a norm may have no gradient but such errors, which most optimizers would make steps of.
    if any(layer.kind in ("batch_norm", "layer_norm") for _, layer in walk(described.network)):
        assume(optimizer["kind"] == "sgd" and min(batch_size, 50 % batch_size or batch_size) >= 10)
    same(*both(described, 30), tolerance=5e-4)


FREEZING = {10: [(0,)], 30: [(0,), (1,), "head"], 45: [(3,)], 60: []}
LAYERS = [linear(6, bias=False), {"kind": "batch_norm"}, {"kind": "prelu"}, linear(5), {"kind": "tanh"}]


@pytest.mark.parametrize("optimizer", KNOWN, ids=name)
def test_layers_that_are_frozen_and_thaw(optimizer):
    described = experiment(LAYERS, optimizer=optimizer, batch_size=16, **PENALTIES["all"])
    made = [Trainer(described, device="cpu", engine=engine) for engine in ("fused", "torch")]
    for trainer in made:
        for step, places in FREEZING.items():
            trainer.advance(step - trainer.step)
            trainer.update({"frozen": places})
        trainer.advance(40)
    same(*made)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("optimizer", KNOWN, ids=name)
def test_engines_take_over_from_one_another(optimizer, frozen):
    described = experiment(LAYERS, optimizer=optimizer, batch_size=25)
    switched, by_torch = (Trainer(described, device="cpu", engine="torch") for _ in range(2))
    for step, engine in enumerate(["fused", "torch", "fused"], 1):
        for trainer in (switched, by_torch):
            trainer.advance(25)
            if frozen and step == 1:
                trainer.update({"frozen": [(3,)]})
        switched.use_engine(engine)
        assert switched.engine_name == engine
    for trainer in (switched, by_torch):
        trainer.advance(25)
    same(switched, by_torch)


def test_silenced_and_hand_set_neurons_stay_so_in_every_engine():
    described = experiment([linear(5), {"kind": "tanh"}, linear(4), {"kind": "tanh"}])
    made = [Trainer(described, device="cpu", engine=engine) for engine in ("fused", "torch")]
    for trainer in made:
        trainer.advance(20)
        trainer.silence((0,), 2)
        trainer.set_weight((2,), 1, 3, -2.5)
        trainer.advance(20)
        trainer.silence((0,), 2, on=False)
        trainer.silence("head", 0)
        trainer.advance(20)
    same(*made)


def test_the_same_bits_however_a_run_is_cut_resumed_or_rewound():
    described = experiment(
        [linear(8), {"kind": "dropout", "p": 0.3}, {"kind": "batch_norm"}, {"kind": "gelu"}], batch_size=7,
        optimizer={"kind": "adam", "lr": 0.01}, clip_norm=1.0, l1=0.001,
    )  # fmt: skip
    whole, cut = (Trainer(described, device="cpu", engine="fused") for _ in range(2))
    whole.advance(2000)
    for steps in (1, 2, 61, 500, 13, 1423):
        cut.advance(steps)
        cut = Trainer.loads(cut.dumps())
        assert cut.engine_name == "fused"
    assert torch.equal(cut.module.flat.values, whole.module.flat.values)
    assert cut.history.equals(whole.history)
    before = whole.at(700).module.flat.values.clone()
    whole.rewind(whole.at(700).step)
    assert torch.equal(whole.module.flat.values, before)
    whole.advance(2000 - whole.step)
    assert torch.equal(cut.module.flat.values, whole.module.flat.values)


@pytest.mark.parametrize("lr", [3.0, 30.0, 100.0])
def test_a_run_that_diverges_stops_at_the_same_step(lr):
    described = experiment([linear(4), {"kind": "relu"}], optimizer={"kind": "sgd", "lr": lr}, data=DATA["regression"])
    fused, by_torch = both(described, 300)
    assert by_torch.status == "diverged"
    assert fused.status == "diverged"
    assert abs(fused.step - by_torch.step) <= 1, "the last bits may decide between two steps"
    assert fused.module.flat.values.isfinite().all()


def test_early_stopping_restores_the_best():
    described = experiment(
        [linear(8), {"kind": "tanh"}], data={"kind": "moons", "samples": 60, "noise": 0.5, "test_fraction": 0.5},
        optimizer={"kind": "adam", "lr": 0.05}, early_stopping={"patience": 4},
    )  # fmt: skip
    fused, by_torch = both(described, 2000)
    assert fused.status == "finished"
    same(fused, by_torch)
