"""Frozen layers as a part of the experiment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment import Experiment, layer_kinds, walk
from playground.experiment.freezing import freezes, frozen_layers, with_frozen
from tests.experiment.strategies import experiments

LEARN = {"linear", "batch_norm", "layer_norm", "prelu", "conv2d", "conv_transpose2d", "separable_conv2d"}


@pytest.mark.parametrize("kind", layer_kinds())
def test_what_learns_can_be_frozen(kind):
    assert ("frozen" in layer_kinds()[kind].model_fields) == (kind in LEARN)


@given(experiments(), st.data())
def test_exactly_the_layers_that_are_named_are_frozen(experiment, data):
    places = [*(path for path, layer in walk(experiment.network) if freezes(layer)), "head"]
    chosen = data.draw(st.sets(st.sampled_from(places)))
    frozen = with_frozen(experiment, chosen)
    assert frozen_layers(frozen) == tuple(place for place in places if place in chosen)
    assert with_frozen(frozen, [list(p) if isinstance(p, tuple) else p for p in frozen_layers(frozen)]) == frozen
    assert with_frozen(frozen, frozen_layers(experiment)) == experiment, "nothing else has changed"
    assert Experiment.from_link(frozen.to_link()) == frozen


def test_places_that_cannot_be_frozen_are_refused():
    network = [{"kind": "linear"}, {"kind": "tanh"}]
    experiment = Experiment.model_validate({"v": 1, "data": {"kind": "circle"}, "network": network, "training": {
        "loss": {"kind": "mse"}, "optimizer": {"kind": "sgd"}}})  # fmt: skip
    for place in ((1,), (7,), (0, 0), "tail"):
        with pytest.raises(ValueError, match="could be frozen"):
            with_frozen(experiment, [place])


def test_a_frozen_layer_is_built_as_any_other():
    for kind in LEARN:
        layer = layer_kinds()[kind](kind=kind)
        assert layer.model_copy(update={"frozen": True}).arguments() == layer.arguments()
