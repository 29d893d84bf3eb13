"""A race: several optimizers from one start, on an analytic terrain or on the network of an experiment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from playground.experiment.data import SEED_LIMIT
from playground.experiment.entry import Model, parameter
from playground.experiment.experiment import Experiment
from playground.experiment.optimizers import OptimizerSpec
from playground.experiment.terrains import TERRAINS, TerrainSpec

MOST_RACERS = 6
MOST_STEPS = 2_000
MOST_EPOCHS = 500

USUAL: tuple[dict[str, Any], ...] = (
    {"kind": "sgd"},
    {"kind": "sgd", "momentum": 0.9},
    {"kind": "sgd", "momentum": 0.9, "nesterov": True},
    {"kind": "rmsprop"},
    {"kind": "adagrad"},
    {"kind": "adam"},
)
"""The usual line-up: six optimizers that a textbook tells one after another."""
NETWORK_RATES = (0.03, 0.01, 0.01, 0.005, 0.05, 0.01)
"""Learning rates with which they go well on small networks."""


class Racer(Model):
    """One optimizer of a race, with its settings."""

    optimizer: OptimizerSpec
    name: str = parameter(
        "", label="Name", help="What it is called in the race; empty: after its optimizer.", max_length=24
    )

    @property
    def title(self) -> str:
        """Its name, or that of its optimizer; plain SGD that carries momentum along is called after that."""
        if self.name.strip():
            return self.name.strip()
        optimizer = self.optimizer
        if optimizer.kind == "sgd" and optimizer.momentum > 0:
            return "Nesterov" if optimizer.nesterov else "Momentum"
        return optimizer.label


Racers = Annotated[tuple[Racer, ...], Field(min_length=1, max_length=MOST_RACERS)]
Coordinate = Annotated[float, Field(ge=-100.0, le=100.0)]


def _seed() -> Any:
    return parameter(0, label="Seed", help="Draws the noise, or the plane.", ge=0, le=SEED_LIMIT, step=1)


class TerrainRace(Model):
    """A race on an analytic terrain."""

    terrain: TerrainSpec = Field(discriminator="kind")
    racers: Racers
    start: tuple[Coordinate, Coordinate]
    steps: int = parameter(300, label="Steps", help="How many steps every racer takes.", ge=1, le=MOST_STEPS, step=50)
    noise: float = parameter(
        0.0,
        label="Noise",
        help="Standard deviation of what is added to each gradient: what makes descent stochastic. The same for all.",
        ge=0.0,
        le=100.0,
        step=0.1,
    )
    seed: int = _seed()


class NetworkRace(Model):
    """A race on the network of an experiment: the same data, the same first weights, other optimizers."""

    experiment: Experiment
    racers: Racers
    epochs: int = parameter(
        30, label="Epochs", help="How many times every racer sees all training data.", ge=1, le=MOST_EPOCHS, step=10
    )
    begin: Literal["initial", "present"] = "initial"
    """From the experiment's initial weights, or from those that the run has now."""
    plane: Literal["principal", "random"] = "principal"
    """Spanned by the two directions in which all paths together spread most, or by filter-normalised random ones."""
    resolution: int = parameter(
        41, label="Resolution", help="Points of the surface along each side.", ge=11, le=101, step=10
    )
    seed: int = _seed()


def rates_of(terrain: str | None) -> tuple[float, ...]:
    """The usual line-up's learning rates on a terrain, or on a network (None)."""
    return NETWORK_RATES if terrain is None else TERRAINS[terrain].rates


def line_up(terrain: str | None = None) -> tuple[Racer, ...]:
    """The usual six, with learning rates that make a race worth seeing on this terrain, or on a network (None)."""
    pairs = zip(USUAL, rates_of(terrain), strict=True)
    return tuple(Racer(optimizer={**settings, "lr": rate}) for settings, rate in pairs)
