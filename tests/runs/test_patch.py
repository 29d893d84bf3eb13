"""Which changes a running training takes."""

import pytest

from playground.runs import live_patch
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
        {"max_epochs": 3},
    ],
)
def test_other_changes_start_again(change):
    assert live_patch(experiment(), experiment(**change)) is None
