"""One change at a time: each makes a valid experiment, and only that change."""

import pytest
from hypothesis import given, settings

from playground.experiment import Experiment
from playground.experiment.comparisons import FACTS
from playground.experiment.variants import variants
from tests.experiment.strategies import experiments, plain

TOWER = [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear", "units": 3}, {"kind": "tanh"}]


def kinds(experiment: Experiment) -> list[str]:
    return [layer.kind for layer in experiment.network]


def of(network=TOWER, **rest) -> dict[str, Experiment]:
    return {
        name: other for name, (_, other) in variants(Experiment.model_validate(plain(network=network, **rest))).items()
    }


@settings(max_examples=30)
@given(experiment=experiments())
def test_every_variant_of_anything_is_another_experiment(experiment):
    for label, other in variants(experiment).values():
        assert label and other != experiment and Experiment.from_link(other.to_link()) == other
        assert other.data == experiment.data


def test_what_each_changes():
    found = of()
    assert kinds(found["residual"]) == ["linear", "tanh", "residual"]
    assert [layer.kind for layer in found["residual"].network[2].layers] == ["linear", "tanh"]
    assert kinds(found["batch_norm"]) == ["linear", "batch_norm", "tanh", "linear", "batch_norm", "tanh"]
    assert kinds(found["activation"]) == ["linear", "relu", "linear", "relu"]
    assert [layer.units for layer in found["width"].network if layer.kind == "linear"] == [16, 12]
    assert kinds(found["depth"]) == kinds(Experiment.model_validate(plain(network=TOWER))) * 2
    assert found["optimizer"].training.optimizer.kind == "adam"
    assert found["small_batch"].training.batch_size == 2 and found["full_batch"].training.batch_size >= 10_000
    assert found["seed"].seed == 1


def test_what_each_changes_of_a_stack_of_images():
    conv = {"kind": "conv2d", "channels": 3}
    found = of([conv, {"kind": "relu"}, {"kind": "max_pool2d"}, {"kind": "linear", "units": 5}, {"kind": "relu"}])
    assert kinds(found["batch_norm"])[:3] == ["conv2d", "batch_norm", "relu"]
    assert kinds(found["activation"]) == ["conv2d", "tanh", "max_pool2d", "linear", "tanh"]
    assert (found["width"].network[0].channels, found["width"].network[3].units) == (12, 20)
    assert "depth" not in found


@pytest.mark.parametrize("name", ["residual", "batch_norm", "activation"])
def test_what_is_there_already_is_taken_away(name):
    once = of()[name]
    assert variants(once)[name][1].network == Experiment.model_validate(plain(network=TOWER)).network


def test_what_cannot_be_is_not_offered():
    assert "width" not in of([{"kind": "linear", "units": 1000}])
    assert "depth" not in of(TOWER * 9)
    assert "residual" not in of([{"kind": "linear", "units": 3}])


@pytest.mark.parametrize("name", FACTS)
def test_facts_are_experiments_that_differ(name):
    fact = FACTS[name]
    comparison = fact.comparison
    assert comparison.first != comparison.second and comparison.first.data == comparison.second.data
    assert fact.names[0] != fact.names[1] and fact.claim.endswith(".") and fact.source
