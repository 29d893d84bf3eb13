from dataclasses import replace

import numpy as np
import pytest
import torch

from playground.data import load
from playground.experiment import head_of
from playground.network import build
from playground.training.tasks.supervised import Supervised, code
from tests.network.describe import experiment, tanh_stack

TWO = [
    ({"loss": {"kind": "cross_entropy"}}, "index"), ({"loss": {"kind": "focal"}}, "index"),
    ({"loss": {"kind": "bce"}}, "binary"), ({"loss": {"kind": "mse"}}, "signed"),
    ({"loss": {"kind": "hinge"}}, "signed"), ({"loss": {"kind": "mse"}, "head": {"activation": "sigmoid"}}, "binary"),
    ({"loss": {"kind": "mse"}, "head": {"activation": "identity"}}, "signed"),
]  # fmt: skip


def made(**given):
    exp = experiment(tanh_stack(5), **given)
    data = load(exp.data)
    return exp, data, Supervised(exp, data)


@pytest.mark.parametrize(("given", "coding"), TWO)
def test_two_classes(given, coding):
    exp, data, task = made(data={"kind": "circle", "samples": 60}, **given)
    assert task.head.coding == coding
    network = build(exp, data)
    outputs = network(task.x)
    decision = task.decision(outputs)
    assert decision.shape == (60,)
    assert decision.abs().max() <= 1
    # The sign of what is drawn is the class that is counted as right or wrong.
    assert torch.equal((decision > 0).long(), task.predicted(outputs))
    right = (task.predicted(outputs)[:30].numpy() == data.y_train).mean()
    measured = task.measure(network)
    assert measured[2] == pytest.approx(right)
    assert measured[0] == pytest.approx(task.loss(outputs[:30], task.train_targets).item(), rel=1e-5)


@pytest.mark.parametrize("given", [given for given, _ in TWO])
def test_many_classes(given):
    exp, data, task = made(data={"kind": "rings", "classes": 4, "samples": 80}, **given)
    outputs = build(exp, data)(task.x)
    decision = task.decision(outputs)
    assert decision.shape == (80, 4)
    assert decision.min() >= 0
    torch.testing.assert_close(decision.sum(1), torch.ones(80))
    # Identity outputs are cut to [-1, 1], where ties may arise; the likeliest class is among the winners.
    predicted = task.predicted(outputs)
    assert (decision.gather(1, predicted[:, None])[:, 0] == decision.max(1).values).all()


def test_probabilities_of_a_softmax():
    task = made(data={"kind": "circle", "samples": 60}, loss={"kind": "cross_entropy"})[2]
    outputs = torch.tensor([[1.0, 3.0], [0.0, 0.0]])
    p = outputs.softmax(1)
    torch.testing.assert_close(task.decision(outputs), p[:, 1] - p[:, 0])


def test_regression_and_r2():
    exp, data, task = made(data={"kind": "multi_gaussian", "samples": 80}, loss={"kind": "mse"})
    assert task.metric == "r2"
    network = build(exp, data)
    outputs = network(task.x).detach()
    assert torch.equal(task.decision(outputs), outputs[:, 0])
    y = np.float64(data.y_test)
    r2 = 1 - ((outputs[40:, 0].double().numpy() - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    assert task.measure(network)[3] == pytest.approx(r2, rel=1e-4)
    assert task.score(torch.ones(5, 1), torch.ones(5)).item() == 0.0


@pytest.mark.parametrize(
    ("coding", "given", "expected"),
    [
        ("index", {"loss": {"kind": "cross_entropy"}}, [0, 2, 1]),
        ("one_hot", {"loss": {"kind": "bce"}}, [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
        ("signed", {"loss": {"kind": "mse"}}, [[1, -1, -1], [-1, -1, 1], [-1, 1, -1]]),
    ],
)
def test_codings(coding, given, expected):
    head = head_of(experiment(data={"kind": "rings", "classes": 3}, **given), 3)
    assert head.coding == coding
    assert code(torch.tensor([0, 2, 1]), head, 3).tolist() == expected


def test_measuring_leaves_the_network_as_it_was():
    exp = experiment([{"kind": "linear", "units": 4}, {"kind": "batch_norm"}, {"kind": "dropout"}])
    data = load(exp.data)
    network, task = build(exp, data), Supervised(exp, data)
    before = network.flat.values.clone()
    first = task.measure(network)
    assert network.training
    assert torch.equal(network.flat.values, before)
    assert task.measure(network) == first


def test_an_empty_test_part_is_nan():
    exp, data, _ = made()
    empty = replace(data, x_test=data.x_test[:0], y_test=data.y_test[:0], test_points=data.test_points[:0])
    measured = Supervised(exp, empty).measure(build(exp, data))
    assert np.isfinite([measured[0], measured[2]]).all()
    assert np.isnan([measured[1], measured[3]]).all()
