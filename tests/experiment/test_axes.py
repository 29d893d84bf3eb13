"""What can be varied about an experiment, and experiments with something varied."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment import Experiment, walk
from playground.experiment.axes import Field, fields, said, vary
from playground.experiment.presets import PRESETS
from playground.experiment.registry import REGISTRIES
from tests.experiment.strategies import experiments

EXPERIMENTS = [preset.experiment for preset in PRESETS.values()]
PLAIN = Experiment.model_validate(
    {
        "v": 1,
        "data": {"kind": "spiral"},
        "network": [{"kind": kind} for kind in ("linear", "tanh", "linear", "tanh")],
        "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.03, "momentum": 0.5}},
    }
)
CONVOLUTIONS = Experiment.model_validate(
    {
        "v": 1,
        "data": {"kind": "digits"},
        "network": [{"kind": kind} for kind in ("conv2d", "relu", "max_pool2d", "flatten", "linear", "relu")],
        "training": {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "adam"}},
    }
)
SINGLE = ("width", "depth", "activation", "dropout")


def kinds(experiment: Experiment) -> list[str]:
    return [layer.kind for layer in experiment.network]


def values_of(field: Field) -> st.SearchStrategy:
    if field.choices:
        return st.sampled_from([value for value, _ in field.choices])
    if field.kind == "integer":
        return st.integers(int(field.low), min(int(field.high), 64))
    return st.floats(field.low, min(field.high, 10.0))


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=list(PRESETS))
def test_every_field_set_to_what_it_is_leaves_an_experiment_as_it_is(experiment):
    found = fields(experiment)
    assert all(at == field.at for at, field in found.items())
    assert len({field.label for field in found.values()}) == len(found)
    assert all(field.help and said(field, field.now) for field in found.values())
    one = {at: field.now for at, field in found.items() if at not in SINGLE}
    assert vary(experiment, one) == experiment


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_a_varied_field_is_then_what_was_asked_for(data):
    experiment = data.draw(st.sampled_from(EXPERIMENTS) | experiments())
    field = data.draw(st.sampled_from(list(fields(experiment).values())))
    value = data.draw(values_of(field))
    try:
        changed = vary(experiment, {field.at: value})
    except ValueError as problem:
        assert str(problem).endswith(".") and "validation error" not in str(problem)
        return
    assert fields(changed).get(field.at, field).now == value or (field.at == "depth" and value == 0)


def test_every_number_and_choice_of_an_experiment_is_there():
    found = fields(PLAIN)
    wanted = {
        "seed", "data", "data.noise", "data.seed", "data.test_fraction", "training.optimizer", "training.optimizer.lr",
        "training.batch_size", "training.l2", "training.loss", "training.schedule", "init.weights", "network.0.units",
        "network.1", "network.2.units", *SINGLE,
    }  # fmt: skip
    assert wanted <= set(found)
    rate = found["training.optimizer.lr"]
    assert (rate.log, rate.high, rate.now, said(rate, 0.03)) == (True, 100.0, 0.03, "0.03") and rate.low > 0
    assert said(found["training.optimizer"], "adam") == "Adam"
    assert said(found["training.clip_norm"], None) == "off"
    assert said(found["head.weights"], None) == "the network's"


def test_another_optimizer_has_its_own_learning_rate_unless_that_is_varied_too():
    adam = vary(PLAIN, {"training.optimizer": "adam"}).training.optimizer
    assert adam == REGISTRIES["optimizer"]["adam"](kind="adam")
    both = vary(PLAIN, {"training.optimizer.lr": 0.2, "training.optimizer": "adam"}).training.optimizer
    assert (both.kind, both.lr) == ("adam", 0.2)
    assert vary(PLAIN, {"training.optimizer": "sgd"}) == PLAIN  # the momentum stays


def test_the_whole_network_at_once():
    deep = vary(PLAIN, {"width": 5, "depth": 3, "activation": "relu"})
    assert kinds(deep) == ["linear", "relu"] * 3
    assert [layer.units for layer in deep.network[::2]] == [5, 5, 5]
    assert kinds(vary(PLAIN, {"depth": 0})) == []
    assert kinds(vary(PLAIN, {"depth": 1, "dropout": 0.5})) == ["linear", "tanh", "dropout"]
    assert fields(vary(PLAIN, {"dropout": 0.5}))["dropout"].now == 0.5
    own = vary(PLAIN, {"network.2.units": 3, "depth": 3})  # layers are those of the experiment as it is given
    assert [layer.units for layer in own.network[::2]] == [8, 3, 3]


def test_convolutions_are_repeated_before_what_follows_them():
    deep = vary(CONVOLUTIONS, {"depth": 2, "width": 4})
    assert kinds(deep) == ["conv2d", "relu", "max_pool2d"] * 2 + ["flatten", "linear", "relu"]
    assert {getattr(layer, "channels", getattr(layer, "units", 4)) for _, layer in walk(deep.network)} == {4}


def test_other_data_take_a_loss_that_fits():
    assert vary(PLAIN.replace(training={**dict(PLAIN.training), "loss": {"kind": "bce"}}), {"data": "curve"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"training.optimizer.lr": -1.0}, "Learning rate must be greater than 0"),
        ({"training.optimizer": "adam", "training.optimizer.momentum": 0.5}, "Adam has no momentum."),
        ({"training.optimizer": "atom"}, "not an optimizer"),
        ({"training.early_stopping.patience": 3}, "Early stopping is off"),
        ({"network.9.units": 3}, "There is no layer 10."),
        ({"network.x.units": 3}, "There is no layer x."),
        ({"network.0.units": 0}, "Layer 1: Units must be at least 1"),
        ({"network.0.units.y": 0}, "nothing called"),
        ({"network": 3}, "cannot be set as a whole"),
        ({"training.loss": "hinge", "head.activation": "sigmoid"}, "cannot follow"),
        ({"depth": 99}, "Depth must be a whole number from 0 to 32, but is 99."),
        ({"depth": 1.5}, "whole number"),
        ({"width": "wide"}, "Width must be a number."),
        ({"activation": "linear"}, "no activation called"),
        ({"data": "nothing"}, "no data called"),
        ({"data": "csv"}, "must be given"),
        ({"v": 2}, "has no v"),
        ({"something.else": 2}, "has no something"),
        ({"seed": float("nan")}, "Seed must be"),
    ],
)
def test_what_cannot_be_is_said_in_plain_words(values, words):
    with pytest.raises(ValueError) as caught:
        vary(PLAIN, values)
    assert words in str(caught.value) and type(caught.value) is ValueError


def test_depth_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no hidden layer"):
        vary(PLAIN.replace(network=()), {"depth": 2})
    assert not set(SINGLE) & set(fields(PLAIN.replace(network=())))
