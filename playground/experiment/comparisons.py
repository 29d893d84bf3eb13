"""Two experiments whose terrains are compared, and comparisons that show a published fact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from playground.experiment.data import SEED_LIMIT
from playground.experiment.entry import Model, parameter
from playground.experiment.experiment import Experiment
from playground.experiment.presets.recipes import Description, experiment, linear, recipe, stack

MOST_EPOCHS = 1_000


class Comparison(Model):
    """Two experiments, each trained for so many epochs, and the loss around where each ends."""

    first: Experiment
    second: Experiment
    epochs: int = parameter(
        60,
        label="Epochs",
        help="How many times each network sees all its training data.",
        ge=1,
        le=MOST_EPOCHS,
        step=10,
    )
    radius: float = parameter(
        1.0,
        label="Radius",
        help="How far the pictures reach: at 1, every neuron's weights have changed by as much as they are long.",
        ge=0.1,
        le=3.0,
        step=0.1,
    )
    resolution: int = parameter(
        41, label="Resolution", help="Points of each surface along each side.", ge=11, le=101, step=10
    )
    seed: int = parameter(0, label="Seed", help="Draws the directions.", ge=0, le=SEED_LIMIT, step=1)


@dataclass(frozen=True)
class Fact:
    """A comparison that shows what somebody has published.

    title; claim: what is to be seen, which is tested; source; names of the two sides; the descriptions of both; epochs;
    radius. log: whether a logarithmic height shows it better.
    """

    title: str
    claim: str
    source: str
    names: tuple[str, str]
    first: Description
    second: Description
    epochs: int
    radius: float = 1.0
    log: bool = False

    @cached_property
    def comparison(self) -> Comparison:
        """With its defaults. Raises pydantic.ValidationError where it is beyond this server's limits."""
        given = {"first": self.first, "second": self.second, "epochs": self.epochs, "radius": self.radius}
        return Comparison.model_validate(given)


BLOCKS = 13
MOONS = {"kind": "moons", "samples": 400, "noise": 0.15}
KAIMING = {"weights": {"kind": "kaiming_normal"}, "biases": {"kind": "zeros"}}


def _deep(blocks: bool) -> Description:
    """Thirteen layers of eight units with batch norm, each in a block of its own or one after another."""
    layer = [linear(8), {"kind": "batch_norm"}, {"kind": "relu"}]
    inner = [{"kind": "residual", "layers": layer}] * BLOCKS if blocks else layer * BLOCKS
    network = [linear(8), {"kind": "relu"}, *inner]
    return experiment(MOONS, network, recipe("bce", "sgd", 0.05, 25), init=KAIMING)


def _normed(norm: bool) -> Description:
    after = ({"kind": "batch_norm"},) if norm else ()
    network = [part for _ in range(5) for part in (linear(10), *after, {"kind": "relu"})]
    return experiment(MOONS, network, recipe("bce", "sgd", 0.1, 25), init=KAIMING)


def _batches(size: int) -> Description:
    data = {"kind": "moons", "samples": 300, "noise": 0.3}
    return experiment(data, stack(16, 16), recipe("bce", "sgd", 0.3, size))


def _activated(kind: str) -> Description:
    network = stack(12, 12, activation=kind)
    return experiment(MOONS, network, recipe("mse", "sgd", 0.05, 20), head={"activation": "identity"})


def _sized(units: int) -> Description:
    return experiment(MOONS, stack(units, units, activation="relu"), recipe("bce", "adam", 0.01, 25), init=KAIMING)


def _stepped(kind: str, rate: float) -> Description:
    return experiment({**MOONS, "noise": 0.2}, stack(16, 16), recipe("bce", kind, rate, 20))


FACTS: dict[str, Fact] = {
    "residual": Fact(
        "Residual blocks",
        "With ways around its layers a deep network comes much further down, and ends where the loss bends far less.",
        "Li et al. 2018",
        ("Plain", "Residual"),
        _deep(False),
        _deep(True),
        60,
        log=True,
    ),
    "batch_norm": Fact(
        "Batch norm",
        "With batch norm the loss around rises more gently: the same change of the weights costs less.",
        "Santurkar et al. 2018",
        ("Plain", "Batch norm"),
        _normed(False),
        _normed(True),
        60,
    ),
    "batch_size": Fact(
        "Batch size",
        "Small batches end where the loss bends less than where full batches end (sharpness, Keskar et al.). Yet here, "
        "where every weight changes in proportion to its size, theirs is the steeper bowl: flatness is a matter of "
        "scale (Dinh et al.).",
        "Keskar et al. 2017, Dinh et al. 2017",
        ("Batches of 4", "Full batch"),
        _batches(4),
        _batches(1000),
        600,
    ),
    "activation": Fact(
        "ReLU and tanh",
        "Units of tanh saturate: far from the centre the loss has somewhere to stop. That of ReLU units, which have no "
        "bounds, rises by powers of ten.",
        "Glorot et al. 2011",
        ("tanh", "ReLU"),
        _activated("tanh"),
        _activated("relu"),
        60,
        radius=2.0,
        log=True,
    ),
    "width": Fact(
        "Width",
        "The wider network has the wider bowl: the same relative change of all weights costs it less.",
        "Li et al. 2018",
        ("4 wide", "64 wide"),
        _sized(4),
        _sized(64),
        60,
    ),
    "optimizer": Fact(
        "SGD and Adam",
        "SGD ends in the gentler bowl, and does better on the points that it has not seen.",
        "Wilson et al. 2017, Zhou et al. 2020",
        ("SGD", "Adam"),
        _stepped("sgd", 0.1),
        _stepped("adam", 0.02),
        150,
    ),
}
"""By name, in the order in which they are offered."""
