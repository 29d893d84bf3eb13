"""From the columns of a table to a data set: rows dropped, split, encoded, labelled wrong, balanced, drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from playground.data.columns import Column, number_text
from playground.data.dataset import Dataset, Plane, Task
from playground.data.encode import Encoded, Missing, encode, scale
from playground.data.errors import TableError
from playground.data.inspection import MOST_CLASSES
from playground.data.pca import interval, principal_plane
from playground.data.split import balanced, mislabelled, shuffled, stratified
from playground.experiment.randomness import generator
from playground.settings import Settings
from playground.settings import settings as default_settings

MOST_VALUES = 10_000_000
"""Inputs times rows of one training or test part: 40 MB."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a table is prepared; the fields are those of the table's description in the experiment."""

    task: Task
    test_fraction: float
    seed: int
    missing: Missing = "drop"
    balance: bool = False
    label_noise: float = 0.0
    settings: Settings = field(default=default_settings)


def prepare(columns: Sequence[Column], target: Column, recipe: Recipe) -> Dataset:
    """The data set that predicts `target` from `columns` (all of the same n rows).

    Raises TableError, at the field of the description that would have to change.
    """
    columns, target, notes = _complete_rows(columns, target, recipe.missing)
    if recipe.task == "classification":
        labels, classes = class_labels(target)
        train, test = stratified(_rng(recipe, "split"), labels, recipe.test_fraction)
        y_train, y_test, target_scale = labels[train], labels[test], (0.0, 1.0)
    else:
        classes = ()
        values = _regression_values(target)
        train, test = shuffled(_rng(recipe, "split"), len(values), recipe.test_fraction)
        target_scale = scale(values[train])
        scaled = ((values - target_scale[0]) / target_scale[1]).astype(np.float32)
        y_train, y_test = scaled[train], scaled[test]

    inputs, names, *input_scale = _inputs(columns, train, recipe)
    x_train, x_test = inputs[train], inputs[test]
    if recipe.task == "regression" and len(names) == 1:
        plane, points = _line(x_train, x_test, names[0], target.name, y_train, y_test)
    else:
        plane, *points = principal_plane(x_train, x_test)

    if recipe.label_noise and classes:
        y_train = mislabelled(_rng(recipe, "label noise"), y_train, recipe.label_noise, len(classes))
    if recipe.balance and classes:
        rows = balanced(_rng(recipe, "balance"), y_train, MOST_VALUES // len(names))
        x_train, y_train, points[0] = x_train[rows], y_train[rows], points[0][rows]
    return Dataset(
        task=recipe.task, classes=classes, inputs=names, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test,
        train_points=points[0], test_points=points[1], plane=plane, target=target.name, target_scale=target_scale,
        input_scale=(input_scale[0], input_scale[1]), notes=notes,
    )  # fmt: skip


def class_labels(target: Column) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class indices (n,) int64 of a target without gaps, and the class names: those that occur, in order.

    Raises TableError where there is one class only, or more than MOST_CLASSES.
    """
    found, labels = np.unique(target.values, return_inverse=True)
    if len(found) < 2:
        raise TableError(
            f"The target {target.name!r} is {target.text(0)!r} in every row that can be used, so there is nothing "
            "to tell apart. Choose another target.",
            "target",
        )
    if len(found) > MOST_CLASSES:
        better = "predict it as a number" if target.kind == "number" else "choose another target"
        raise TableError(
            f"The target {target.name!r} has {len(found):,} different values; at most {MOST_CLASSES} classes are "
            f"possible. Instead, {better}.",
            "as_task" if target.kind == "number" else "target",
        )
    names = (number_text(value) if target.kind == "number" else target.levels[value] for value in found)
    return labels.astype(np.int64), tuple(names)


def _regression_values(target: Column) -> np.ndarray:
    if target.kind != "number":
        raise TableError(
            f"The target {target.name!r} holds words, not numbers. Predict it as classes, or choose another target.",
            "as_task",
        )
    if np.ptp(target.values) == 0:
        raise TableError(
            f"The target {target.name!r} is {target.text(0)} in every row that can be used, so there is nothing to "
            "predict. Choose another target.",
            "target",
        )
    return target.values


def _complete_rows(
    columns: Sequence[Column], target: Column, missing: Missing
) -> tuple[Sequence[Column], Column, tuple[str, ...]]:
    """The rows that can be used: those with a target and, if so chosen, without any gap."""
    for column in columns:
        if column.kind == "empty":
            raise TableError(f"The column {column.name!r} has no values. Leave it out.", "columns")
    keep = ~target.is_missing
    notes = []
    if without_target := int((~keep).sum()):
        notes.append(f"{_rows(without_target)} without a value of {target.name!r} left out")
    if not keep.any():
        raise TableError(f"The target {target.name!r} has no values. Choose another target.", "target")
    if missing == "drop":
        complete = keep & ~np.any([column.is_missing for column in columns], axis=0)
        if with_gaps := int(keep.sum() - complete.sum()):
            notes.append(f"{_rows(with_gaps)} with missing values left out")
        keep = complete
    if keep.sum() < 2:
        if missing == "drop":
            raise TableError(
                f"Only {_rows(int(keep.sum()))} left when rows with missing values are dropped. Fill them instead, "
                "or leave out the columns with many.",
                "missing",
            )
        raise TableError(f"Only one row has a value of {target.name!r}. Choose another target.", "target")
    return [_kept(column, keep) for column in columns], _kept(target, keep), tuple(notes)


def _inputs(columns: Sequence[Column], train: np.ndarray, recipe: Recipe) -> Encoded:
    encoded = encode(columns, train, recipe.missing, recipe.settings.csv_columns)
    inputs, names = encoded.inputs, encoded.names
    if not names:
        raise TableError("The chosen columns have no values in the training part. Choose others.", "columns")
    if inputs.size > MOST_VALUES:
        raise TableError(
            f"{len(inputs):,} rows with {len(names):,} inputs each are too many; {MOST_VALUES // len(inputs):,} inputs "
            "are possible with so many rows. Leave some columns out.",
            "columns",
        )
    return encoded


def _line(
    train: np.ndarray, test: np.ndarray, name: str, target: str, y_train: np.ndarray, y_test: np.ndarray
) -> tuple[Plane, list[np.ndarray]]:
    """A single input needs no plane: its own axis, and the target's across."""
    domain = (interval(np.concatenate([train, test])[:, 0]), interval(np.concatenate([y_train, y_test])))
    return Plane("line", domain, (name, target), partial(np.array, dtype=np.float32)), [train, test]


def _kept(column: Column, keep: np.ndarray) -> Column:
    if keep.all():
        return column
    return Column(column.name, column.kind, column.values[keep], column.levels, column.note)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _rng(recipe: Recipe, purpose: str) -> np.random.Generator:
    return generator(recipe.seed, "data", purpose)
