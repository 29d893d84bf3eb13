"""Gradients that are worked out without autograd, against autograd's."""

from contextlib import contextmanager

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from playground.data import load
from playground.experiment import REGISTRIES, head_of, walk
from playground.experiment.freezing import freezes, frozen_layers, with_frozen
from playground.network import build
from playground.network.errors import NetworkError
from playground.network.flat import flatten
from playground.training import Trainer
from playground.training.engines.pairs import loss_pair, network_pairs, silences
from playground.training.engines.pairs import losses as pair_losses
from playground.training.engines.pairs.pair import Autograd
from playground.training.engines.pairs.stack import PAIRS
from playground.training.tasks.losses import loss_function
from playground.training.tasks.supervised import code
from tests.network.describe import block, experiment, linear, stacks, tanh_stack

ACTIVATIONS = list(REGISTRIES["activation"])
LOSSES = [(kind, task) for kind, loss in REGISTRIES["loss"].items() for task in loss.tasks]
SETTINGS = {
    "cross_entropy": {"label_smoothing": 0.1},
    "hinge": {"margin": 0.7},
    "huber": {"delta": 0.3},
    "focal": {"gamma": 0.5},
}


def data(classes: int):
    """The description of a data set with so many classes, or with numbers to predict for none."""
    return {"kind": "blobs", "classes": classes, "samples": 50} if classes else {"kind": "plane", "samples": 50}


def points(rows: int, classes: int):
    """Inputs and labels (numbers for no classes)."""
    draw = torch.Generator().manual_seed(rows)
    x = torch.randn(rows, 2, generator=draw)
    if not classes:
        return x, torch.randn(rows, generator=draw)
    return x, torch.randint(classes, (rows,), generator=draw)


def by_autograd(network, loss, x, targets):
    """The loss, the gradient of every parameter, and the network's buffers after it."""
    for parameter in network.parameters():
        parameter.grad.zero_()
    value = loss(network(x), targets)
    value.backward()
    return value.detach(), [p.grad.clone() for p in network.parameters()], [b.clone() for b in network.buffers()]


def compare(described, classes=2, rows=13, frozen=(), quiet=None, training=True, network=None, close=1e-6):
    network = network or build(described, (2, classes))
    network.silence(quiet or {})
    network.train(training)
    network.hold(frozen)
    network.set_step(5)
    x, labels = points(rows, classes)
    targets = code(labels, head_of(described, classes), classes)
    dtype = network.head.weight.dtype
    x, targets = x.to(dtype), targets.to(dtype) if targets.is_floating_point() else targets
    spec = described.training.loss
    loss = loss_function(spec)
    start = [buffer.clone() for buffer in network.buffers()]
    value, grads, buffers = by_autograd(network, loss, x, targets)
    for buffer, before in zip(network.buffers(), start, strict=True):
        buffer.copy_(before)
    for parameter in network.parameters():
        parameter.grad.fill_(7.0)  # nothing of what was there before may be left
    with torch.no_grad():
        chain = network_pairs(network, frozen)
        found, slope = loss_pair(spec, loss, torch.device("cpu"))(chain.forward(x), targets)
        chain.backward(slope)
    torch.testing.assert_close(found, value, rtol=close, atol=close / 10)
    fixed = {id(p) for place in frozen for p in network.at(place).parameters(recurse=False)}
    for (name, parameter), expected in zip(network.named_parameters(), grads, strict=True):
        if id(parameter) in fixed:
            assert (parameter.grad == 7.0).all(), f"{name} is frozen"
            continue
        off = (parameter.grad - expected).norm()
        assert off <= close * expected.norm() + close / 100, f"{name} is off by {off / expected.norm()}"
    for mine, theirs in zip(network.buffers(), buffers, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=close, atol=close / 10)


@contextmanager
def doubles():
    """Numbers of 64 bits, in which no rounding hides a wrong formula."""
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("kind", "task"), LOSSES)
def test_every_activation_with_every_loss(activation, kind, task):
    stack = [linear(6), {"kind": activation}, linear(4), {"kind": activation}]
    for classes in (2, 3) if task == "classification" else (0,):
        for extra in ({}, SETTINGS.get(kind, {})):
            compare(experiment(stack, loss={"kind": kind, **extra}, data=data(classes)), classes)


@pytest.mark.parametrize("activation", ["identity", "tanh", "sigmoid", "softplus", "relu"])
def test_every_output_activation(activation):
    for classes in (0,) if activation in ("softplus", "relu") else (0, 2, 3):
        end = {"activation": activation}
        compare(experiment(tanh_stack(5), loss={"kind": "mse"}, head=end, data=data(classes)), classes)


SETTLED = [
    {"kind": "leaky_relu", "negative_slope": 0.3}, {"kind": "elu", "alpha": 0.4}, {"kind": "celu", "alpha": 0.4},
    {"kind": "softplus", "beta": 20.0}, {"kind": "sine", "frequency": 7.0}, {"kind": "prelu", "init": 0.8},
]  # fmt: skip


@pytest.mark.parametrize("layer", SETTLED, ids=lambda layer: layer["kind"])
def test_activations_heed_their_settings(layer):
    compare(experiment([linear(6), layer, linear(4), layer]))


LAYERS = {
    "linear without bias": [linear(5, bias=False), {"kind": "tanh"}, linear(3, bias=False)],
    "dropout": [{"kind": "dropout", "p": 0.3}, linear(5), {"kind": "dropout", "p": 0.5}, {"kind": "dropout", "p": 0.0}],
    "batch norm": [{"kind": "batch_norm"}, linear(5), {"kind": "batch_norm", "momentum": 0.4, "eps": 0.01}],
    "batch norm, plain": [linear(5), {"kind": "batch_norm", "affine": False}, {"kind": "relu"}],
    "layer norm": [{"kind": "layer_norm"}, linear(5), {"kind": "layer_norm", "eps": 0.01}],
    "layer norm, plain": [linear(5), {"kind": "layer_norm", "affine": False}, {"kind": "tanh"}],
    "block": [linear(4), block({"kind": "tanh"}, linear(4), {"kind": "prelu"})],
    "block first": [block({"kind": "sine"}, linear(2))],
    "block with projection": [block(linear(4), {"kind": "tanh"}, shortcut="projection"), {"kind": "tanh"}],
    "empty block": [block(), linear(4), block(), {"kind": "tanh"}, block(block())],
    "blocks in blocks": [linear(3), block(linear(4), block({"kind": "gelu"}, linear(4)), shortcut="projection")],
    "nothing": [],
}


@pytest.mark.parametrize("stack", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("rows", [1, 2, 13])
def test_every_layer(stack, training, rows):
    compare(experiment(stack), training=training, rows=rows)


SILENT = [linear(5), {"kind": "tanh"}, block(linear(5), {"kind": "identity"}), {"kind": "identity"}, linear(3)]


@pytest.mark.parametrize("quiet", [{(1,): [0, 3]}, {(2,): [1]}, {(2, 1): [4]}, {(3,): [2]}, {(4,): [0, 1, 2]},
                                   {"head": [0]}, {(1,): [1], (2,): [2], (4,): [1], "head": [1]}], ids=str)  # fmt: skip
def test_silenced_units(quiet):
    compare(experiment(SILENT, loss={"kind": "mse"}), classes=3, quiet=quiet)


FROZEN = [linear(5), {"kind": "batch_norm"}, {"kind": "prelu"}, block(linear(4), {"kind": "tanh"},
          shortcut="projection"), {"kind": "layer_norm"}]  # fmt: skip


@pytest.mark.parametrize("frozen", [[(0,)], [(0,), (1,), (2,)], [(1,)], [(3, 0)], [(4,), "head"], ["head"],
                                    [(0,), (1,), (2,), (3, 0), (4,), "head"]], ids=str)  # fmt: skip
def test_frozen_layers_get_no_gradient_and_pass_theirs_on(frozen):
    compare(experiment(FROZEN), frozen=tuple(frozen))


@settings(max_examples=60, deadline=None)
@given(stacks(), st.data())
def test_any_stack(stack, draws):
    classes = draws.draw(st.sampled_from([0, 2, 3]))
    task = "classification" if classes else "regression"
    loss = draws.draw(st.sampled_from([kind for kind, of in LOSSES if of == task]))
    described = experiment(stack, loss={"kind": loss}, data=data(classes))
    try:
        network = build(described, (2, classes)).double()
    except NetworkError:
        return
    places = [path for path, layer in walk(described.network) if freezes(layer)]
    frozen = draws.draw(st.sets(st.sampled_from([*places, "head"]), max_size=3))
    described = with_frozen(described, sorted(frozen, key=str))
    paths = [path for path, layer in network.paths() if path != "head"]
    chosen = draws.draw(st.sets(st.sampled_from(paths), max_size=3)) if paths else ()
    rows, training = draws.draw(st.integers(1, 17)), draws.draw(st.booleans())
    quiet, held = {path: [0] for path in chosen}, frozen_layers(described)
    with doubles():
        compare(described, classes, rows, held, quiet, training, network, close=1e-9)


@pytest.mark.parametrize("rows", [10, 13])
def test_of_layers_whose_derivatives_are_kernels_the_gradients_are_autograds_to_the_bit(rows):
    """So a script with autograd and the engine stay together, however long they run."""
    stack = [linear(9), {"kind": "dropout"}, block(linear(9), {"kind": "tanh"}), {"kind": "layer_norm"}, linear(5),
             {"kind": "batch_norm"}, {"kind": "relu"}]  # fmt: skip
    compare(experiment(stack), rows=rows, close=0.0)


class Stretch(nn.Module):
    """A layer that nothing is known of."""

    def __init__(self, width):
        super().__init__()
        self.scale, self.unused = nn.Parameter(torch.linspace(0.5, 2.0, width)), nn.Parameter(torch.ones(2))

    def forward(self, x):
        return (x * self.scale).sinh()


@pytest.mark.parametrize("strange", [Stretch(4), nn.Softshrink(0.1), nn.Tanhshrink()], ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("frozen", [(), ((2,),), ((0,),)])
def test_an_unknown_layer_is_autograds(strange, place, frozen):
    network = build(experiment([linear(4), {"kind": "tanh"}, {"kind": "identity"}, linear(4)]), (2, 2))
    network.layers[place] = strange if place else nn.Sequential(nn.Linear(2, 4), strange)
    network.flat = flatten(network)
    compare(experiment([]), network=network, frozen=frozen if place else ())


def test_all_that_can_be_chosen_has_a_pair():
    """Autograd would be right too, and several times slower."""
    for kind in [*ACTIVATIONS, "batch_norm", "layer_norm", "dropout"]:
        layer = build(experiment([linear(3), {"kind": kind}]), (2, 2)).layers[1]
        assert kind == "identity" or PAIRS.get(type(layer), Autograd) is not Autograd
    assert set(REGISTRIES["loss"]) == set(pair_losses._PAIRS)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 7.5])
def test_the_focal_loss_with_samples_that_are_quite_sure(gamma):
    spec = experiment(loss={"kind": "focal", "gamma": gamma}).training.loss
    loss = loss_function(spec)
    outputs = torch.tensor([[0.3, -0.2], [30.0, -30.0], [-30.0, 30.0], [9.0, 0.0], [0.0, 0.0]])
    targets = torch.tensor([1, 0, 0, 0, 1])
    expected, slope = pair_losses.by_autograd(loss)(outputs, targets)
    found, mine = loss_pair(spec, loss, torch.device("cpu"))(outputs, targets)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)
    torch.testing.assert_close(mine, slope, rtol=1e-5, atol=1e-9)


def test_an_unknown_loss_is_autograds(monkeypatch):
    for kind in ("mse", "cross_entropy"):
        monkeypatch.delitem(pair_losses._PAIRS, kind)
        compare(experiment(tanh_stack(4), loss={"kind": kind}), 3)


def test_changed_silences_are_seen():
    network = build(experiment(SILENT), (2, 2))
    before = silences(network)
    assert silences(network) == before
    network.silence({(1,): [0]})
    assert silences(network) != before


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "lbfgs", "muon"])
def test_the_engine_leaves_the_gradient_in_the_parameters(optimizer):
    described = experiment(tanh_stack(4, 3), optimizer={"kind": optimizer}, batch_size=50)
    trainer = Trainer(described, device="cpu", engine="torch")
    trainer.advance(3)
    module, start = trainer.module, 0
    for parameter in module.parameters():
        assert parameter.requires_grad
        assert parameter.grad.data_ptr() == module.flat.grads[start:].data_ptr()
        start += parameter.numel()
    assert module.flat.grads.abs().max() > 0
    assert load(described.data).x_train.shape[0] == 50


def test_the_gradient_of_a_frozen_layer_is_zero_and_comes_back():
    trainer = Trainer(experiment(tanh_stack(4), optimizer={"kind": "adam"}), device="cpu", engine="torch")
    trainer.advance(3)
    first = trainer.module.layers[0].weight
    assert first.grad.abs().max() > 0
    trainer.update({"frozen": [(0,)]})
    trainer.advance(1)
    assert (first.grad == 0).all()
    trainer.update({"frozen": []})
    trainer.advance(1)
    assert first.grad.abs().max() > 0
