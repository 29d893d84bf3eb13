import pytest
import torch
from hypothesis import given, settings
from torch import nn

from playground.network import build, flatten, infer
from playground.network.clone import clone
from tests.network.describe import block, experiment, linear, stacks

EVERYTHING = [linear(4), {"kind": "batch_norm"}, {"kind": "prelu"}, {"kind": "dropout"},
              block(linear(3), {"kind": "layer_norm"}, shortcut="projection"), {"kind": "tanh"}]  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(stacks())
def test_everything_is_a_view_of_one_tensor(network):
    exp = experiment(network)
    if infer(exp, 2, 2).problems:
        return
    net = build(exp, (2, 2))
    flat = net.flat
    parts = [*net.parameters(), *net.buffers()]
    torch.testing.assert_close(torch.cat([p.detach().reshape(-1) for p in parts]), flat.values, rtol=0, atol=0)
    assert all(p.untyped_storage().data_ptr() == flat.values.untyped_storage().data_ptr() for p in parts)
    assert flat.parameters.numel() == flat.grads.numel() == flat.weight_mask.numel()
    flat.values.fill_(2.0)
    assert all((p == 2).all() for p in parts)


def test_gradients_arrive_in_the_flat_tensor():
    net = build(experiment(EVERYTHING), (2, 2))
    twin = build(experiment(EVERYTHING), (2, 2))
    for p in twin.parameters():
        p.grad = None
    x = torch.randn(9, 2)
    for _ in range(2):  # also when gradients lie there already
        net.flat.grads.zero_()
        net(x).square().sum().backward()
    twin(x), twin(x).square().sum().backward()
    expected = torch.cat([p.grad.reshape(-1) for p in twin.parameters()])
    torch.testing.assert_close(net.flat.grads, expected)
    assert net.flat.grads.abs().sum() > 0


def test_only_weights_of_linear_layers_are_marked():
    net = build(experiment(EVERYTHING), (2, 2))
    net.flat.parameters.copy_(net.flat.weight_mask)
    for module in net.modules():
        for name, p in module.named_parameters(recurse=False):
            expected = 1.0 if isinstance(module, nn.Linear) and name == "weight" else 0.0
            assert (p == expected).all(), (module, name)


def test_other_kinds_of_numbers_are_refused():
    with pytest.raises(TypeError, match="float32"):
        flatten(nn.Linear(2, 2).double())


def test_a_clone_shares_nothing_that_changes():
    net = build(experiment(EVERYTHING), (2, 2))
    x = torch.randn(5, 2)
    net(x)
    before = net.flat.values.clone()
    twin = clone(net, before)
    expected = net.eval()(x)
    net.train()
    assert not any(m.training for m in twin.modules())
    assert net.layers[1].training
    assert torch.equal(twin(x), expected)
    net.flat.values.add_(1.0)
    net.set_step(9)
    assert torch.equal(twin(x), expected)
    assert torch.equal(twin.flat.values, before)
    calls = []
    twin.head.register_forward_hook(lambda *_: calls.append(1))
    twin.layers[0].weight.requires_grad_(False)
    net(x)
    assert not calls
    assert net.layers[0].weight.requires_grad
    twin.train()
    twin.set_step(3)
    assert net.layers[3].step == 9
