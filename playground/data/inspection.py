"""What can be done with a table: a target and a task proposed, and which columns are no use as inputs, and why."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.data import csv
from playground.data.columns import Column, Table, table_of
from playground.data.dataset import Task
from playground.data.errors import TableError
from playground.settings import Settings

MOST_CLASSES = 20
FEW_NUMBERS = 10
"""A target of whole numbers with at most so many different values is proposed as classes."""

LEAST_ROWS_FOR_ID = 8

_TARGET_NAMES = (
    "target", "label", "labels", "class", "classes", "y", "outcome", "output", "result", "species", "diagnosis",
    "survived", "churn", "category", "quality", "price", "response",
)  # fmt: skip
_ID_NAME = re.compile(r"(id|idx|index|row|no|nr|number|key|uuid|guid)|.*[_\s-](id|no|nr|key)", re.IGNORECASE)
_CAMEL_ID = re.compile(r".*[a-z](Id|ID)")


@dataclass(frozen=True, slots=True)
class Advice:
    """One column as a form shows it. use: an input by default; reason: why not, or empty."""

    name: str
    kind: str
    missing: int
    distinct: int
    use: bool
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to predict, how, and from which columns. `columns` leaves out the target and all unfit ones."""

    target: str
    task: Task
    columns: tuple[str, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """An uploaded file as it was understood: the table, how it was written, and the proposal."""

    table: Table
    header: bool
    delimiter: Literal["comma", "semicolon", "tab", "vertical bar"]
    encoding: str
    proposal: Proposal


def inspect(data: bytes, *, header: bool | None = None, settings: Settings | None = None) -> Inspection:
    """Read an uploaded file and say what could be done with it. Raises TableError where nothing can."""
    grid = csv.read(data, header=header, settings=settings)
    table = table_of(grid)
    delimiter = csv.DELIMITERS[grid.delimiter]
    return Inspection(table, grid.header, delimiter, grid.encoding, propose(table))


def propose(table: Table) -> Proposal:
    """The target, task and inputs that make most sense.

    The target is a column whose name says so, else the last one that can be predicted. Raises TableError where
    no column can be, or none is left to predict it from.
    """
    unfit = {column.name: why_not(column) for column in table.columns}
    target = _target(table, unfit)
    task = task_for(target)
    columns = tuple(name for name, reason in unfit.items() if not reason and name != target.name)
    if not columns:
        raise TableError(
            f"Only the column {target.name!r} can be learned from; at least one more is needed to predict it from. "
            + " ".join(f"{name!r} {reason}." for name, reason in list(unfit.items())[:5] if reason)
        )
    advice = tuple(_advice(column, unfit[column.name], column is target) for column in table.columns)
    return Proposal(target.name, task, columns, advice)


def why_not(column: Column) -> str:
    """Why a column is left out of the inputs by default; empty where it is not."""
    if column.kind == "empty":
        return "has no values"
    if column.distinct == 1:
        return "has the same value in every row"
    if column.kind == "date":
        return "holds dates or times"
    if is_identifier(column):
        return "only numbers the rows"
    if column.kind == "text":
        return f"is free text: {column.distinct:,} different values"
    return ""


def is_identifier(column: Column) -> bool:
    """Whether a column tells rows apart and says nothing else: 1, 2, 3, ... or distinct under a name like "id"."""
    values = column.values[~column.is_missing]
    if len(values) < LEAST_ROWS_FOR_ID or len(np.unique(values)) < len(values):
        return False
    named = (_ID_NAME.fullmatch(column.name) or _CAMEL_ID.fullmatch(column.name)) is not None
    if column.kind != "number":
        return named
    if not np.all(values == np.floor(values)):
        return False
    return named or bool(np.all(np.diff(values) == 1))


def task_for(target: Column) -> Task:
    """Classification for words, and for whole numbers of which only a few different ones come often."""
    if target.kind != "number":
        return "classification"
    values = target.values[~target.is_missing]
    whole = bool(np.all(values == np.floor(values)))
    few = target.distinct <= min(FEW_NUMBERS, max(2, len(values) // 3))
    return "classification" if whole and few else "regression"


def _target(table: Table, unfit: dict[str, str]) -> Column:
    fit = [column for column in table.columns if not unfit[column.name] and _predictable(column)]
    if not fit:
        reasons = "; ".join(f"{name!r} {reason}" for name, reason in list(unfit.items())[:5] if reason)
        raise TableError(f"No column can be predicted: {reasons or 'all have too many different values'}.", "target")
    named = [column for word in _TARGET_NAMES for column in fit if column.name.lower() == word]
    return named[0] if named else fit[-1]


def _predictable(column: Column) -> bool:
    return column.kind == "number" or column.distinct <= MOST_CLASSES


def _advice(column: Column, reason: str, is_target: bool) -> Advice:
    use = not reason and not is_target
    reason = "is the target" if is_target else reason
    return Advice(column.name, column.kind, column.missing, column.distinct, use, reason, column.note)
