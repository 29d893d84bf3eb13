"""The studio's learning-rate range test, as the view in the browser takes it (see `playground.figures.range_test`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from playground.experiment.problems import explain
from playground.experiment.rate_ranges import RateRange
from playground.figures import range_test as figure
from playground.runs.wire import encode


def range_test(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """The test on an experiment; options: those of `RateRange`."""
    from playground.training.range_test import stages

    for share, result, text in stages(_checked(options), state):
        yield share, None if result is None else encode(figure.range_test(result)), text


def _checked(options: dict[str, Any]) -> RateRange:
    """The test that is described. Raises ValueError, in words for a person."""
    try:
        return RateRange.model_validate(options)
    except ValidationError as wrong:
        raise ValueError(" ".join(f"{problem.message}." for problem in explain(wrong, RateRange)[:3])) from None
