"""Presets: each opens, says what to look for, and is short enough to share."""

import json

import pytest

from playground.experiment import Experiment
from playground.experiment.presets import GROUPS, PRESETS, preset_of, start, tensorflow_playground

every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))


@every_preset
def test_it_is_valid_and_travels(preset):
    again = Experiment.model_validate(json.loads(preset.experiment.model_dump_json()))
    assert again == preset.experiment == Experiment.from_link(preset.experiment.to_link())


@every_preset
def test_its_link_is_short(preset):
    assert len(preset.experiment.to_link()) < 400


@every_preset
def test_it_says_what_it_is_and_what_to_look_for(preset):
    assert 3 < len(preset.title) < 40
    assert 20 < len(preset.about) < 140 and preset.about.endswith(".")
    assert 20 < len(preset.observe) < 200 and preset.observe[-1] in ".?"


def test_no_two_are_alike():
    assert len({preset.experiment for preset in PRESETS.values()}) == len(PRESETS)
    assert len({preset.title for preset in PRESETS.values()}) == len(PRESETS)


def test_there_is_enough_to_browse_and_every_group_has_some():
    assert len(PRESETS) == sum(map(len, GROUPS.values())) >= 18
    assert all(len(group) >= 3 for group in GROUPS.values())


def test_a_preset_is_known_again():
    assert [preset_of(preset.experiment) for preset in PRESETS.values()] == list(PRESETS)
    assert preset_of(start().replace(seed=99)) is None


def test_a_newcomer_finds_the_circle():
    assert start().data.kind == "circle"
    assert start() == tensorflow_playground()


def test_the_rules_of_tensorflow_playground():
    rules = tensorflow_playground({"kind": "xor"}, [{"kind": "linear", "units": 3}], seed=5)
    assert (rules.seed, rules.data.kind, rules.data.samples, rules.data.test_fraction) == (5, "xor", 500, 0.5)
    assert (rules.training.loss.kind, rules.training.batch_size) == ("half_mse", 10)
    assert (rules.training.optimizer.kind, rules.training.optimizer.lr) == ("sgd", 0.03)
    assert (rules.init.weights.a, rules.init.biases.value) == (0.5, 0.1)
    assert rules.head.activation is None and len(rules.network) == 1
    assert tensorflow_playground(network=[]).network == ()
