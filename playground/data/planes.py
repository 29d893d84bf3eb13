"""The plane a person picks to look at a table in: its principal components, or two of its inputs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from playground.data.cache import ByteCache
from playground.data.dataset import Dataset, Plane
from playground.data.pca import interval
from playground.experiment.entry import Model

MOST_INPUTS = 100_000
"""Beyond any table: only that a number from a stranger is one."""


MANY_VALUES = 10
"""Points of an input with fewer values lie in rows, one on another."""


class PlaneChoice(Model):
    """Which plane. Of kind "features": x and y are places in `Dataset.inputs`; all others stand still, at their mean
    over the training rows or, with a `row`, at what they are in that training row (from 0).
    """

    kind: Literal["pca", "features"] = "pca"
    x: int = Field(0, ge=0, le=MOST_INPUTS)
    y: int = Field(1, ge=0, le=MOST_INPUTS)
    row: int | None = Field(None, ge=0, le=MOST_INPUTS)

    @model_validator(mode="after")
    def _two_inputs(self) -> PlaneChoice:
        if self.x == self.y:
            raise ValueError("the two inputs of a plane must be different ones")
        return self

    def fits(self, dataset: Dataset) -> bool:
        """Whether `dataset` has this plane: it is a table drawn in a plane, and has these inputs and this row."""
        if dataset.plane.kind != "pca":
            return False
        inputs_there = max(self.x, self.y) < len(dataset.inputs)
        return self.kind == "pca" or (inputs_there and (self.row or 0) < len(dataset.x_train))


def first_inputs(dataset: Dataset) -> tuple[int, int]:
    """Two inputs to begin with: the first that take MANY_VALUES and more, not words and switches.

    dataset: with at least two inputs. Its first training rows are enough to tell.
    """
    inputs, rows = range(len(dataset.inputs)), dataset.x_train[:200]
    many = [i for i in inputs if len(np.unique(rows[:, i])) >= MANY_VALUES]
    x, y = (many + [i for i in inputs if i not in many])[:2]
    return min(x, y), max(x, y)


_kept: ByteCache[Dataset] = ByteCache(64 * 1024**2)


def on_plane(dataset: Dataset, choice: PlaneChoice | dict | None) -> Dataset:
    """`dataset` as it lies on the chosen plane: the same rows, with that plane and their points there.

    None is the plane that it came with. Points are the rows' own values of the two inputs, whatever their others are.
    The same question gives the same object, so that what is worked out for a plane once need not be again. Raises
    ValueError where the data set has no such plane.
    """
    choice = None if choice is None else PlaneChoice.model_validate(choice)
    if choice is None:
        return dataset
    if not choice.fits(dataset):
        raise ValueError(f"This data has no plane {choice.model_dump()}: {_what_there_is(dataset)}.")
    if choice.kind == "pca":
        return dataset
    # The data set is part of the key, so it stays alive while what was made of it is kept.
    return _kept.get((dataset, choice), partial(_of_two_inputs, dataset, choice))


def _what_there_is(dataset: Dataset) -> str:
    if dataset.plane.kind != "pca":
        return "only a table with several inputs can be looked at in several planes"
    return f"it has {len(dataset.inputs):,} inputs and {len(dataset.x_train):,} training rows, counted from 0"


def _of_two_inputs(dataset: Dataset, choice: PlaneChoice) -> Dataset:
    axes = [choice.x, choice.y]
    means, deviations = dataset.input_scale or (np.zeros(len(dataset.inputs)), np.ones(len(dataset.inputs)))
    rest = dataset.x_train.mean(axis=0, dtype=np.float64) if choice.row is None else dataset.x_train[choice.row]
    train_points, test_points = (
        (rows[:, axes] * deviations[axes] + means[axes]).astype(np.float32)
        for rows in (dataset.x_train, dataset.x_test)
    )
    both = np.concatenate([train_points, test_points])
    plane = Plane(
        "features",
        tuple(interval(both[:, axis]) for axis in range(2)),
        (dataset.inputs[choice.x], dataset.inputs[choice.y]),
        partial(_embed, rest=rest, axes=axes, means=means[axes], deviations=deviations[axes]),
    )
    return replace(dataset, plane=plane, train_points=train_points, test_points=test_points)


def _embed(
    points: np.ndarray, rest: np.ndarray, axes: list[int], means: np.ndarray, deviations: np.ndarray
) -> np.ndarray:
    inputs = np.tile(rest, (len(points), 1)).astype(np.float32)
    inputs[:, axes] = (points - means) / deviations
    return inputs
