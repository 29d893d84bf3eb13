"""The columns of a table: what each holds, as numbers or as levels."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.data.csv import Grid
from playground.data.errors import TableError
from playground.data.names import clean, unique
from playground.data.values import NO, YES, is_date, is_missing, numbers

Kind = Literal["number", "boolean", "category", "date", "text", "empty"]

FEW_LEVELS = 20
"""Text with at most so many different values is always a category, and one-hot coding keeps at most so many."""

MOST_LEVELS = 1_000
LONG_TEXT = 40
MOSTLY = 0.95
"""Share of numbers (or dates) that makes a column one; the few cells that are none then count as missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of n rows.

    kind: "number"; "boolean" (yes or no, in words); "category" (text with few values); "date" and "text" (treated
    like categories where a person insists); "empty" (no value at all).
    values: for a number (n,) float64 with NaN where missing; otherwise (n,) int32 places in `levels`, -1 where
    missing.
    """

    name: str
    kind: Kind
    values: np.ndarray
    levels: tuple[str, ...] = ()
    note: str = ""
    """What a person should know about how it was read; mostly empty."""

    @property
    def is_missing(self) -> np.ndarray:
        """(n,) bool: the rows without a value."""
        return np.isnan(self.values) if self.kind == "number" else self.values < 0

    @property
    def missing(self) -> int:
        """How many rows have no value."""
        return int(self.is_missing.sum())

    @property
    def distinct(self) -> int:
        """How many different values there are, missing ones not counted."""
        return len(np.unique(self.values[~self.is_missing]))

    def text(self, row: int) -> str:
        """The value of one row as it can be shown; empty where missing."""
        value = self.values[row]
        if self.kind == "number":
            return "" if np.isnan(value) else number_text(value)
        return "" if value < 0 else self.levels[value]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of the same number of rows, with unique names."""

    columns: tuple[Column, ...]
    rows: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def nbytes(self) -> int:
        """Roughly the memory it takes."""
        levels = sum(80 + len(level) for column in self.columns for level in column.levels)
        return levels + sum(column.values.nbytes for column in self.columns)

    def column(self, name: str, field: str = "columns") -> Column:
        """The column of that name. Raises TableError (at `field`) where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise TableError(f"The table has no column {name!r}. It has: {_some(self.names)}.", field)

    def preview(self, rows: int = 5) -> list[dict[str, str]]:
        """The first rows as {column name: text}."""
        return [{column.name: column.text(row) for column in self.columns} for row in range(min(rows, self.rows))]


def table_of(grid: Grid) -> Table:
    """The columns of a file, each read as what fits it best."""
    cells_by_column = list(zip(*grid.rows, strict=True))
    columns = tuple(
        column_of(name, cells, comma_separated=grid.delimiter == ",")
        for name, cells in zip(grid.names, cells_by_column, strict=True)
    )
    return Table(columns, len(grid.rows))


def column_of(name: str, cells: Sequence[str], *, comma_separated: bool = True) -> Column:
    """Read the cells of one column: numbers if (almost) all are, else yes or no, dates, categories or text."""
    # Everything is decided on the distinct cells, of which a large table has far fewer.
    stripped = [cell.strip() for cell in cells]
    counts = Counter(stripped)
    present = [cell for cell in counts if not is_missing(cell)]
    if not present:
        return Column(name, "empty", np.full(len(cells), -1, dtype=np.int32))
    filled = sum(counts[cell] for cell in present)

    values = numbers(present, comma_separated=comma_separated)
    others = [cell for cell, value in zip(present, values, strict=True) if value is None]
    strays = sum(counts[cell] for cell in others)
    if strays <= (1 - MOSTLY) * filled:
        return _number_column(name, stripped, dict(zip(present, values, strict=True)), others, strays)
    return _level_column(name, stripped, present, filled)


def _number_column(
    name: str, cells: list[str], values: dict[str, float | None], others: list[str], strays: int
) -> Column:
    known = {cell: value for cell, value in values.items() if value is not None}
    note = ""
    if strays:
        word = "cell is no number and counts" if strays == 1 else "cells are no numbers and count"
        note = f"{strays:,} {word} as missing: {_some([clean(cell, 20) for cell in others])}"
    return Column(name, "number", np.array([known.get(cell, np.nan) for cell in cells]), note=note)


def _level_column(name: str, cells: list[str], present: list[str], filled: int) -> Column:
    kind = _kind_of_levels(present, filled)
    if kind == "boolean":
        # "Yes" and "yes" are one level; no comes before yes, so that its number is 1.
        spelling = {cell.lower(): cell for cell in sorted(present, reverse=True)}
        ordered = sorted(spelling, key=lambda word: word in YES)
        place = {cell: ordered.index(cell.lower()) for cell in present}
        levels = tuple(spelling[word] for word in ordered)
    else:
        ordered = sorted(present)
        place = {cell: index for index, cell in enumerate(ordered)}
        levels = unique(clean(cell) or "(invisible)" for cell in ordered)
    codes = np.array([place.get(cell, -1) for cell in cells], dtype=np.int32)
    return Column(name, kind, codes, levels)


def _kind_of_levels(present: list[str], filled: int) -> Kind:
    words = {cell.lower() for cell in present}
    if len(words) == 2 and words & YES and words & NO:
        return "boolean"
    if sum(is_date(cell) for cell in present) >= MOSTLY * len(present):
        return "date"
    if len(present) <= FEW_LEVELS:
        return "category"
    wordy = sum(len(cell) for cell in present) / len(present) > LONG_TEXT
    many = len(present) > filled / 2 or len(present) > MOST_LEVELS
    return "text" if many or wordy else "category"


def number_text(value: float) -> str:
    """A number as short as it can be written: 3 rather than 3.0."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.12g}"


def _some(names: Sequence[str], most: int = 8) -> str:
    listed = ", ".join(repr(name) for name in names[:most])
    return listed + (f" and {len(names) - most:,} more" if len(names) > most else "")
