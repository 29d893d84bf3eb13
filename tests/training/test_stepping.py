"""Steps without `torch.optim`'s surroundings, against `torch.optim` as everybody calls it."""

import copy

import pytest
import torch

from playground.network import build
from playground.training.optimizers import load_optimizer_state, make_optimizers, optimizer_state
from playground.training.stepping import Stepper, set_rate
from tests.network.describe import experiment, tanh_stack
from tests.training.test_against_plain import OPTIMIZERS

RATES = [0.1, 0.1, 0.05, 0.2, 0.01, 0.01]


def of(optimizer, apart):
    """A network, its optimizers, and a function that makes the gradients of a step."""
    described = experiment(tanh_stack(4, 3), optimizer=optimizer)
    network = build(described, (2, 2))
    made = make_optimizers(described.training.optimizer, network, apart)

    def draw(step):
        network.flat.grads.copy_(torch.randn(network.flat.grads.shape, generator=torch.Generator().manual_seed(step)))

    return network, made, draw


def plainly(network, optimizers, draw, steps):
    for step in steps:
        draw(step)
        for optimizer in optimizers:
            set_rate(optimizer, RATES[step])
            optimizer.step()


def quickly(network, steppers, draw, steps):
    with torch.no_grad():
        for step in steps:
            draw(step)
            for stepper in steppers:
                stepper(RATES[step])


def same(one, two):
    """What two optimizers remember."""
    for mine, theirs in zip(one, two, strict=True):
        for a, b in zip(mine, theirs, strict=True):
            assert (a or {}).keys() == (b or {}).keys()
            for name in a or {}:
                assert torch.equal(torch.as_tensor(a[name]), torch.as_tensor(b[name])), name


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: "-".join(str(v) for v in o.values()))
def test_they_are_the_same_to_the_bit(optimizer, apart):
    network, optimizers, draw = of(optimizer, apart)
    plainly(network, optimizers, draw, range(6))
    other, others, redraw = of(optimizer, apart)
    steppers = [Stepper(made) for made in others]
    quickly(other, steppers, redraw, range(3))
    # As from a snapshot: the tensors that were remembered are no longer those that are.
    load_optimizer_state(others, copy.deepcopy(optimizer_state(others)))
    for stepper in steppers:
        stepper.forget()
    quickly(other, steppers, redraw, range(3, 6))
    assert torch.equal(network.flat.values, other.flat.values)
    same(optimizer_state(optimizers), optimizer_state(others))


@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "momentum": 0.9}, {"kind": "adam"}], ids=str)
def test_a_parameter_without_a_gradient_is_passed_over(optimizer):
    network, (made,), draw = of(optimizer, apart=True)
    stepper = Stepper(made)
    quickly(network, [stepper], draw, range(2))
    first, before = made.param_groups[0]["params"][0], network.flat.values.clone()
    first.grad = None
    stepper.forget()
    quickly(network, [stepper], draw, range(2, 4))
    count = first.numel()
    assert torch.equal(network.flat.values[:count], before[:count])
    assert (network.flat.values[count:] != before[count:]).all()
