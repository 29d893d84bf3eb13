"""Which changes a running training takes."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment import walk
from playground.experiment.freezing import freezes, with_frozen
from playground.runs import live_patch
from playground.training.knobs import patched
from tests.experiment.strategies import experiments
from tests.runs.viewer import experiment


def test_nothing_changed_is_an_empty_patch():
    assert live_patch(experiment(), experiment()) == {}


@pytest.mark.parametrize(
    ("change", "patch"),
    [
        ({"optimizer": {"kind": "sgd", "lr": 0.3}}, {"optimizer": {"lr": 0.3}}),
        ({"l1": 0.01}, {"l1": 0.01}),
        ({"l2": 0.01, "weight_decay": 0.1}, {"l2": 0.01, "weight_decay": 0.1}),
        ({"clip_norm": 1.0}, {"clip_norm": 1.0}),
        ({"network": [{"kind": "linear", "units": 4, "frozen": True}, {"kind": "tanh"}]}, {"frozen": [[0]]}),
        (
            {"network": [{"kind": "linear", "units": 4, "frozen": True}, {"kind": "tanh"}], "l1": 0.1},
            {"frozen": [[0]], "l1": 0.1},
        ),
    ],
)
def test_live_changes_are_a_patch(change, patch):
    assert live_patch(experiment(), experiment(**change)) == patch


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": {"kind": "adam", "lr": 0.03}},
        {"optimizer": {"kind": "sgd", "lr": 0.3, "momentum": 0.9}},
        {"batch_size": 7},
        {"loss": {"kind": "mae"}},
        {"seed": 1},
        {"network": []},
        {"network": [{"kind": "linear", "units": 5, "frozen": True}, {"kind": "tanh"}]},
        {"network": [{"kind": "linear", "units": 4, "frozen": True}], "l1": 0.1},
        {"max_epochs": 3},
    ],
)
def test_other_changes_start_again(change):
    assert live_patch(experiment(), experiment(**change)) is None


def test_thawing_the_last_layer_is_live():
    thawed = experiment()
    frozen = with_frozen(thawed, [(0,), "head"])
    assert live_patch(thawed, frozen) == {"frozen": [[0], "head"]}
    assert live_patch(frozen, thawed) == {"frozen": []}
    assert live_patch(frozen, frozen) == {}


@settings(max_examples=30, deadline=None)
@given(experiments(), st.data())
def test_a_patch_of_frozen_layers_does_what_it_says(first, data):
    places = [*(path for path, layer in walk(first.network) if freezes(layer)), "head"]
    second = with_frozen(first, data.draw(st.sets(st.sampled_from(places))))
    assert patched(first, orjson.loads(orjson.dumps(live_patch(first, second)))) == second
