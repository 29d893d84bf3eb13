"""Functions of compiled code against numpy and scipy in double precision, over all their range; and the order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy import special

from playground.experiment import REGISTRIES
from playground.training.engines.fused import activations, functions, kernel, losses, updates
from playground.training.engines.fused.lanes import load, start, store
from playground.training.order import BatchOrder

SPREAD = np.logspace(-30, 1, 8000)
SMALL = np.concatenate([-SPREAD, SPREAD, np.linspace(-20, 20, 32000)])
FUNCTIONS = {
    "exp": (np.exp, 4 * SMALL),
    "log": (np.log, np.concatenate([SPREAD, 1e30 * SPREAD, np.linspace(0.5, 2.0, 8000)])),
    "log1p": (np.log1p, np.concatenate([SPREAD[SPREAD <= 1], np.linspace(0, 1, 8000)])),
    "expm1": (np.expm1, -np.abs(SMALL)),
    "tanh": (np.tanh, SMALL),
    "sigmoid": (special.expit, 4 * SMALL),
    "softplus": (lambda x: np.logaddexp(0.0, x), 4 * SMALL),
    "erf": (special.erf, SMALL),
}


def compiled(function):
    """The function over a whole array."""

    @njit
    def over(x, y):
        for i in range(0, x.size, 16):
            store(start(y), i, function(load(start(x), i)))

    def call(x):
        x = np.resize(x, -(-len(x) // 16) * 16).astype(np.float32)
        y = np.empty_like(x)
        over(x, y)
        return x.astype(float), y

    return call


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_few_units_in_the_last_place(name):
    true, x = FUNCTIONS[name]
    x, found = compiled(getattr(functions, name))(x)
    expected = true(x)
    assert (np.abs(found - expected) <= 4e-7 * np.abs(expected) + 1e-44).all()


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_waves_far_from_zero(name):
    x, found = compiled(getattr(functions, name))(np.concatenate([SMALL, 100 * SMALL, 1e6 * SMALL]))
    assert (np.abs(found - getattr(np, name)(x)) <= 1.5e-7).all()


@pytest.mark.parametrize("name", [*FUNCTIONS, "sin", "cos"])
def test_what_is_no_number_stays_none(name):
    if name != "log":  # of normal, positive numbers only
        assert np.isnan(compiled(getattr(functions, name))(np.full(16, np.nan))[1]).all()


def test_what_overflows():
    _, found = compiled(functions.exp)(np.array([88.0, 89.0, np.inf, -120.0, -np.inf]))
    assert found[:5].tolist() == pytest.approx([np.exp(88.0), np.inf, np.inf, 0.0, 0.0], rel=1e-6)


def test_everything_in_the_registries_is_known():
    assert set(activations.KINDS) == set(REGISTRIES["activation"])
    assert set(losses.KINDS) == set(REGISTRIES["loss"])
    assert {*updates.KINDS, "lbfgs", "muon"} == set(REGISTRIES["optimizer"])


@settings(max_examples=80)
@given(seed=st.integers(0, 2**32), epoch=st.integers(0, 2**40), samples=st.integers(1, 500))
def test_the_order_is_that_of_every_engine(seed, epoch, samples):
    order = BatchOrder(seed, samples, 10)
    found = np.empty(samples, np.int64)
    SHUFFLE(found, samples, order.key & 0xFFFFFFFF, order.key >> 32, epoch)
    assert found.tolist() == order.epoch(epoch).tolist()


@njit
def SHUFFLE(found, samples, low, high, epoch):
    kernel.shuffle(start(found), samples, low, high, epoch)
