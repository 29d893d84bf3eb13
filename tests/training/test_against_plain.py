"""The trainer against a textbook loop: same data, start and order, and then the same parameters."""

import copy

import pytest
import torch

from playground.data import load
from playground.experiment import REGISTRIES, Experiment
from playground.experiment.randomness import key
from playground.network.dropout import keep_mask
from playground.training import Trainer
from playground.training.order import BatchOrder
from tests.network.describe import experiment, linear, tanh_stack
from tests.training import plain

OPTIMIZERS = [
    {"kind": "sgd", "lr": 0.1}, {"kind": "sgd", "lr": 0.05, "momentum": 0.9},
    {"kind": "sgd", "lr": 0.05, "momentum": 0.8, "nesterov": True},
    {"kind": "adam", "lr": 0.01}, {"kind": "adam", "lr": 0.01, "amsgrad": True, "beta1": 0.8},
    {"kind": "adamw", "lr": 0.01, "weight_decay": 0.1}, {"kind": "nadam", "lr": 0.01}, {"kind": "radam", "lr": 0.01},
    {"kind": "adamax", "lr": 0.01}, {"kind": "adagrad", "lr": 0.05, "lr_decay": 0.01, "initial_accumulator_value": 0.1},
    {"kind": "adadelta"}, {"kind": "rmsprop", "lr": 0.005, "momentum": 0.5, "centered": True},
    {"kind": "rprop", "lr": 0.001}, {"kind": "asgd", "lr": 0.05, "t0": 50.0, "lambd": 0.01},
    {"kind": "muon", "lr": 0.01},
]  # fmt: skip


def same(exp, steps=100, schedule=None, **tolerance):
    trainer = Trainer(exp, device="cpu", engine="torch")
    start = trainer.module.flat.parameters.clone()
    expected = plain.values(plain.train(trainer, steps, schedule))
    trainer.advance(steps)
    found = trainer.module.flat.parameters
    assert trainer.step == steps
    assert (found - start).abs().max() > 1e-4, "nothing was learnt, so nothing was compared"
    torch.testing.assert_close(found, expected, **({"rtol": 2e-4, "atol": 2e-5} | tolerance))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: "-".join(str(v) for v in o.values()))
def test_every_optimizer(optimizer):
    # Rprop looks at signs alone, so a last bit can turn a step around: few steps. Muon works in bfloat16.
    loose = {"muon": {"rtol": 2e-2, "atol": 2e-3}}.get(optimizer["kind"], {})
    steps = 40 if optimizer["kind"] == "rprop" else 100
    same(experiment(tanh_stack(6, 4), optimizer=optimizer, batch_size=16), steps, **loose)


def test_all_optimizers_are_compared():
    assert {o["kind"] for o in OPTIMIZERS} | {"lbfgs"} == set(REGISTRIES["optimizer"])


@pytest.mark.parametrize("search", [True, False])
def test_lbfgs(search):
    # Without line search larger rates are chaotic: equal to the bit without penalties, far apart with them.
    optimizer = {"kind": "lbfgs", "lr": 1.0 if search else 0.02, "line_search": search, "max_iter": 5}
    same(experiment(tanh_stack(4), optimizer=optimizer, batch_size=100, l2=0.01, l1=0.001), 4, rtol=5e-3, atol=5e-4)


@pytest.mark.parametrize("kind", REGISTRIES["activation"])
def test_every_activation(kind):
    same(experiment([linear(6), {"kind": kind}, linear(4), {"kind": kind}], optimizer={"kind": "sgd", "lr": 0.03}))


LOSSES = [(kind, task) for kind, loss in REGISTRIES["loss"].items() for task in loss.tasks]


@pytest.mark.parametrize(("kind", "task"), LOSSES)
@pytest.mark.parametrize("classes", [2, 3])
def test_every_loss(kind, task, classes):
    if task == "regression":
        data = {"kind": "multi_gaussian" if classes == 2 else "plane", "samples": 100}
    else:
        data = {"kind": "blobs", "classes": classes, "samples": 100, "noise": 0.3}
    extra = {"cross_entropy": {"label_smoothing": 0.1}, "hinge": {"margin": 0.7}, "huber": {"delta": 0.3}}.get(kind, {})
    same(experiment(tanh_stack(6), data=data, loss={"kind": kind, **extra}))


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh"])
@pytest.mark.parametrize("classes", [2, 3])
def test_every_output_activation(activation, classes):
    data = {"kind": "rings", "classes": classes, "samples": 100}
    same(experiment(tanh_stack(6), data=data, loss={"kind": "mse"}, head={"activation": activation}))


@pytest.mark.parametrize(
    "change",
    [
        {"l1": 0.01}, {"l2": 0.1}, {"weight_decay": 0.2}, {"clip_norm": 0.1},
        {"l1": 0.003, "l2": 0.02, "weight_decay": 0.05, "clip_norm": 0.5},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "lr": 0.1}, {"kind": "adam", "lr": 0.01}], ids=str)
def test_what_holds_the_weights_back(change, optimizer):
    network = [linear(6), {"kind": "layer_norm"}, {"kind": "prelu"}, linear(4, bias=False), {"kind": "tanh"}]
    same(experiment(network, optimizer=optimizer, **change))


def test_batch_norm_and_uneven_batches():
    network = [linear(6), {"kind": "batch_norm", "momentum": 0.2}, {"kind": "relu"}]
    exp = experiment(network, batch_size=16)  # 50 points: batches of 16, 16, 16 and 2
    same(exp)
    trainer = Trainer(exp, device="cpu")
    model = plain.train(trainer, 50)
    trainer.advance(50)
    torch.testing.assert_close(trainer.module.layers[1].running_var, model[1].running_var, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(trainer.module.layers[1].running_mean, model[1].running_mean, rtol=1e-4, atol=1e-5)


def test_dropout_drops_what_the_hash_says_at_every_step():
    exp = experiment([linear(20), {"kind": "dropout", "p": 0.4}], head={"activation": "identity"})
    trainer = Trainer(exp, device="cpu")
    first, head = (copy.deepcopy(trainer.module.at(path)) for path in ((0,), "head"))
    optimizer = torch.optim.SGD([*first.parameters(), *head.parameters()], lr=0.03)
    data = load(exp.data)
    x, t = torch.tensor(data.x_train), 2.0 * torch.tensor(data.y_train)[:, None] - 1
    for step in range(12):
        epoch, place = divmod(step, 5)
        batch = BatchOrder(0, 50, 10).epoch(epoch)[place * 10 : place * 10 + 10]
        mask = keep_mask(key(0, "dropout", 1), step, 10, 20, 0.4)
        loss = ((head(first(x[batch]) * mask / 0.6) - t[batch]) ** 2).mean() / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    trainer.advance(12)
    found = torch.cat([first.weight.reshape(-1), first.bias, head.weight.reshape(-1), head.bias])
    torch.testing.assert_close(trainer.module.flat.parameters, found.detach(), rtol=1e-5, atol=1e-6)


S = torch.optim.lr_scheduler
SCHEDULES = {
    "constant": ({}, lambda o: S.ConstantLR(o, factor=1.0)),
    "step": ({"step_size": 7, "gamma": 0.3}, lambda o: S.StepLR(o, 7, 0.3)),
    "exponential": ({"gamma": 0.9}, lambda o: S.ExponentialLR(o, 0.9)),
    "cosine": ({"epochs": 15}, lambda o: S.CosineAnnealingLR(o, 15)),
    "warm_restarts": ({"first": 5, "longer": 2}, lambda o: S.CosineAnnealingWarmRestarts(o, 5, 2)),
    "one_cycle": (
        {"epochs": 19, "rise": 0.3},
        lambda o: S.OneCycleLR(o, max_lr=0.1, total_steps=20, pct_start=(0.3 * 19 + 1) / 20, cycle_momentum=False),
    ),
    "warmup": ({"epochs": 10, "start": 0.1}, lambda o: S.LinearLR(o, start_factor=0.1, total_iters=10)),
}


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_schedule_at_whole_epochs(kind):
    # Full batches: a step is an epoch, so that PyTorch's schedulers, which step by epochs, can follow.
    given, make = SCHEDULES[kind]
    sgd = {"kind": "sgd", "lr": 0.1}
    exp = experiment(tanh_stack(5), schedule={"kind": kind, **given}, optimizer=sgd, batch_size=50)
    steps = 15 if kind == "cosine" else 20
    same(exp, steps, make)
    trainer = Trainer(exp, device="cpu")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler, rates = make(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    trainer.advance(steps - 1)
    assert trainer.history.lr.tolist() == pytest.approx(rates, rel=1e-6, abs=1e-9)


def test_all_schedules_are_compared():
    assert set(SCHEDULES) | {"plateau"} == set(REGISTRIES["schedule"])  # plateau: test_watch.py


def test_a_schedule_moves_within_an_epoch():
    trainer = Trainer(experiment(schedule={"kind": "cosine", "epochs": 2}, optimizer={"kind": "sgd", "lr": 1.0}))
    trainer.advance(5)
    assert trainer.epoch == 1.0
    assert trainer.lr == pytest.approx(0.5)
    assert trainer.history.lr.is_monotonic_decreasing
    assert trainer.history.lr.nunique() == 6


def test_an_experiment_from_its_link_trains_the_same():
    exp = experiment(tanh_stack(4))
    one, two = Trainer(exp), Trainer(Experiment.from_link(exp.to_link()))
    one.advance(30), two.advance(30)
    assert torch.equal(one.module.flat.values, two.module.flat.values)
