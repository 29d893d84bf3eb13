"""What every walk promises: nothing of the run is touched, rows add up, and any module has a right answer."""

import numpy as np
import pytest
import torch
from torch import nn

from playground import Experiment, Trainer
from playground import settings as house
from playground.lenses.landscape.walking import ENGINES, Part, general, part_of, products, torch_walk, walk_of
from tests.experiment.strategies import plain
from tests.lenses.landscape.naive import X, Y, agree, naive, plane_of

WALKERS = ENGINES[1:]
NETWORK = [
    {"kind": "linear", "units": 6}, {"kind": "batch_norm"}, {"kind": "prelu"}, {"kind": "dropout"},
    {"kind": "linear", "units": 5}, {"kind": "tanh"},
]  # fmt: skip
LOSSES = {"classes": ("cross_entropy", {"kind": "xor", "samples": 200}), "number": ("huber", {"kind": "plane"})}


def trained(name: str = "classes", network=NETWORK) -> Trainer:
    loss, data = LOSSES[name]
    recipe = {"loss": {"kind": loss}, "optimizer": {"kind": "adam", "lr": 0.02}, "batch_size": 20}
    trainer = Trainer(Experiment.model_validate(plain(data=data, network=network, training=recipe)), device="cpu")
    trainer.advance(epochs=3)
    return trainer


def about(trainer: Trainer) -> list[torch.Tensor]:
    return plane_of(trainer.module, length=0.3)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("engine", WALKERS)
def test_the_centre_is_where_the_run_is(name, engine):
    trainer = trained(name)
    train_loss, test_loss, train_score, test_score = trainer.task.measure(trainer.module)
    assert trainer.history.iloc[-1]["train_loss"] == pytest.approx(train_loss, rel=1e-6)
    for which, loss, score in (("train", train_loss, train_score), ("test", test_loss, test_score)):
        walk = walk_of(trainer.module, *about(trainer), part_of(trainer.task, which), engine)
        found = walk.at(np.zeros(1), np.zeros(1))
        assert found[0] == pytest.approx(loss, rel=1e-6, abs=1e-9)
        assert found[1] == pytest.approx(score, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("engine", WALKERS)
def test_nothing_of_the_run_is_touched_and_no_later_change_is_seen(engine):
    trainer = trained()
    module = trainer.module
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    walk = walk_of(module, *about(trainer), part_of(trainer.task, "train"), engine)
    first = walk.at(X, Y)
    assert module.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    module.silence({(0,): [0, 1]})
    with torch.no_grad():
        module.flat.values.mul_(2.0)  # running statistics, too
    assert np.array_equal(walk.at(X, Y), first)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("engine", WALKERS)
def test_rows_add_up(name, engine):
    trainer = trained(name)
    part = part_of(trainer.task, "train")
    walk = walk_of(trainer.module, *about(trainer), part, engine)
    pieces = [slice(0, 7), slice(7, 40), slice(40, None)]
    sums = np.sum([walk.sums(X, Y, rows) for rows in pieces], 0)
    for whole, added in zip(walk.at(X, Y), walk.finish(*sums), strict=True):
        assert added == pytest.approx(whole, rel=1e-6)
    some = part.rows(pieces[1])
    for found, true in zip(walk.at(X, Y, pieces[1]), naive(trainer.module, about(trainer), some), strict=True):
        assert found == pytest.approx(true, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("engine", WALKERS)
def test_no_points_and_no_rows(engine):
    trainer = trained()
    walk = walk_of(trainer.module, *about(trainer), part_of(trainer.task, "train"), engine)
    assert [found.shape for found in walk.at(np.zeros(0), np.zeros(0))] == [(0,), (0,)]
    assert np.array_equal(walk.sums(X, Y, slice(5, 5)), np.zeros((2, len(X))))


@pytest.mark.parametrize("engine", WALKERS)
def test_equal_outputs_mean_the_first_class_as_in_pytorch(engine):
    trainer = trained()
    centre = torch.zeros(trainer.module.flat.parameters.numel())
    part = part_of(trainer.task, "train")
    walk = walk_of(trainer.module, centre, centre, centre, part, engine)
    assert walk.at(X, Y)[1] == pytest.approx((part.labels == 0).float().mean().item())


@pytest.mark.parametrize("engine", WALKERS)
def test_where_the_network_overflows_the_loss_is_no_number(engine):
    trainer = trained("number", [{"kind": "linear", "units": 4}, {"kind": "relu"}])
    centre, first, second = about(trainer)
    walk = walk_of(trainer.module, centre, first * 1e25, second, part_of(trainer.task, "train"), engine)
    loss, score = walk.at(np.array([0.0, 1.0]), np.zeros(2))
    assert np.isfinite([loss[0], score[0]]).all() and not np.isfinite(loss[1]) and not np.isfinite(score[1])


def test_the_quickest_walker_that_knows_the_module_is_taken(monkeypatch):
    trainer = trained()
    part, plane = part_of(trainer.task, "train"), about(trainer)
    assert walk_of(trainer.module, *plane, part).engine == "fused"
    assert walk_of(trainer.module, *plane, part._replace(spec=None)).engine == "torch"
    monkeypatch.setattr("playground.training.engines.fused.ahead.is_kept", lambda: False)
    assert walk_of(trainer.module, *plane, part).engine == "torch"
    for engine in ENGINES:
        assert walk_of(trainer.module, *plane, part, engine).cost >= len(part.x) * 50


def test_what_cannot_be_asked():
    trainer = trained()
    part, plane = part_of(trainer.task, "train"), about(trainer)
    with pytest.raises(ValueError, match="no engine 'abacus'"):
        walk_of(trainer.module, *plane, part, "abacus")
    with pytest.raises(ValueError, match="plane is of 3 numbers"):
        walk_of(trainer.module, *(vector[:3] for vector in plane), part)
    with pytest.raises(ValueError, match="fused walker does not know Sequential"):
        walk_of(nn.Sequential(trainer.module), *plane, part, "fused")


class Twice(nn.Linear):
    """A class of one's own that only looks like one that is known."""

    def forward(self, x):
        return 2.0 * super().forward(x)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(1, 4, batch_first=True), nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.gru(x[:, :, None])[0][:, -1])


class Deciding(nn.Module):
    """Does what `vmap` cannot: it looks at a number."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x):
        y = self.layer(x)
        return y if y.mean().item() > 0 else y * 0.5


def hooked() -> nn.Module:
    module = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    module[1].register_forward_hook(lambda layer, given, result: result + 1.0)
    return module


STRANGERS = {"subclass": lambda: nn.Sequential(Twice(2, 2)), "gru": Recurrent, "deciding": Deciding, "hook": hooked}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_module_that_nobody_knows_is_right_too(name):
    torch.manual_seed(0)
    module, part = STRANGERS[name](), part_of(trained().task, "train")
    assert walk_of(module, *plane_of(module), part).engine == "general"
    agree(module, part, "auto")


def asymmetric(outputs, targets):
    return (outputs[:, 0] - targets.to(outputs)).exp().mean()


def deciding(outputs, targets):
    return asymmetric(outputs, targets) if outputs.sum().item() > 0 else outputs.square().mean()


@pytest.mark.parametrize("loss", [asymmetric, deciding])
@pytest.mark.parametrize("engine", ["torch", "general"])
def test_a_loss_of_ones_own(loss, engine):
    trainer = trained()
    part = part_of(trainer.task, "train")
    part = Part(part.x, part.targets, part.labels, loss, score=part.score)
    agree(trainer.module, part, engine)
    unscored = part._replace(score=None)
    assert np.isnan(walk_of(trainer.module, *about(trainer), unscored, engine).at(X, Y)[1]).all()


def test_weights_that_two_layers_share():
    first = nn.Linear(2, 2)
    module, part = nn.Sequential(first, nn.Tanh(), first), part_of(trained().task, "train")
    agree(module, part, "torch")
    agree(module, part, "general")


@pytest.mark.parametrize("engine", WALKERS)
def test_in_whatever_pieces_it_works(engine, monkeypatch):
    trainer = trained()
    part = part_of(trainer.task, "train")
    for size in (1, 20_000):
        monkeypatch.setattr(torch_walk, "NEAR", size)
        for module in (torch_walk, general):
            monkeypatch.setattr(module, "settings", house.Settings(survey_bytes=size))
        agree(trainer.module, part, engine)


def test_products_of_either_library(monkeypatch):
    draw = torch.Generator().manual_seed(0)
    for points, inputs in ((1, 1), (3, 1), (3, 3)):
        weights, x = torch.randn(points, 9, 40, generator=draw), torch.randn(inputs, 40, 70, generator=draw)
        true = (weights.double() @ x.double()).float()
        for worthwhile in (0, 10**9):
            monkeypatch.setattr(products, "WORTHWHILE", worthwhile)
            assert torch.allclose(products.products(weights, x), true, atol=1e-4)
