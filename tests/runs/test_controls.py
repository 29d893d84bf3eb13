"""What a person may do to a run."""

import pytest

from playground.runs.controls import check_place, checked_value
from tests.runs.viewer import experiment

WEIGHT = {"path": [0], "unit": 1, "input": 0, "value": -0.5}
SILENCE = {"path": [0], "unit": 3, "on": True}


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("play", None, None),
        ("pause", "whatever", None),
        ("step", None, 1),
        ("step", 5.0, 5),
        ("epoch", 2, 2),
        ("speed", None, None),
        ("speed", 1, 1.0),
        ("rewind", 0, 0),
        ("weight", WEIGHT, WEIGHT),
        (
            "weight",
            {**WEIGHT, "unit": 2.0, "input": None, "value": 1},
            {**WEIGHT, "unit": 2, "input": None, "value": 1.0},
        ),
        ("weight", {**WEIGHT, "path": "head"}, {**WEIGHT, "path": "head"}),
        ("silence", SILENCE, SILENCE),
    ],
)
def test_controls_and_their_values(op, value, expected):
    assert checked_value(op, value) == expected


@pytest.mark.parametrize(
    ("op", "value"),
    [
        ("explode", None),
        (None, None),
        ("step", 0),
        ("step", 1.5),
        ("step", "1"),
        ("step", True),
        ("epoch", 10**12),
        ("speed", 0),
        ("speed", -3),
        ("speed", float("nan")),
        ("speed", "fast"),
        ("rewind", None),
        ("rewind", -1),
        ("weight", None),
        ("weight", 3),
        ("weight", []),
        ("weight", {}),
        ("weight", {**WEIGHT, "more": 1}),
        *(("weight", {**WEIGHT, "path": path}) for path in (None, [], [-1], [True], [0.0], ["0"], "tail", 0, [[0]])),
        *(("weight", {**WEIGHT, "unit": unit}) for unit in (None, -1, 1.5, "1", True, 1e300)),
        *(("weight", {**WEIGHT, "input": source}) for source in (-1, 0.5, "0", False)),
        *(("weight", {**WEIGHT, "value": v}) for v in (None, "1", True, 1e7, float("nan"), float("inf"))),
        ("silence", WEIGHT),
        *(("silence", {**SILENCE, "on": on}) for on in (None, 1, "true")),
    ],
)
def test_nonsense_is_refused(op, value):
    with pytest.raises(ValueError):
        checked_value(op, value)


def test_places_are_checked_against_the_network():
    check_place("weight", WEIGHT, experiment())
    check_place("weight", {**WEIGHT, "path": "head", "unit": 0, "input": 3}, experiment())
    check_place("silence", SILENCE, experiment())
    for op, value, told in [
        ("weight", {**WEIGHT, "path": [1]}, "no linear layer"),
        ("weight", {**WEIGHT, "path": [0, 0]}, "no linear layer"),
        ("weight", {**WEIGHT, "unit": 4}, "has 4 units"),
        ("weight", {**WEIGHT, "input": 2}, "takes 2 values"),
        ("silence", {**SILENCE, "unit": 4}, "has 4 units"),
        ("silence", {**SILENCE, "path": "head", "unit": 1}, "has 1 unit"),
    ]:
        with pytest.raises(ValueError, match=told):
            check_place(op, value, experiment())
