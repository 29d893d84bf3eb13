"""The order of samples: fair, and a function of seed and epoch alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment.randomness import key
from playground.training.order import BatchOrder

WRAP = 2**32


def mix(h):
    h ^= h >> 16
    h = h * 0x7FEB352D % WRAP
    h ^= h >> 15
    h = h * 0x846CA68B % WRAP
    return h ^ h >> 16


def by_the_book(seed, epoch, samples):
    """As the module's text has it, in whole numbers of any size."""
    number = key(seed, "order")
    base = mix(mix(number % WRAP ^ epoch % WRAP) ^ number // WRAP ^ epoch // WRAP)
    order = list(range(samples))
    for i in range(samples - 1, 0, -1):
        j = mix((base + i * 0x9E3779B1) % WRAP) * (i + 1) // WRAP
        order[i], order[j] = order[j], order[i]
    return order


@given(st.integers(0, 2**32), st.integers(0, 2**50), st.integers(1, 300))
def test_it_is_what_the_text_says(seed, epoch, samples):
    assert BatchOrder(seed, samples, 7).epoch(epoch).tolist() == by_the_book(seed, epoch, samples)


@given(st.integers(0, 1000), st.integers(1, 100), st.integers(1, 120))
def test_the_batches_of_an_epoch_are_its_samples(seed, samples, batch_size):
    order = BatchOrder(seed, samples, batch_size)
    steps = range(3 * order.steps_per_epoch, 4 * order.steps_per_epoch)
    batches = [order.batch(step) for step in steps]
    assert np.concatenate(batches).tolist() == order.epoch(3).tolist()
    assert sorted(np.concatenate(batches)) == list(range(samples))
    assert all(len(batch) == order.batch_size for batch in batches[:-1])


@pytest.mark.parametrize("samples", [2, 3, 10])
def test_every_sample_comes_everywhere_equally_often(samples):
    orders = np.stack([BatchOrder(seed, samples, 1).epoch(epoch) for seed in range(40) for epoch in range(200)])
    expected = len(orders) / samples
    counts = np.stack([np.bincount(place, minlength=samples) for place in orders.T])
    # Six standard deviations of a binomial distribution.
    assert (np.abs(counts - expected) < 6 * np.sqrt(expected * (1 - 1 / samples))).all()
