"""The gradients of compiled code against autograd's: every activation, loss and layer, and stacks made at random."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.data import load
from playground.experiment import REGISTRIES, walk
from playground.experiment.freezing import freezes
from playground.network.shapes import HEAD, infer
from playground.training.knobs import Knobs
from tests.network.describe import block, experiment, linear, stacks
from tests.training.fused import Bench, agree

ACTIVATIONS = list(REGISTRIES["activation"])
LOSSES = [(kind, task) for kind, loss in REGISTRIES["loss"].items() for task in loss.tasks]
SETTINGS = {"cross_entropy": {"label_smoothing": 0.1}, "hinge": {"margin": 0.7}, "huber": {"delta": 0.3}}
DATA = {
    "two": {"kind": "moons", "samples": 60},
    "four": {"kind": "blobs", "classes": 4, "samples": 60},
    "number": {"kind": "multi_gaussian", "samples": 60},
}


def described(network, loss="mse", data="two", batch_size=10, **more):
    return experiment(
        network, data=DATA[data], training={"loss": {"kind": loss, **SETTINGS.get(loss, {})}, "batch_size": batch_size,
        "optimizer": {"kind": "sgd", "lr": 0.1}}, **more
    )  # fmt: skip


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "task"), LOSSES)
def test_every_activation_with_every_loss(activation, loss, task):
    for data in ("two", "four") if task == "classification" else ("number",):
        agree(Bench(described([linear(5), {"kind": activation}, linear(3), {"kind": activation}], loss, data)))


LAYERS = {
    "nothing": [],
    "dropout": [linear(7), {"kind": "dropout", "p": 0.3}, linear(5)],
    "no dropout": [linear(7), {"kind": "dropout", "p": 0.0}],
    "batch norm": [linear(6), {"kind": "batch_norm"}, {"kind": "tanh"}],
    "plain batch norm": [linear(6), {"kind": "tanh"}, {"kind": "batch_norm", "affine": False, "momentum": 0.3}],
    "layer norm": [linear(6), {"kind": "layer_norm"}, {"kind": "tanh"}],
    "plain layer norm": [linear(6), {"kind": "tanh"}, {"kind": "layer_norm", "affine": False, "eps": 0.1}],
    "norms first": [{"kind": "batch_norm"}, {"kind": "layer_norm"}, {"kind": "dropout", "p": 0.1}, linear(3)],
    "no bias": [linear(6, bias=False), {"kind": "tanh"}],
    "block": [linear(4), block(linear(4), {"kind": "tanh"}, linear(4)), {"kind": "relu"}],
    "empty block": [linear(4), block(), {"kind": "tanh"}],
    "block first": [block(linear(2), {"kind": "tanh"}), {"kind": "tanh"}],
    "projection": [block(linear(5), {"kind": "tanh"}, shortcut="projection"), {"kind": "tanh"}],
    "blocks in blocks": [linear(4), block({"kind": "tanh"}, block(linear(4), {"kind": "gelu"}), {"kind": "prelu"})],
    "activation first": [{"kind": "sine", "frequency": 3.0}, {"kind": "identity"}, linear(4), {"kind": "prelu"}],
    "wide": [linear(33), {"kind": "tanh"}, linear(17), {"kind": "relu"}],
}


@pytest.mark.parametrize("batch_size", [1, 7, 16, 30, 45])
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_with_every_size_of_batch(name, batch_size):
    bench = Bench(described(LAYERS[name], batch_size=batch_size))
    agree(bench)
    agree(bench, step=bench.order.steps_per_epoch - 1)  # which may be smaller
    agree(bench, step=2**33 + 5)


@pytest.mark.parametrize(
    "parameters",
    [{"kind": "leaky_relu", "negative_slope": 0.3}, {"kind": "prelu", "init": 0.7}, {"kind": "elu", "alpha": 0.4},
     {"kind": "elu", "alpha": 0.0}, {"kind": "celu", "alpha": 0.05}, {"kind": "softplus", "beta": 20.0},
     {"kind": "sine", "frequency": 100.0}],
    ids=lambda entry: f"{entry['kind']}-{list(entry.values())[1]}",
)  # fmt: skip
def test_activations_with_other_parameters(parameters):
    agree(Bench(described([linear(6), parameters, linear(4), parameters])))


NINE = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2", "cos_x1", "cos_x2"]


@pytest.mark.parametrize("count", range(1, 10))
def test_any_number_of_inputs(count):
    data = {**DATA["two"], "features": NINE[:count]}
    for network in ([linear(5), {"kind": "tanh"}], [{"kind": "tanh"}, linear(3)]):
        agree(Bench(experiment(network, data=data, batch_size=10)))


@pytest.mark.parametrize("kind", ["iris", "wine", "breast_cancer", "diabetes", "flats"])
@pytest.mark.parametrize("batch_size", [10, 33])
def test_tables(kind, batch_size):
    bench = Bench(experiment([linear(6), {"kind": "relu"}], data={"kind": kind}, batch_size=batch_size))
    agree(bench)
    agree(bench, step=bench.order.steps_per_epoch - 1)


@pytest.mark.parametrize("head", ["tanh", "sigmoid", "identity", "softplus", "relu"])
def test_every_output_activation(head):
    agree(Bench(described([linear(6), {"kind": "tanh"}], data="number", head={"activation": head})))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 5.0])
def test_focal_with_every_gamma(gamma):
    loss = {"kind": "focal", "gamma": gamma}
    agree(Bench(experiment([linear(6), {"kind": "tanh"}], data=DATA["four"], loss=loss)))


def test_frozen_layers_have_no_gradient_and_hold_their_statistics():
    network = [linear(6), {"kind": "batch_norm"}, {"kind": "prelu"}, linear(5), {"kind": "layer_norm"}]
    for frozen in [((0,),), ((1,), (2,)), ((3,), (4,)), (HEAD,), ((0,), (1,), (2,), (3,), (4,), HEAD)]:
        agree(Bench(described(network)), knobs=Knobs(frozen=frozen))


def test_silenced_units():
    network = [linear(6), {"kind": "tanh"}, block(linear(6), {"kind": "tanh"}), linear(5)]
    bench = Bench(described(network, "cross_entropy", "four"))
    for silenced in [{(1,): [0, 3]}, {(2,): [1]}, {(2, 1): [2]}, {(0,): [5], (3,): [0]}, {HEAD: [2]}, {}]:
        bench.network.silence(silenced)
        agree(bench)


@settings(max_examples=60)
@given(
    stack=stacks(), batch_size=st.integers(1, 40), data=st.sampled_from(list(DATA)), step=st.integers(0, 10**6),
    choice=st.data(),
)  # fmt: skip
def test_any_stack(stack, batch_size, data, step, choice):
    described_ = described(stack, data=data, batch_size=batch_size)
    dataset = load(described_.data)
    assume(not infer(described_, len(dataset.inputs), len(dataset.classes)).problems)
    places = [path for path, layer in walk(described_.network) if freezes(layer)]
    frozen = choice.draw(st.lists(st.sampled_from([*places, HEAD]), unique=True, max_size=2))
    agree(Bench(described_), step, Knobs(frozen=tuple(frozen)), cancelling=True)
