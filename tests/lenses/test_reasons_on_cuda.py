"""Why, fool it and dream on a CUDA device: the same as on the CPU."""

import numpy as np
import pytest
import torch

from playground import lenses
from playground.training import Trainer
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import DIGITS, LAST, STACK

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")


@pytest.fixture(scope="module")
def runs():
    return [Trainer(experiment_of(DIGITS, STACK), device=device, engine="torch") for device in ("cpu", "cuda")]


def test_attributions(runs):
    here, there = (lenses.explanation(run, target=4) for run in runs)
    for name, map_ in here["maps"].items():
        np.testing.assert_allclose(there["maps"][name], map_, atol=1e-2 * np.abs(map_).max())
    np.testing.assert_allclose(there["shares"], here["shares"], atol=1e-3)


def test_attacks(runs):
    here, there = (lenses.attack(run, epsilon=0.1) for run in runs)
    assert (np.abs(here["delta"] - there["delta"]) < 1e-3).mean() > 0.9  # signs of next to nothing may turn
    here, there = (lenses.robustness(run, samples=16) for run in runs)
    np.testing.assert_allclose(there["pgd"], here["pgd"], atol=0.13)


@pytest.mark.parametrize("path", [(), LAST])
def test_dreams(runs, path):
    here, there = (lenses.dream(run, path, steps=3) for run in runs)
    np.testing.assert_allclose(there["excitement"], here["excitement"], rtol=0.05, atol=1e-3)
