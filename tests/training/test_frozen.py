"""Frozen layers against PyTorch's own way: a parameter without a gradient is passed over by its optimizer."""

import math

import pytest
import torch
from torch import nn

from playground.data import load
from playground.experiment import REGISTRIES
from playground.experiment.freezing import with_frozen
from playground.training import Trainer
from playground.training.order import BatchOrder
from tests.network.describe import experiment, linear
from tests.training.plain import loss_of, optimizers_for, targets
from tests.training.test_trainer import EVERYTHING

# A bias before a batch norm has no gradient but rounding errors, which Adam would blow up: there is none.
STACK = [linear(6, bias=False), {"kind": "batch_norm"}, {"kind": "prelu"}, linear(5), {"kind": "layer_norm"},
         {"kind": "tanh"}]  # fmt: skip
PLACES = [(0,), (1,), (2,), (3,), (4,), "head"]
OPTIMIZERS = [*({"kind": kind} for kind in REGISTRIES["optimizer"]), {"kind": "sgd", "momentum": 0.9},
              {"kind": "adam", "amsgrad": True}, {"kind": "rmsprop", "momentum": 0.5, "centered": True}]  # fmt: skip
FIRST_ORDER = [entry for entry in OPTIMIZERS if entry["kind"] != "lbfgs"]
RECIPE = {"batch_size": 16, "l1": 0.001, "l2": 0.01, "weight_decay": 0.05, "clip_norm": 0.5}


def name(optimizer):
    return "-".join(str(value) for value in optimizer.values())


def numbers(module, place):
    layer = module.at(place)
    return [tensor.clone() for tensor in (*layer.parameters(), *layer.buffers())]


def textbook(trainer, steps, freezing):
    """The numbers after `steps` steps of a loop as PyTorch's documentation has it. freezing: which places are frozen
    from a step on."""
    described, model, frozen = trainer.experiment, trainer.at().module.train(), set()
    training, data = described.training, load(described.data)
    x, labels = torch.tensor(data.x_train), torch.tensor(data.y_train)
    wanted = targets(described, labels, len(data.classes), trainer.task.head)
    for parameter in model.parameters():
        parameter.grad = None
    optimizers = optimizers_for(training.optimizer, model)
    per_epoch = math.ceil(len(x) / training.batch_size)
    for step in range(steps):
        frozen = set(freezing.get(step, frozen))
        model.train()
        for path, layer in model.paths():
            layer.requires_grad_(path not in frozen)
            if path in frozen:
                layer.eval()
        free = [p for p in model.parameters() if p.requires_grad]
        weights = [m.weight for m in model.modules() if isinstance(m, nn.Linear) and m.weight.requires_grad]
        epoch, place = divmod(step, per_epoch)
        order = BatchOrder(described.seed, len(x), training.batch_size).epoch(epoch)
        batch = torch.tensor(order[place * training.batch_size : (place + 1) * training.batch_size])
        model.zero_grad(set_to_none=True)
        loss = loss_of(training.loss, model(x[batch]), wanted[batch])
        loss = loss + sum(training.l1 * w.abs().sum() + training.l2 / 2 * w.square().sum() for w in weights)
        if free:
            loss.backward()
            nn.utils.clip_grad_norm_(free, training.clip_norm)
        with torch.no_grad():
            for w in weights:
                w.mul_(1 - training.optimizer.lr * training.weight_decay)
        for optimizer in optimizers:
            optimizer.step()
    return torch.cat([tensor.detach().reshape(-1) for tensor in (*model.parameters(), *model.buffers())])


def played(trainer, steps, freezing):
    for step in sorted({*(at for at in freezing if at < steps), steps}):
        trainer.advance(step - trainer.step)
        if step < steps:
            trainer.update({"frozen": freezing[step]})
    return trainer.module.flat.values


@pytest.mark.parametrize("optimizer", FIRST_ORDER, ids=name)
@pytest.mark.parametrize(
    "freezing",
    [{0: [(0,), (1,), "head"]}, {3: [(1,), (3,)], 9: ["head"], 14: []}, {0: PLACES, 6: [(2,), (4,)], 12: PLACES}],
    ids=["from the start", "on the way", "everything"],
)
def test_it_trains_as_pytorch_does(optimizer, freezing):
    described = experiment(STACK, optimizer=optimizer, **RECIPE)
    expected = textbook(Trainer(described, device="cpu"), 20, freezing)
    found = played(Trainer(described, device="cpu"), 20, freezing)
    loose = optimizer["kind"] == "muon"  # it works in bfloat16
    torch.testing.assert_close(found, expected, rtol=5e-2 if loose else 2e-4, atol=5e-3 if loose else 2e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=name)
@pytest.mark.parametrize("frozen", [[(0,), (1,)], [(2,), (4,)], [(3,), "head"], PLACES], ids=str)
def test_frozen_numbers_stay_exactly_as_they_are_and_the_others_move(optimizer, frozen):
    trainer = Trainer(experiment(STACK, optimizer=optimizer, **RECIPE), device="cpu")
    trainer.advance(7)
    trainer.update({"frozen": frozen})
    before = {place: numbers(trainer.module, place) for place in PLACES}
    trainer.advance(9)
    for place in PLACES:
        same = [torch.equal(*pair) for pair in zip(before[place], numbers(trainer.module, place), strict=True)]
        assert all(same) if place in frozen else not all(same), place


def test_thawed_layers_go_on():
    trainer = Trainer(experiment(STACK, optimizer={"kind": "adam"}), device="cpu")
    trainer.update({"frozen": PLACES})
    still = trainer.weights()
    assert trainer.advance(5) == 5
    assert all((numbers == still[name]).all() for name, numbers in trainer.weights().items())
    trainer.update({"frozen": []})
    trainer.advance(1)
    # Adam's very first step has the size of the learning rate: nothing was counted while it was frozen.
    moved = (trainer.weights()["head.weight"] - still["head.weight"]) / trainer.lr
    assert abs(moved) == pytest.approx(1.0, rel=1e-2)


def test_frozen_from_the_start_is_frozen_at_the_start():
    described = experiment(EVERYTHING, optimizer={"kind": "adam"}, l2=0.1)
    places = [(0,), (1,), (4, 0), (5,)]
    one, two = Trainer(with_frozen(described, places), device="cpu"), Trainer(described, device="cpu")
    two.update({"frozen": places})
    one.advance(30), two.advance(30)
    assert torch.equal(one.module.flat.values, two.module.flat.values)
    assert one.experiment == two.experiment


def test_a_frozen_layer_makes_no_difference_to_the_rest_but_for_standing_still():
    """What is behind a frozen layer still gets its gradient through it."""
    trainer = Trainer(with_frozen(experiment([linear(4), {"kind": "tanh"}]), ["head"]), device="cpu")
    before = trainer.weights()
    trainer.advance(1)
    after = trainer.weights()
    assert (before["layers.0.weight"] != after["layers.0.weight"]).any()
    assert (before["head.weight"] == after["head.weight"]).all()


@pytest.mark.parametrize("patch", [[(6,)], [(5,)], ["tail"], [()]])
def test_what_cannot_be_frozen_is_refused(patch):
    trainer = Trainer(experiment(STACK), device="cpu")
    with pytest.raises(ValueError, match="could be frozen"):
        trainer.update({"frozen": patch})
    assert trainer.experiment == experiment(STACK)
