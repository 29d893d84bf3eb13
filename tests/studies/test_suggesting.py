"""What is suggested to be searched can be searched, whatever the experiment."""

import pytest

from playground.experiment.axes import fields
from playground.experiment.presets import PRESETS, start
from playground.network.standing import problem_of
from playground.studies.spec import MOST_DIMENSIONS, Choices, Range, StudySpec
from playground.studies.suggesting import USUAL, epochs_of, examples, suggested, usual


@pytest.mark.parametrize("kind", PRESETS)
def test_every_field_of_every_preset_has_something_to_try(kind):
    experiment = PRESETS[kind].experiment
    known = fields(experiment)
    dimensions = [suggested(field) for field in known.values()]
    for begin in range(0, len(dimensions), MOST_DIMENSIONS):
        some = tuple(dimensions[begin : begin + MOST_DIMENSIONS])
        StudySpec(v=1, base=experiment, dimensions=some, trials=1)
    for dimension in dimensions:
        field = known[dimension.at]
        if isinstance(dimension, Range):
            assert dimension.low < dimension.high or field.low == field.high, field.at
        else:
            assert any(value is field.now or value == field.now for value in dimension.values), field.at


@pytest.mark.parametrize("kind", PRESETS)
def test_a_search_begins_with_the_usual_things(kind):
    experiment = PRESETS[kind].experiment
    spec = StudySpec(v=1, base=experiment, dimensions=usual(experiment), epochs=epochs_of(experiment), trials=1)
    assert [problem_of(spec.experiment(values)) for values in examples(spec, 5)] == [None] * 5, "all of it can be built"


def test_a_newcomer_searches_learning_rate_shape_optimizer_and_activation():
    found = {dimension.at: dimension for dimension in usual(start())}
    assert tuple(found) == USUAL
    assert found["training.optimizer.lr"] == Range(
        kind="range", at="training.optimizer.lr", low=1e-4, high=1.0, log=True
    )
    assert found["training.optimizer"] == Choices(
        kind="choices", at="training.optimizer", values=("sgd", "adam", "rmsprop")
    )


@pytest.mark.parametrize("kind", ["tensorflow-playground", "one-convolution"])
def test_examples_are_trials_that_could_be_drawn(kind):
    experiment = PRESETS[kind].experiment
    dimensions = tuple(suggested(field) for field in list(fields(experiment).values())[:12])
    spec = StudySpec(v=1, base=experiment, dimensions=dimensions, trials=1)
    drawn = list(examples(spec, 40))
    assert drawn == list(examples(spec, 40)), "always the same ones"
    for dimension in dimensions:
        assert all((dimension.at in values) == spec.applies(dimension.at, values) for values in drawn)
        values = [values[dimension.at] for values in drawn if dimension.at in values]
        if isinstance(dimension, Range):
            assert all(dimension.low <= value <= dimension.high for value in values)
            assert len(set(values)) > 1
        else:
            assert set(values) <= set(dimension.values)
