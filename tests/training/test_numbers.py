"""Weights out by name and back in; what does not fit is refused before anything changes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.training import Trainer
from tests.network.describe import experiment, linear, stacks
from tests.training.test_trainer import busy, same


def test_they_are_the_modules_own_names_and_copies():
    trainer = busy()
    trainer.advance(10)
    weights = trainer.weights()
    state = trainer.module.state_dict()
    assert list(weights) == list(state)
    for name, numbers in weights.items():
        assert numbers.dtype == np.float32
        np.testing.assert_array_equal(numbers, state[name].numpy())
    weights["head.weight"][:] = 7
    assert not (trainer.weights()["head.weight"] == 7).any()


@settings(max_examples=25, deadline=None)
@given(stacks(), st.sampled_from([np.float16, np.float32, np.float64]))
def test_another_run_takes_them_in(stack, kind):
    try:
        one, two = (Trainer(experiment(stack, seed=seed), device="cpu") for seed in (0, 1))
    except ValueError:
        return
    weights = {name: numbers.astype(kind) for name, numbers in one.weights().items()}
    two.load_weights(weights)
    for name, numbers in two.weights().items():
        np.testing.assert_array_equal(numbers, weights[name].astype(np.float32))
    if kind != np.float16:
        one.module.eval(), two.module.eval()
        assert torch.equal(one.module(one.task.x), two.module(one.task.x))


WRONG = [
    (lambda w: w.pop("head.bias"), r"head\.bias \(1\) is missing"),
    (lambda w: w.update({"layers.9.weight": w["head.bias"]}), r"'layers\.9\.weight' is not in this one"),
    (lambda w: w.update({"head.weight": w["head.weight"].T}), r"head\.weight is 4 × 1, but here it must be 1 × 4"),
    (lambda w: w.update({"head.bias": np.float32(1)}), r"head\.bias is a single number, but here it must be 1"),
    (lambda w: w.update({"head.bias": np.array([np.nan])}), "not finite"),
    (lambda w: w.update({"head.bias": np.array([-np.inf])}), "not finite"),
    (lambda w: w.update({"head.bias": np.array([1e300])}), "too large"),
    (lambda w: w.update({"head.bias": np.array(["1"])}), "no array of numbers"),
    (lambda w: w.update({"head.bias": np.array([True])}), "no array of numbers"),
    (lambda w: w.update({"head.bias": np.array([1j])}), "no array of numbers"),
    (lambda w: w.update({"head.bias": [[1], [2, 3]]}), "no array of numbers"),
    (lambda w: w.update({"head.bias": object()}), "no array of numbers"),
    (lambda w: w.update({"layers.1.running_var": -w["layers.1.running_var"]}), "variance below zero"),
    (lambda w: w.update({7: w["head.bias"]}), "'7' is not in this one"),
    (lambda w: w.clear(), "is missing"),
]


@pytest.mark.parametrize(("spoil", "told"), WRONG)
def test_what_does_not_fit_changes_nothing(spoil, told):
    trainer, plain = busy(), busy()
    weights = {name: numbers * 2 for name, numbers in trainer.weights().items()}
    spoil(weights)
    with pytest.raises(ValueError, match=told):
        trainer.load_weights(weights)
    trainer.advance(3), plain.advance(3)
    same(trainer, plain)


def test_a_long_name_is_cut():
    trainer = Trainer(experiment([linear(2)]), device="cpu")
    with pytest.raises(ValueError) as refused:
        trainer.load_weights({**trainer.weights(), "x" * 10_000: 1})
    assert len(str(refused.value)) < 200
