"""The experiment: data + network + training + seed, immutable, serialisable, hashable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from playground.experiment.data import SEED_LIMIT, DataSpec, task_of
from playground.experiment.entry import Model, freezable, parameter, refusal
from playground.experiment.head import OutputActivation, head_of
from playground.experiment.init import BiasInit, Init, WeightInit
from playground.experiment.layers import LayerSpec
from playground.experiment.link import canonical, decode, encode
from playground.experiment.losses import LOSSES
from playground.experiment.training import Training
from playground.settings import settings


class HeadChoice(Model):
    """What a person changes about the head; left empty, it follows from data and loss."""

    activation: OutputActivation | None = Field(
        default=None,
        title="Output activation",
        description="What follows the last layer; empty: what the loss needs.",
    )
    weights: WeightInit | None = Field(default=None, title="Weights start")
    biases: BiasInit | None = Field(default=None, title="Biases start")
    frozen: bool = freezable()


class Experiment(Model):
    """The whole description of one training.

    Raises pydantic.ValidationError, whose errors carry the path of the field that is wrong, for anything unknown,
    out of range, or beyond the limits of `playground.settings`.
    """

    v: Literal[1] = Field(title="Version")
    seed: int = parameter(
        0,
        label="Seed",
        help="Draws the initial weights, the order of the data and the dropout.",
        ge=0,
        le=SEED_LIMIT,
        step=1,
    )
    data: DataSpec = Field(title="Data")
    network: tuple[LayerSpec, ...] = Field(default=(), title="Layers", max_length=settings.max_layers)
    head: HeadChoice = Field(default=HeadChoice(), title="Head")
    init: Init = Field(default=Init(), title="Initialisation")
    training: Training = Field(title="Training")

    @model_validator(mode="before")
    @classmethod
    def _not_newer(cls, content: Any) -> Any:
        # First of all: what a newer version wrote may be wrong here in a hundred ways that say nothing to a person.
        version = content.get("v") if isinstance(content, dict) else None
        if isinstance(version, int) and version > 1:
            message = "this experiment was made by a newer version of Network Playground; this one cannot read it"
            raise refusal(cls.__name__, ("v",), message, version)
        return content

    @field_validator("network")
    @classmethod
    def _not_too_deep(cls, network: tuple[Any, ...]) -> tuple[Any, ...]:
        count = 0
        for path, layer in walk(network):
            count += 1
            if layer.kind == "residual" and len(path) > settings.max_depth:
                message = f"blocks can be nested {settings.max_depth} deep"
                raise refusal(cls.__name__, _loc(path), message, layer)
        if count > settings.max_layers:
            raise ValueError(f"{count} layers are too many; up to {settings.max_layers} are possible")
        return network

    @model_validator(mode="after")
    def _loss_fits(self) -> Experiment:
        task, loss = task_of(self.data), self.training.loss
        if task not in loss.tasks:
            target = "a number" if task == "regression" else "a class"
            fitting = ", ".join(entry.label for entry in LOSSES if task in entry.tasks)
            message = f"{loss.label} does not fit data whose target is {target}; choose from {fitting}"
            raise refusal("Experiment", ("training", "loss"), message, loss)
        try:
            head_of(self, classes=2)  # which output activations a loss can take is the same for any number of classes
        except ValueError as error:
            raise refusal("Experiment", ("head", "activation"), str(error), self.head.activation) from error
        return self

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form: equal for equal experiments, on every machine."""
        return hashlib.sha256(canonical(self._content())).hexdigest()

    def to_link(self) -> str:
        """The experiment as a short URL-safe text; `Experiment.from_link` reads it back to an equal one."""
        return encode(self._content())

    @classmethod
    def from_link(cls, text: str) -> Experiment:
        """The experiment that `to_link` wrote.

        Raises LinkError where the text is no link, and pydantic.ValidationError where what it holds is no experiment.
        """
        return cls.model_validate(decode(text))

    def _content(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)

    def replace(self, **changes: Any) -> Experiment:
        """A copy with top-level fields replaced, checked as if it were new."""
        return Experiment.model_validate({**dict(self), **changes})


def walk(layers: Iterable[Any], prefix: tuple[int, ...] = ()) -> Iterable[tuple[tuple[int, ...], Any]]:
    """Every layer with its path, outer before inner: (2, 0) is the first layer inside the block at 2."""
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        yield path, layer
        if layer.kind == "residual":
            yield from walk(layer.layers, path)


def _loc(path: tuple[int, ...]) -> tuple[str | int, ...]:
    """Where pydantic says a layer of the network is: (2, 0) as (2, "residual", "layers", 0)."""
    loc: tuple[str | int, ...] = path[:1]
    for index in path[1:]:
        loc = (*loc, "residual", "layers", index)
    return loc
