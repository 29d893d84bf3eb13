"""The Hessian against the dense one that torch.func writes down in double precision, and against known matrices."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call

from playground.experiment import REGISTRIES
from playground.lenses.landscape import hessian as room
from playground.lenses.landscape.hessian import Hessian, steepest
from playground.lenses.landscape.krylov import Eigen, lanczos, trace
from playground.training import Trainer
from tests.lenses.moments import moment_of

ACTIVATIONS = [kind for kind, entry in REGISTRIES["activation"].items()]
LOSSES = {
    "cross_entropy": {"kind": "blobs", "classes": 3},
    "focal": {"kind": "blobs", "classes": 3},
    "bce": {"kind": "circle"},
    "hinge": {"kind": "circle"},
    "mse": {"kind": "curve"},
    "half_mse": {"kind": "circle"},
    "mae": {"kind": "curve"},
    "huber": {"kind": "curve"},
    "log_cosh": {"kind": "curve"},
}
BLOCKS = [
    {"kind": "linear", "units": 4},
    {"kind": "batch_norm"},
    {"kind": "prelu"},
    {"kind": "dropout", "p": 0.5},
    {
        "kind": "residual",
        "shortcut": "projection",
        "layers": [{"kind": "linear", "units": 3}, {"kind": "layer_norm"}, {"kind": "tanh"}],
    },
]


def small(data=None, network=None, **rest):
    """A moment with few samples, its weights moved a little so that no biases are zero, and running statistics too."""
    data = {"samples": 24, **(data or {"kind": "circle"})}
    moment = moment_of(data, network or [{"kind": "linear", "units": 4}, {"kind": "tanh"}], **rest)
    with torch.no_grad():
        noise = torch.rand(moment.module.flat.values.shape, generator=torch.Generator().manual_seed(4))
        moment.module.flat.values.add_(0.3 * noise)
    return moment


def loss_of(module, inputs, targets, loss):
    """(function, flat): the loss in evaluation mode and in double precision, of the parameters as one vector."""
    names, parameters = zip(*module.named_parameters(), strict=True)
    shapes = [p.shape for p in parameters]
    buffers = {name: b.double() for name, b in module.named_buffers()}
    targets = targets.double() if targets.is_floating_point() else targets
    module.eval()

    def of(flat):
        pieces = flat.split([s.numel() for s in shapes])
        given = {name: piece.view(shape) for name, piece, shape in zip(names, pieces, shapes, strict=True)}
        return loss(functional_call(module, given | buffers, inputs.double()), targets)

    return of, torch.cat([p.detach().double().reshape(-1) for p in parameters])


def written_down(*described, step=1e-6):
    """The dense Hessian and the gradient, float64: central differences of the gradient, column by column.

    Not torch.func.hessian: forward mode over a layer norm's backward is wrong in PyTorch 2.13.
    """
    of, flat = loss_of(*described)
    slope = torch.func.grad(of)
    columns = [
        (slope(flat + step * way) - slope(flat - step * way)) / (2 * step) for way in torch.eye(len(flat)).double()
    ]
    return torch.stack(columns).numpy(), slope(flat).numpy()


def reference(moment):
    return written_down(moment.module, moment.task.x_train, moment.task.train_targets, moment.task.loss)


def network_of(moment):
    return moment.experiment.model_dump()["network"]


def assert_right(moment):
    expected, slope = reference(moment)
    if all(entry["kind"] not in ("layer_norm", "residual") for entry in network_of(moment)):
        of, flat = loss_of(moment.module, moment.task.x_train, moment.task.train_targets, moment.task.loss)
        np.testing.assert_allclose(torch.func.hessian(of)(flat), expected, atol=1e-6)
    found = Hessian.of(moment)
    scale = np.abs(expected).max() or 1.0
    np.testing.assert_allclose(found.dense, expected, atol=1e-4 * scale)
    np.testing.assert_allclose(found.gradient().numpy(), slope, atol=1e-5 * (np.abs(slope).max() or 1.0))
    steps = lanczos(found._times, found.size, 2, found.size)
    eigenvalues = np.linalg.eigvalsh(expected)
    np.testing.assert_allclose(steps.values, eigenvalues[::-1][:2], atol=1e-3 * scale)
    np.testing.assert_allclose(steps.smallest, eigenvalues[0], atol=1e-3 * scale)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_activation(kind):
    assert_right(small(network=[{"kind": "linear", "units": 4}, {"kind": kind}, {"kind": "linear", "units": 3}]))


@pytest.mark.parametrize("loss", REGISTRIES["loss"])
def test_every_loss(loss):
    assert_right(small(LOSSES[loss], loss=loss))


@pytest.mark.parametrize("network", [BLOCKS, [{"kind": "identity"}]], ids=["blocks", "no hidden layer"])
@pytest.mark.parametrize("loss", ["mae", "mse"])
def test_norms_blocks_and_straight_lines(network, loss):
    assert_right(small({"kind": "curve"}, network, loss=loss))


@pytest.mark.parametrize("chunk", [False, True])
def test_a_product_is_the_dense_matrix_times_the_vector(chunk, monkeypatch):
    moment = small(network=BLOCKS)
    expected, _ = reference(moment)
    if chunk:
        monkeypatch.setattr(room, "WORK_BYTES", 4 * room.COPIES * 60)
    found = Hessian.of(moment)
    assert (found._rows < 24) == chunk
    rows = torch.randn(5, found.size, generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(found.product(rows).numpy(), rows.double().numpy() @ expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found.product(rows[0]), found.product(rows)[0], rtol=1e-3, atol=1e-5)


def test_convolutions_have_one_too():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.GELU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 2))
    inputs, targets = torch.randn(6, 1, 6, 6), torch.tensor([0, 1, 1, 0, 1, 0])
    expected, _ = written_down(module.double(), inputs, targets, nn.functional.cross_entropy)
    found = Hessian(module.float().train(), inputs, targets, nn.functional.cross_entropy)
    np.testing.assert_allclose(found.dense, expected, atol=1e-5)
    assert module.training


def test_what_is_frozen_has_rows_of_zeros_and_no_eigenvalue():
    network = [{"kind": "linear", "units": 4, "frozen": True}, {"kind": "tanh"}]
    moment = small(network=network)
    whole, _ = reference(moment)
    found = Hessian.of(moment)
    learns = np.arange(len(whole)) >= 12
    assert found.size == learns.sum()
    expected = np.where(np.outer(learns, learns), whole, 0.0)
    np.testing.assert_allclose(found.product(torch.eye(len(whole))).numpy(), expected, atol=1e-5)
    top = found.top(2)
    np.testing.assert_allclose(top.values, np.linalg.eigvalsh(whole[12:, 12:])[::-1][:2], rtol=1e-4)
    assert not top.vectors[:, :12].any()
    assert not found.gradient()[:12].any()
    nothing = Hessian.of(small(network=network, head={"frozen": True}))
    assert np.isnan(nothing.top(2).values).all()
    assert nothing.trace() == (0.0, 0.0)
    assert not nothing.product(torch.ones(len(whole))).any()


def test_what_is_silenced_is_silent_and_the_run_notices_nothing():
    experiment = small(network=BLOCKS).experiment
    trainer = Trainer(experiment, device="cpu", engine="torch")
    trainer.advance(steps=5)
    trainer.silence((0,), 1)
    before, grads = trainer.module.flat.values.clone(), trainer.module.flat.grads.clone()
    found, moment = Hessian.of(trainer), trainer.at()
    np.testing.assert_allclose(found.dense, reference(moment)[0], atol=1e-4)
    trainer.advance(steps=5)
    np.testing.assert_array_equal(found.dense, Hessian.of(moment).dense)
    again = Trainer(experiment, device="cpu", engine="torch")
    again.advance(steps=5)
    again.silence((0,), 1)
    assert torch.equal(before, again.module.flat.values)
    assert torch.equal(grads, again.module.flat.grads)
    again.advance(steps=5)
    assert torch.equal(again.module.flat.values, trainer.module.flat.values)


def test_parts_and_samples():
    moment = small({"kind": "circle", "samples": 60, "test_fraction": 0.5})
    task = moment.task
    test = written_down(moment.module, task.x_test, task.test_targets, task.loss)[0]
    np.testing.assert_allclose(Hessian.of(moment, "test").dense, test, atol=1e-4)
    few = written_down(moment.module, task.x_train[[0, 14, 29]], task.train_targets[[0, 14, 29]], task.loss)[0]
    np.testing.assert_allclose(Hessian.of(moment, most=3).dense, few, atol=1e-4)
    values, vectors = steepest(moment, 2)
    expected, directions = np.linalg.eigh(reference(moment)[0])
    np.testing.assert_allclose(values, expected[::-1][:2], rtol=1e-3)
    np.testing.assert_allclose(np.abs(np.sum(vectors.numpy().T * directions[:, ::-1][:, :2], 0)), 1.0, atol=1e-3)
    with pytest.raises(ValueError, match="no samples"):
        task.x_test = task.x_test[:0]
        Hessian.of(moment, "test")


def test_a_larger_network_is_estimated_and_near_the_exact_one(monkeypatch):
    moment = small(network=[{"kind": "linear", "units": 14}, {"kind": "tanh"}] * 2)
    found = Hessian.of(moment)
    assert found.size > room.DENSE
    top, (value, error) = found.top(3), found.trace(30)
    expected = np.linalg.eigvalsh(found.dense)
    np.testing.assert_allclose(top.values, expected[::-1][:3], rtol=1e-3)
    np.testing.assert_allclose(top.smallest, expected[0], rtol=1e-3)
    assert abs(value - expected.sum()) < 4 * error
    better = found.trace(30, known=top)
    assert abs(better.value - expected.sum()) < 4 * better.error
    assert better.error < error


# Eigenvalues of matrices that are known --------------------------------------------------------------------------


def product_of(matrix):
    return lambda rows: (rows.double() @ torch.from_numpy(matrix)).float()


@settings(deadline=None, max_examples=30)
@given(
    values=st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=24),
    count=st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_lanczos_finds_every_eigenvalue_those_that_come_twice_too(values, count, seed):
    turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))[0]
    matrix = turned * np.array(values) @ turned.T
    found, ordered = lanczos(product_of(matrix), len(values), count, len(values), seed), sorted(values, reverse=True)
    kept = min(count, len(values))
    np.testing.assert_allclose(found.values[:kept], ordered[:kept], atol=1e-3)
    assert np.isnan(found.values[kept:]).all()
    np.testing.assert_allclose(found.smallest, ordered[-1], atol=1e-3)
    vectors = found.vectors.double().numpy()
    np.testing.assert_allclose(vectors[:kept] @ vectors[:kept].T, np.eye(kept), atol=1e-5)
    for value, vector in zip([*found.values[:kept], found.smallest], [*vectors[:kept], found.hollow], strict=True):
        np.testing.assert_allclose(matrix @ np.asarray(vector, float), value * np.asarray(vector, float), atol=0.02)


def test_few_steps_are_enough_where_a_few_eigenvalues_stand_out():
    values = np.concatenate([[100.0, 50.0, 20.0, -10.0], np.linspace(0, 1, 396)])
    asked = []

    def product(rows):
        asked.append(len(rows))
        return rows * torch.from_numpy(values).float()

    found = lanczos(product, 400, 3, 100)
    np.testing.assert_allclose(found.values, [100.0, 50.0, 20.0], rtol=1e-5)
    np.testing.assert_allclose(found.smallest, -10.0, rtol=1e-5)
    assert len(asked) < 20


def test_numbers_that_are_none_give_none():
    for found in (lanczos(lambda rows: rows * float("inf"), 5, 2, 5), Eigen.of_matrix(np.full((5, 5), np.nan), 2)):
        assert np.isnan(found.values).all()
        assert np.isnan(found.smallest)
        assert found.vectors.shape == (2, 5)


def test_the_trace_of_a_diagonal_matrix_is_exact_and_its_error_honest():
    values = np.random.default_rng(1).normal(size=60)
    assert trace(product_of(np.diag(values)), 60, 4)[0] == pytest.approx(values.sum(), rel=1e-5)
    other = np.random.default_rng(2).normal(size=(60, 60))
    estimates = [trace(product_of(other + other.T), 60, 10, seed) for seed in range(60)]
    away = [(value - 2 * np.trace(other)) / error for value, error in estimates]
    assert 0.7 < np.std(away) < 1.6
    assert abs(np.mean(away)) < 0.5


def test_what_is_known_of_a_matrix_makes_its_trace_nearly_exact():
    turned = np.linalg.qr(np.random.default_rng(3).normal(size=(60, 60)))[0]
    product = product_of(turned * np.array([500.0, -300.0, *np.linspace(0, 1, 58)]) @ turned.T)
    known = torch.from_numpy(turned[:, :2].T.copy()).float()
    blind, seeing = trace(product, 60, 20), trace(product, 60, 20, known=torch.cat([known, torch.zeros(1, 60)]))
    assert seeing[1] < blind[1] / 20
    assert abs(seeing[0] - 229.0) < 4 * seeing[1]


def test_the_same_seed_gives_the_same_and_other_randomness_is_left_alone():
    matrix = np.diag(np.arange(50.0))
    state = torch.random.get_rng_state()
    first, second, other = (lanczos(product_of(matrix), 50, 2, 6, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.values, second.values)
    assert (first.values != other.values).all()
    assert trace(product_of(matrix), 50, 3, 1) == trace(product_of(matrix), 50, 3, 1)
    assert torch.equal(torch.random.get_rng_state(), state)
