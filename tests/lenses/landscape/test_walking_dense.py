"""The walkers against a loop of forward passes: everything of the catalogue, and stacks made at random."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.data import load
from playground.experiment import REGISTRIES
from playground.lenses.landscape.walking import ENGINES, part_of
from playground.network import build
from playground.network.network import Network
from playground.network.shapes import infer
from playground.training.tasks.supervised import Supervised
from tests.lenses.landscape.naive import agree, plane_of
from tests.network.describe import block, experiment, linear, stacks

# PyTorch's own words about `prelu` under `vmap`.
pytestmark = pytest.mark.filterwarnings("ignore:An output with one or more elements was resized")

WALKERS = ENGINES[1:]
LOSSES = [(kind, task) for kind, loss in REGISTRIES["loss"].items() for task in loss.tasks]
SETTINGS = {"cross_entropy": {"label_smoothing": 0.1}, "hinge": {"margin": 0.7}, "huber": {"delta": 0.3}}
DATA = {
    "two": {"kind": "moons", "samples": 60, "test_fraction": 0.3},
    "four": {"kind": "blobs", "classes": 4, "samples": 60},
    "number": {"kind": "multi_gaussian", "samples": 60},
}


def described(network, loss="mse", data="two", **more):
    return experiment(
        network, data=DATA[data], loss={"kind": loss, **SETTINGS.get(loss, {})},
        optimizer={"kind": "sgd", "lr": 0.1}, **more
    )  # fmt: skip


def made(described) -> tuple[Network, Supervised]:
    data = load(described.data)
    return build(described, data), Supervised(described, data)


@pytest.mark.parametrize("activation", REGISTRIES["activation"])
def test_every_activation(activation):
    module, task = made(described([linear(5), {"kind": activation}, linear(3), {"kind": activation}]))
    for engine in WALKERS:
        agree(module, part_of(task, "train"), engine)


@pytest.mark.parametrize(("loss", "kind"), LOSSES)
def test_every_loss_and_every_head(loss, kind):
    for data in ("two", "four") if kind == "classification" else ("number",):
        plain = described([linear(4), {"kind": "tanh"}], loss, data)
        for activation in made(plain)[1].head.choices:
            module, task = made(plain.replace(head={"activation": activation}))
            for engine in WALKERS:
                agree(module, part_of(task, "train"), engine)


LAYERS = {
    "nothing": [],
    "dropout": [linear(7), {"kind": "dropout", "p": 0.3}, linear(5)],
    "batch norm": [linear(6), {"kind": "batch_norm"}, {"kind": "tanh"}],
    "plain batch norm": [linear(6), {"kind": "tanh"}, {"kind": "batch_norm", "affine": False, "momentum": 0.3}],
    "layer norm": [linear(6), {"kind": "layer_norm"}, {"kind": "tanh"}],
    "plain layer norm": [linear(6), {"kind": "tanh"}, {"kind": "layer_norm", "affine": False, "eps": 0.1}],
    "norms first": [{"kind": "batch_norm"}, {"kind": "layer_norm"}, {"kind": "dropout", "p": 0.1}, linear(3)],
    "plain norms first": [{"kind": "batch_norm", "affine": False}, {"kind": "layer_norm", "affine": False}],
    "no bias": [linear(6, bias=False), {"kind": "tanh"}],
    "block": [linear(4), block(linear(4), {"kind": "tanh"}, linear(4)), {"kind": "relu"}],
    "empty block": [linear(4), block(), {"kind": "tanh"}],
    "block first": [block(linear(2), {"kind": "tanh"}), {"kind": "tanh"}],
    "activation before a block": [linear(4), block({"kind": "relu"}, linear(4), {"kind": "prelu"})],
    "projection": [block(linear(5), {"kind": "tanh"}, shortcut="projection"), {"kind": "tanh"}],
    "blocks in blocks": [linear(4), block({"kind": "tanh"}, block(linear(4), {"kind": "gelu"}), {"kind": "prelu"})],
    "activation first": [{"kind": "sine", "frequency": 3.0}, {"kind": "identity"}, linear(4), {"kind": "prelu"}],
    "norm behind a block of nothing": [block(), {"kind": "layer_norm"}, block(), {"kind": "prelu"}],
    "prelu first": [{"kind": "prelu"}, linear(3)],
    "wide": [linear(33), {"kind": "tanh"}, linear(17), {"kind": "relu"}],
}


def moved(module: Network) -> None:
    """Running statistics that are not those at the start."""
    for name, buffer in module.named_buffers():
        buffer.add_(0.3 if name.endswith("mean") else 1.5)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer(name):
    module, task = made(described(LAYERS[name]))
    moved(module)
    for engine in WALKERS:
        agree(module, part_of(task, "train"), engine)


@pytest.mark.parametrize("name", LAYERS)
def test_silenced_units_stay_silent(name):
    module, task = made(described(LAYERS[name]))
    widths = {card.path: card.outputs for card in infer(described(LAYERS[name]), 2, 2).cards}
    module.silence({path: [0, width - 1] for path, width in widths.items()} | {"head": [0]})
    for engine in WALKERS:
        agree(module, part_of(task, "test"), engine)


@settings(max_examples=40)
@given(stack=stacks(), data=st.sampled_from(list(DATA)), loss=st.sampled_from(["mse", "log_cosh"]), seed=st.integers())
def test_any_stack(stack, data, loss, seed):
    plain = described(stack, loss, data)
    assume(not infer(plain, 2, {"two": 2, "four": 4, "number": 0}[data]).problems)
    module, task = made(plain)
    moved(module)
    part = part_of(task, "train")
    plane = plane_of(module, abs(seed) % 2**31)
    for engine in ("torch", "fused"):
        agree(module, part, engine, plane)


@pytest.mark.parametrize("count", [1, 3, 5, 9])
def test_any_number_of_inputs(count):
    names = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2", "cos_x1", "cos_x2"]
    for network in ([linear(5), {"kind": "tanh"}], [{"kind": "tanh"}, linear(3)]):
        plain = described(network)
        data = {**plain.model_dump()["data"], "features": names[:count]}
        module, task = made(plain.replace(data=data))
        for engine in WALKERS:
            agree(module, part_of(task, "train"), engine)
