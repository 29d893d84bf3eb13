"""Activations against PyTorch: values, and derivatives as autograd takes them, kinks included."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment.activations import ACTIVATIONS, CELU, PReLU, Sine
from tests.experiment.strategies import edges, entries, least

KINKS = np.array([-3.0, -1.0, -0.0, 0.0, 1.0, 3.0])
GRID = np.concatenate([np.linspace(-8, 8, 161), KINKS, [-50.0, -20.5, 20.5, 50.0]])
every_activation = pytest.mark.parametrize("entry", ACTIVATIONS, ids=lambda entry: entry.__name__)


def torch_pair(activation, x):
    """Value and derivative by PyTorch, in double precision."""
    inputs = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    if isinstance(activation, Sine):
        outputs = torch.sin(activation.frequency * inputs)
    else:
        module = getattr(torch.nn, activation.torch_name)(**activation.arguments()).double()
        if isinstance(activation, PReLU):
            module.weight.data.fill_(activation.init)  # PyTorch made it in single precision
        outputs = module(inputs)
    outputs.sum().backward()
    return outputs.detach().numpy(), inputs.grad.numpy()


def agree(activation, x):
    value, derivative = torch_pair(activation, x)
    # PyTorch's softplus is a straight line from 20 on (2e-9 off), and its CELU divides by alpha in single precision.
    rtol = 2e-7 if isinstance(activation, CELU) else 1e-9
    np.testing.assert_allclose(activation.value(x), value, rtol=rtol, atol=5e-9)
    np.testing.assert_allclose(activation.derivative(x), derivative, rtol=rtol, atol=5e-9)


@every_activation
def test_value_and_derivative_are_pytorchs_by_default(entry):
    agree(least(entry), GRID)


@every_activation
@settings(max_examples=20)
@given(data=st.data())
def test_value_and_derivative_are_pytorchs_for_any_parameters(entry, data):
    agree(data.draw(entries(entry)), GRID)


@every_activation
def test_value_and_derivative_are_pytorchs_at_the_ends_of_each_range(entry):
    for name, info in entry.parameters().items():
        for edge in () if info.annotation is bool else edges(info):
            agree(least(entry).model_copy(update={name: edge}), GRID)


@every_activation
def test_any_shape_goes_in_and_comes_out(entry):
    activation = least(entry)
    for x in (np.zeros((2, 3, 4)), np.zeros(0), np.array(1.5), np.arange(-2, 3), np.ones(3, np.float32)):
        before = x.copy()
        assert np.shape(activation.value(x)) == x.shape
        assert np.shape(activation.derivative(x)) == x.shape
        assert np.array_equal(x, before)


@every_activation
def test_large_inputs_make_neither_warnings_nor_nonsense(entry):
    x = np.array([-1e30, -1e4, -800.0, 800.0, 1e4, 1e30])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(least(entry).value(x)).all()
        assert np.isfinite(least(entry).derivative(x)).all()


@every_activation
def test_the_value_is_a_copy(entry):
    x = np.ones(3)
    least(entry).value(x)[:] = 7
    assert (x == 1).all()
