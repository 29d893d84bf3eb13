"""The studio's races, as the player in the browser takes them (see `playground.figures.race`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from playground.experiment.entry import Model
from playground.experiment.problems import explain
from playground.experiment.races import NetworkRace, TerrainRace
from playground.figures import race as figure
from playground.runs.wire import encode

FIRST_LOOK = 0.25
"""Share of a race on a terrain after which it is first shown; the player then never catches up with it."""

Race = TypeVar("Race", bound=Model)


def on_terrain(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """A race on an analytic terrain; options: those of `TerrainRace`."""
    from playground.training.races.terrain import slices

    race, shown = _checked(TerrainRace, options), 0.0
    for result in slices(race):
        share = result.taken / race.steps
        if shown == 0.0 and share >= FIRST_LOOK:
            shown = share
            yield share, encode(figure.terrain_race(result)), "Racing"
        else:
            yield share, None, "Racing"
    yield 1.0, encode(figure.terrain_race(result))


def on_network(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """A race on the network of an experiment; options: those of `NetworkRace`."""
    from playground.lenses.landscape.race import stages

    for share, result, text in stages(_checked(NetworkRace, options), state):
        yield share, None if result is None else encode(figure.network_race(result)), text


def _checked(model: type[Race], options: dict[str, Any]) -> Race:
    """The race that is described. Raises ValueError, in words for a person."""
    try:
        return model.model_validate(options)
    except ValidationError as wrong:
        raise ValueError(" ".join(f"{problem.message}." for problem in explain(wrong, model)[:3])) from None
