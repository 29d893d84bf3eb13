"""What is suggested to be searched can be searched, whatever the experiment."""

import pytest

from playground.experiment.axes import fields
from playground.experiment.presets import PRESETS, start
from playground.studies.spec import Choices, Range, StudySpec
from playground.studies.suggesting import USUAL, epochs_of, suggested, usual


@pytest.mark.parametrize("kind", PRESETS)
def test_every_field_of_every_preset_has_something_to_try(kind):
    experiment = PRESETS[kind].experiment
    for field in fields(experiment).values():
        dimension = suggested(field)
        StudySpec(v=1, base=experiment, dimensions=(dimension,), trials=1)
        if isinstance(dimension, Range):
            assert dimension.low < dimension.high or field.low == field.high, field.at
        else:
            assert any(value is field.now or value == field.now for value in dimension.values), field.at


@pytest.mark.parametrize("kind", PRESETS)
def test_a_search_begins_with_the_usual_things(kind):
    experiment = PRESETS[kind].experiment
    StudySpec(v=1, base=experiment, dimensions=usual(experiment), epochs=epochs_of(experiment), trials=1)


def test_a_newcomer_searches_learning_rate_shape_optimizer_and_activation():
    found = {dimension.at: dimension for dimension in usual(start())}
    assert tuple(found) == USUAL
    assert found["training.optimizer.lr"] == Range(
        kind="range", at="training.optimizer.lr", low=1e-4, high=1.0, log=True
    )
    assert found["training.optimizer"] == Choices(
        kind="choices", at="training.optimizer", values=("sgd", "adam", "rmsprop")
    )
