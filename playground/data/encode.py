"""The columns of a table as a network's inputs: gaps filled, text one-hot, numbers standardised.

Every statistic (mean, median, most frequent value, levels, standard deviation) comes from the training rows alone:
a test part that has helped to scale the inputs no longer tells how the network does on data it has not seen.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from playground.data.columns import FEW_LEVELS, Column
from playground.data.errors import TableError

Missing = Literal["drop", "mean", "median", "most_frequent"]

OTHER = "other"
FURTHEST = 1e6
"""Standardised values are clipped here: only a test row that the training rows know nothing of comes near."""


class Encoded(NamedTuple):
    """The columns of a table as inputs.

    inputs: (n, d) float32; names: of the d inputs; means, deviations: (d,) float64, which lead back to the table's own
    numbers: value = mean + deviation * input. Of an input that is 0 or 1 they are 0 and 1.
    """

    inputs: np.ndarray
    names: tuple[str, ...]
    means: np.ndarray
    deviations: np.ndarray


def encode(columns: Sequence[Column], train: np.ndarray, missing: Missing, most_inputs: int) -> Encoded:
    """The inputs of all n rows; `train`: the rows that statistics are taken from.

    A number gives one input, standardised to mean 0 and standard deviation 1 over `train`; a boolean one, 0 or 1;
    any other one for each of its levels in `train`, "column = level", of which the FEW_LEVELS most frequent are
    kept and the rest, with levels unseen in `train`, become "column = other". Without such a rest, an unseen
    level is 0 in all. Numbers are filled by `missing`, text by the most frequent level.

    Raises TableError where that makes more than `most_inputs`.
    """
    blocks = [_Block(column, train, missing) for column in columns]
    width = sum(len(block.names) for block in blocks)
    if width > most_inputs:
        raise TableError(
            f"These columns make {width:,} inputs (text columns make one for each of their values); at most "
            f"{most_inputs:,} are possible. Leave some columns out.",
            "columns",
        )
    rows = len(columns[0].values)
    inputs = np.zeros((rows, width), dtype=np.float32)
    start = 0
    for block in blocks:
        block.write(inputs[:, start : start + len(block.names)])
        start += len(block.names)
    scales = np.array([block.scale for block in blocks for _ in block.names])
    return Encoded(inputs, tuple(name for block in blocks for name in block.names), *scales.T)


class _Block:
    """The inputs of one column: their names at once, their values when there is room to write them to."""

    def __init__(self, column: Column, train: np.ndarray, missing: Missing) -> None:
        self.column, self.train, self.missing = column, train, missing
        self.scale = (0.0, 1.0)
        """Mean and standard deviation that a number was scaled by, once it is written."""
        if column.kind == "number":
            self.names: tuple[str, ...] = (column.name,)
        elif column.kind == "boolean":
            self.names = (f"{column.name} = {column.levels[1]}",)
        else:
            self._keep_levels()

    def _keep_levels(self) -> None:
        counts = self._counts()
        seen = np.flatnonzero(counts)
        self.rest = len(seen) > FEW_LEVELS
        # The most frequent first, in the order of the levels where equally frequent; then back in that order.
        by_frequency = seen[np.argsort(-counts[seen], kind="stable")]
        self.kept = np.sort(by_frequency[:FEW_LEVELS])
        levels = [self.column.levels[code] for code in self.kept] + [OTHER] * self.rest
        self.names = tuple(f"{self.column.name} = {level}" for level in levels)

    def _counts(self) -> np.ndarray:
        codes = self.column.values[self.train]
        return np.bincount(codes[codes >= 0], minlength=max(len(self.column.levels), 1))

    def write(self, inputs: np.ndarray) -> None:
        if self.column.kind == "number":
            values = fill_numbers(self.column.values, self.train, self.missing)
            mean, deviation = self.scale = scale(values[self.train])
            inputs[:, 0] = np.clip((values - mean) / deviation, -FURTHEST, FURTHEST)
            return
        codes = self._filled_codes()
        if self.column.kind == "boolean":
            inputs[:, 0] = codes == 1
            return
        for place, code in enumerate(self.kept):
            inputs[:, place] = codes == code
        if self.rest:
            inputs[:, -1] = ~np.isin(codes, self.kept)

    def _filled_codes(self) -> np.ndarray:
        counts = self._counts()
        # Without any value in the training part there is nothing to fill with: the row stays 0 in all inputs.
        most_frequent = counts.argmax() if counts.any() else -1
        return np.where(self.column.values < 0, most_frequent, self.column.values)


def fill_numbers(values: np.ndarray, train: np.ndarray, missing: Missing) -> np.ndarray:
    """A copy of `values` (n,) float64 with its NaN filled from the rows `train`; 0 where these are all missing.

    "most_frequent" takes the smallest of those that are equally frequent. "drop" fills nothing: rows with gaps are
    gone before.
    """
    gaps = np.isnan(values)
    if not gaps.any() or missing == "drop":
        return values
    known = values[train]
    known = known[~np.isnan(known)]
    if len(known) == 0:
        return np.where(gaps, 0.0, values)
    if missing == "most_frequent":
        found, counts = np.unique(known, return_counts=True)
        fill = found[counts.argmax()]
    else:
        fill = np.median(known) if missing == "median" else known.mean()
    return np.where(gaps, fill, values)


def scale(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation (n in the denominator, as scikit-learn's StandardScaler) of `values` (n,).

    Where the values do not differ by more than rounding, the deviation is 1, so that dividing by it leaves zeros.
    """
    mean = values.mean()
    variance = np.square(values - mean).mean()
    rounding = len(values) * np.finfo(np.float64).eps
    if variance <= rounding * variance + (rounding * mean) ** 2 or variance == 0:
        return float(mean), 1.0
    return float(mean), float(np.sqrt(variance))
