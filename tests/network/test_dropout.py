import numpy as np
import pytest
import torch

from playground.experiment.randomness import key
from playground.network import build
from playground.network.dropout import Dropout, keep_mask
from tests.network.describe import block, experiment, linear

M = 0xFFFFFFFF


def plain_hash(secret: int, step: int, element: int) -> int:
    """The documented hash, one element at a time in Python's own integers."""

    def mix(h):
        h ^= h >> 16
        h = h * 0x7FEB352D & M
        h ^= h >> 15
        h = h * 0x846CA68B & M
        return h ^ h >> 16

    base = mix(mix((secret & M) ^ (step & M)) ^ (secret >> 32) ^ (step >> 32))
    return mix((base + element * 0x9E3779B1) & M)


@pytest.mark.parametrize("secret", [0, key(0, "dropout", 1), 2**64 - 1])
@pytest.mark.parametrize("step", [0, 1, 12_345, 2**40 + 3])
def test_the_mask_is_the_documented_hash(secret, step):
    mask = keep_mask(secret, step, 7, 5, 0.3)
    expected = [plain_hash(secret, step, element) >= int(0.3 * 2**32) for element in range(35)]
    assert mask.reshape(-1).tolist() == expected


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_the_share_is_p_and_elements_and_steps_are_independent(p):
    masks = torch.stack([keep_mask(key(3, "dropout", 0), step, 20, 25, p) for step in range(400)]).float().numpy()
    masks = masks.reshape(400, 500)
    count = masks.size
    spread = np.sqrt(p * (1 - p) / count)
    assert abs(masks.mean() - (1 - p)) < 4 * spread
    centred = (masks - (1 - p)) / np.sqrt(p * (1 - p))
    for a, b in [(centred[:, 1:], centred[:, :-1]), (centred[1:], centred[:-1]), (centred[2:], centred[:-2])]:
        assert abs((a * b).mean()) < 4.5 / np.sqrt(a.size)
    # Shares over elements and over steps vary as much as chance has them vary.
    assert 0.8 < masks.mean(axis=0).var() / (p * (1 - p) / 400) < 1.25
    assert 0.8 < masks.mean(axis=1).var() / (p * (1 - p) / 500) < 1.25


def test_different_layers_and_seeds_drop_differently():
    exp = experiment([linear(64), {"kind": "dropout", "p": 0.5}, {"kind": "dropout", "p": 0.5}])
    x = torch.ones(10, 64)
    outputs = [layer(x) for seed in (0, 1) for layer in build(exp.replace(seed=seed), (2, 2)).layers[1:]]
    for index, one in enumerate(outputs):
        assert all(not torch.equal(one, other) for other in outputs[:index])


def test_kept_values_are_scaled_and_evaluation_passes_all_on():
    layer = Dropout(0.75, key=5)
    x = torch.randn(40, 30)
    mask = keep_mask(5, 0, 40, 30, 0.75)
    torch.testing.assert_close(layer(x), torch.where(mask, x * 4, torch.zeros(())))
    assert torch.equal(layer.eval()(x), x)
    assert torch.equal(Dropout(0.0)(x), x)


def test_set_step_reaches_every_dropout_and_is_a_pure_function():
    net = build(experiment([linear(50), {"kind": "dropout"}, block({"kind": "dropout"})]), (2, 2))
    x = torch.randn(8, 2)
    net.set_step(7)
    first = net(x)
    net.set_step(8)
    assert not torch.equal(net(x), first)
    net.set_step(7)
    assert torch.equal(net(x), first)
    assert net.layers[2].layers[0].step == 7


def test_gradients_flow_only_through_what_is_kept():
    layer = Dropout(0.5, key=1)
    x = torch.randn(6, 4, requires_grad=True)
    layer(x).sum().backward()
    assert torch.equal(x.grad != 0, keep_mask(1, 0, 6, 4, 0.5))
