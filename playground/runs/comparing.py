"""The studio's comparison of two terrains, as the view in the browser takes it (see `playground.figures.compare`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from playground.experiment.comparisons import Comparison
from playground.experiment.problems import explain
from playground.figures import compare as figure
from playground.runs.wire import encode


def compare(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """Two experiments, trained and looked at; options: those of `Comparison`."""
    from playground.lenses.landscape.comparing import stages

    for share, result, text in stages(_checked(options)):
        yield share, None if result is None else encode(figure.comparison(result)), text


def _checked(options: dict[str, Any]) -> Comparison:
    """The comparison that is described. Raises ValueError, in words for a person."""
    try:
        return Comparison.model_validate(options)
    except ValidationError as wrong:
        raise ValueError(" ".join(f"{problem.message}." for problem in explain(wrong, Comparison)[:3])) from None
