"""What a person may do to a run."""

import pytest

from playground.runs.controls import checked_value


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
    ],
)
def test_nonsense_is_refused(op, value):
    with pytest.raises(ValueError):
        checked_value(op, value)
