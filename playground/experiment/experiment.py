"""The experiment: data + network + training + seed, immutable, serialisable, hashable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from playground.experiment.data import CSV, SEED_LIMIT, DataSpec, task_of
from playground.experiment.entry import Model, parameter
from playground.experiment.head import OutputActivation, head_of
from playground.experiment.init import BiasInit, Init, WeightInit
from playground.experiment.layers import LayerSpec
from playground.experiment.link import decode, encode
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


class Experiment(Model):
    """The whole description of one training.

    Raises pydantic.ValidationError, whose errors carry the path of the field that is wrong, for anything unknown,
    out of range, or beyond the limits of `playground.settings`.
    """

    v: Literal[1]
    seed: int = parameter(
        0,
        label="Seed",
        help="Draws the initial weights, the order of the data and the dropout.",
        ge=0,
        le=SEED_LIMIT,
        step=1,
    )
    data: DataSpec
    network: tuple[LayerSpec, ...] = Field(default=(), title="Layers", max_length=settings.max_layers)
    head: HeadChoice = HeadChoice()
    init: Init = Init()
    training: Training

    @field_validator("network")
    @classmethod
    def _not_too_deep(cls, network: tuple[Any, ...]) -> tuple[Any, ...]:
        count = 0
        for path, _layer in walk(network):
            count += 1
            if len(path) - 1 > settings.max_depth:
                raise ValueError(f"blocks can be nested {settings.max_depth} deep")
        if count > settings.max_layers:
            raise ValueError(f"{count} layers are too many; up to {settings.max_layers} are possible")
        return network

    @model_validator(mode="after")
    def _loss_fits(self) -> Experiment:
        task, loss = task_of(self.data), self.training.loss
        if task not in loss.tasks:
            other = "numbers" if task == "regression" else "classes"
            raise ValueError(f"{loss.label} does not fit this data, whose target is {other}")
        if not isinstance(self.data, CSV):
            head_of(self, classes=getattr(self.data, "classes", 2))
        return self

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form: equal for equal experiments."""
        return hashlib.sha256(self.to_link().encode()).hexdigest()

    def to_link(self) -> str:
        """The experiment as a short URL-safe text; `Experiment.from_link` reads it back to an equal one."""
        return encode(self.model_dump(mode="json", exclude_defaults=True))

    @classmethod
    def from_link(cls, text: str) -> Experiment:
        """The experiment that `to_link` wrote.

        Raises LinkError where the text is no link, and pydantic.ValidationError where what it holds is no experiment.
        """
        return cls.model_validate(decode(text))

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
