"""The description of a study: what fits together, and what is told where it does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.experiment import axes
from playground.experiment.problems import explain
from playground.studies import StudySpec
from playground.studies.sampling import distributions
from playground.studies.spec import MOST_DIMENSIONS, objectives_for
from tests.studies.made import OPTIMIZER, RATE, WIDTH, experiment, spec

WRONG = [
    ({"dimensions": ()}, ("dimensions",), "at least"),
    ({"dimensions": (RATE, RATE)}, ("dimensions", 1, "at"), "twice"),
    ({"dimensions": ({**RATE, "at": "training.nothing"},)}, ("dimensions", 0, "at"), "no field 'training.nothing'"),
    ({"dimensions": ({**RATE, "low": -1.0},)}, ("dimensions", 0, "low"), "Learning rate can be"),
    ({"dimensions": ({**RATE, "low": 2.0},)}, ("dimensions", 0, "high"), "must end above 2"),
    ({"dimensions": ({**WIDTH, "low": 1.5},)}, ("dimensions", 0, "low"), "whole number"),
    ({"dimensions": ({**WIDTH, "step": 9},)}, ("dimensions", 0, "step"), "wider than the whole range"),
    ({"dimensions": ({**RATE, "at": "activation"},)}, ("dimensions", 0, "at"), "give the choices"),
    ({"dimensions": ({**OPTIMIZER, "values": ("sgd", "magic")},)}, ("dimensions", 0, "values"), "cannot be magic"),
    ({"dimensions": ({**OPTIMIZER, "values": ("sgd", "sgd")},)}, ("dimensions", 0, "values"), "twice"),
    ({"trials": None}, ("trials",), "after how many trials, or minutes"),
    ({"trials": 10**9}, ("trials",), "at most 2,000"),
    ({"epochs": 0}, ("epochs",), "at least 1"),
    ({"minutes": float("nan")}, ("minutes",), "minutes"),
    ({"objectives": ("r2",)}, ("objectives",), "not measured on these data"),
    ({"objectives": ("parameters", "loss")}, ("objectives",), "first objective must be one that is learnt"),
    ({"objectives": ("loss", "loss")}, ("objectives",), "must differ"),
    ({"objectives": ("loss", "parameters"), "sampler": "cmaes"}, ("sampler",), "CMA-ES follows one objective"),
]


@pytest.mark.parametrize("changed, path, told", WRONG)
def test_what_does_not_fit_is_told_at_its_field(changed, path, told):
    with pytest.raises(ValidationError) as wrong:
        spec(**changed)
    (problem, *_) = explain(wrong.value, StudySpec)
    assert problem.path == path
    assert told.lower() in problem.message.lower()


def test_a_description_survives_the_database_word_by_word():
    described = spec(dimensions=(RATE, WIDTH, OPTIMIZER), objectives=("accuracy", "parameters"), minutes=1.5)
    assert StudySpec.model_validate_json(described.model_dump_json()) == described


def test_what_a_person_should_know_is_said():
    two = spec(objectives=("loss", "parameters"), pruner="median")
    assert any("two objectives no trial is given up" in remark for remark in two.remarks)
    assert not two.prunes
    assert any("moves numbers only" in remark for remark in spec(dimensions=(RATE, OPTIMIZER), sampler="cmaes").remarks)
    assert spec(pruner="median").remarks == ()
    assert any("only one value" in remark for remark in spec(dimensions=({**WIDTH, "low": 6},)).remarks)


def test_objectives_follow_the_data():
    assert "r2" not in objectives_for(experiment())
    plane = experiment().replace(data={"kind": "plane"}, training={**experiment().training.model_dump()})
    assert "accuracy" not in objectives_for(plane)
    assert spec(base=plane, objectives=("r2",)).sought[0].direction == "maximize"


@settings(max_examples=15)
@given(st.data())
def test_whatever_can_be_varied_can_be_searched(data):
    """Every field of an experiment makes a dimension, and whatever Optuna may draw from it can be said and tried."""
    base = experiment()
    known = axes.fields(base)
    places = data.draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=MOST_DIMENSIONS, unique=True))
    dimensions = []
    for at in places:
        field = known[at]
        if field.is_number:
            low = field.low if field.low is not None else -10
            high = min(field.high if field.high is not None else 10, low + 100)
            dimensions.append({"kind": "range", "at": at, "low": low, "high": high})
        else:
            dimensions.append({"kind": "choices", "at": at, "values": [value for value, _ in field.choices][:40]})
    described = spec(dimensions=dimensions)
    for at, drawn in distributions(described).items():
        value = getattr(drawn, "low", None) if known[at].is_number else drawn.choices[0]
        assert axes.said(known[at], value)
