import math

import pytest
import torch
from torch import nn

from playground.experiment import REGISTRIES, head_of
from playground.experiment.randomness import key
from playground.network import build
from playground.network.building import assemble, initialise
from playground.network.flat import flatten
from tests.network.describe import block, experiment, linear, tanh_stack


def source(*index):
    return torch.Generator().manual_seed(key(*index) % 2**63)


def test_every_layer_starts_from_its_own_generator():
    exp = experiment(tanh_stack(5, 4), seed=3)
    net = build(exp, (2, 2))
    expected = torch.empty(5, 2)
    nn.init.kaiming_uniform_(expected, a=math.sqrt(5), generator=source(3, "init", 0, "weights"))
    assert torch.equal(net.at((0,)).weight, expected)
    # Another first layer leaves the second as it was where its shape is the same.
    wider = build(experiment([linear(5), linear(7), {"kind": "relu"}], seed=3), (2, 2))
    assert torch.equal(wider.at((0,)).weight, net.at((0,)).weight)


def test_the_default_is_pytorchs_own(monkeypatch):
    net = build(experiment([linear(7)], seed=1), (3, 2))
    reference = nn.Linear(3, 7)
    drawn = iter([source(1, "init", 0, "weights"), source(1, "init", 0, "biases")])
    # Let PyTorch's reset_parameters itself draw, from our generators instead of the global one.
    uniform = torch.Tensor.uniform_

    def ours(tensor, low=0, high=1, generator=None):
        return uniform(tensor, low, high, generator=next(drawn))

    monkeypatch.setattr(torch.Tensor, "uniform_", ours)
    reference.reset_parameters()
    assert torch.equal(net.at((0,)).weight, reference.weight)
    assert torch.equal(net.at((0,)).bias, reference.bias)


@pytest.mark.parametrize("kind", REGISTRIES["init"])
def test_weights_follow_their_rule(kind):
    net = build(experiment([linear(300)], init={"weights": {"kind": kind}}), (200, 2))
    w = net.at((0,)).weight.detach()
    bound = {
        "default": 1 / math.sqrt(200), "xavier_uniform": math.sqrt(6 / 500), "kaiming_uniform": math.sqrt(6 / 200),
        "uniform": 0.5,
    }.get(kind)  # fmt: skip
    spread = {"xavier_normal": math.sqrt(2 / 500), "kaiming_normal": math.sqrt(2 / 200), "normal": 0.1}.get(kind)
    if bound is not None:
        assert 0.999 * bound < w.abs().max() <= bound
        assert w.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.02)
    elif spread is not None:
        assert w.std().item() == pytest.approx(spread, rel=0.02)
        assert abs(w.mean().item()) < 4 * spread / math.sqrt(w.numel())
    elif kind == "orthogonal":
        torch.testing.assert_close(w.T @ w, torch.eye(200), atol=1e-5, rtol=0)
    else:
        assert torch.equal(w, torch.full_like(w, 0.0 if kind == "zeros" else 0.1))


@pytest.mark.parametrize("kind", [kind for kind, rule in REGISTRIES["init"].items() if rule.for_biases])
def test_biases_follow_their_rule_and_leave_the_weights_alone(kind):
    plain = build(experiment([linear(50)]), (2, 2))
    net = build(experiment([linear(50)], init={"biases": {"kind": kind}}), (2, 2))
    assert torch.equal(net.at((0,)).weight, plain.at((0,)).weight)
    assert torch.equal(net.at((0,)).bias, plain.at((0,)).bias) == (kind == "default")


def test_a_layers_own_rule_goes_before_the_networks():
    exp = experiment(
        [linear(4, weights={"kind": "constant", "value": 2.0}), linear(4)],
        init={"weights": {"kind": "zeros"}, "biases": {"kind": "constant", "value": 0.1}},
        head={"weights": {"kind": "constant", "value": 3.0}, "biases": {"kind": "zeros"}},
    )
    net = build(exp, (2, 2))
    assert net.at((0,)).weight.unique().tolist() == [2.0]
    assert net.at((1,)).weight.unique().tolist() == [0.0]
    assert net.at((0,)).bias.unique().tolist() == [pytest.approx(0.1)]
    assert net.head.weight.unique().tolist() == [3.0]
    assert net.head.bias.unique().tolist() == [0.0]


def test_the_seed_is_all_that_matters():
    exp = experiment(tanh_stack(6), seed=5)
    torch.manual_seed(0)
    one = build(exp, (2, 2)).flat.values
    torch.manual_seed(1)
    state = torch.get_rng_state()
    assert torch.equal(build(exp, (2, 2)).flat.values, one)
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(build(exp.replace(seed=6), (2, 2)).flat.values, one)


def test_everything_is_initialised():
    exp = experiment([linear(4), {"kind": "batch_norm"}, {"kind": "prelu", "init": 0.4}, {"kind": "layer_norm"},
                      block(linear(3), shortcut="projection")])  # fmt: skip
    net = assemble(exp, 2, head_of(exp, 2))
    net.flat = flatten(net)
    net.flat.values.fill_(float("nan"))
    initialise(net, exp)
    assert net.flat.values.isfinite().all()
    assert net.at((1,)).running_var.tolist() == [1.0] * 4
    assert net.at((2,)).weight.item() == pytest.approx(0.4)
    assert net.at((3,)).weight.tolist() == [1.0] * 4


def test_building_never_reads_a_wrong_path():
    net = build(experiment([linear(4)]), (2, 2))
    for path in [(1,), (0, 0), "tail"]:
        with pytest.raises(KeyError):
            net.at(path)
