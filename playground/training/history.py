"""What was measured along a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


class History:
    """Columns of numbers, a row for each recorded step, in the order of steps."""

    def __init__(self, metric: str) -> None:
        self.columns = ("step", "epoch", "train_loss", "test_loss", f"train_{metric}", f"test_{metric}", "lr")
        self._table = np.empty((len(self.columns), 256))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def last_step(self) -> int:
        """The last recorded step, -1 for none."""
        return int(self._table[0, self._count - 1]) if self._count else -1

    def add(self, row: tuple[float, ...]) -> None:
        """Append a row; its step is later than all others."""
        if self._count == self._table.shape[1]:
            self._table = np.concatenate([self._table, np.empty_like(self._table)], axis=1)
        self._table[:, self._count] = row
        self._count += 1

    def extend(self, rows: np.ndarray) -> None:
        """Append rows (n, columns), of later and later steps."""
        count = self._count + len(rows)
        while count > self._table.shape[1]:
            self._table = np.concatenate([self._table, np.empty_like(self._table)], axis=1)
        self._table[:, self._count : count] = rows.T
        self._count = count

    def since(self, count: int = 0) -> dict[str, np.ndarray]:
        """All columns (float64) without the first `count` rows: read-only views, made at no cost."""
        table = self._table[:, min(count, self._count) : self._count]
        table.flags.writeable = False
        return dict(zip(self.columns, table, strict=True))

    def at(self, step: int) -> dict[str, float] | None:
        """The latest row at or before `step`, by column; None where there is none."""
        index = self._after(step) - 1
        return dict(zip(self.columns, self._table[:, index].tolist(), strict=True)) if index >= 0 else None

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        self._count = self._after(step)

    def frame(self) -> pd.DataFrame:
        """All rows as a pandas DataFrame; `step` is int64."""
        import pandas as pd  # only here: a worker does not need it

        return pd.DataFrame({name: column.copy() for name, column in self.since().items()}).astype({"step": np.int64})

    def table(self) -> np.ndarray:
        """All rows: (rows, columns) float64, a copy."""
        return np.ascontiguousarray(self._table[:, : self._count].T)

    def load(self, table: np.ndarray) -> None:
        """Hold the rows of `table`, as `table()` gave it, and nothing else."""
        self._count = len(table)
        self._table = np.empty((len(self.columns), max(256, 2 * len(table))))
        self._table[:, : len(table)] = table.T

    def _after(self, step: int) -> int:
        return int(np.searchsorted(self._table[0, : self._count], step, side="right"))
