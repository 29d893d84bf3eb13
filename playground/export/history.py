"""The history of a run as a table: CSV, as every spreadsheet and `pandas.read_csv` take it."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

WHOLE = ("step",)
"""Columns of whole numbers."""


def write(trainer: Any) -> bytes:
    """The run's history as CSV in UTF-8: a line of names, then a line a record, in the order of steps.

    Columns as in `Trainer.history`: step, epoch, train_loss, test_loss, train_<metric>, test_<metric>, lr. Numbers are
    written so that reading them gives the same float64 back; what was not measured is an empty field. Some thousand
    lines at most: records come at every step up to 255, then 128 in an octave of steps.
    """
    columns = trainer.recorded()
    fields = [_texts(name, values.tolist()) for name, values in columns.items()]
    lines = io.StringIO(newline="")
    table = csv.writer(lines)
    table.writerow(columns)
    table.writerows(zip(*fields, strict=True))
    return lines.getvalue().encode()


def _texts(name: str, values: list[float]) -> list[str]:
    if name in WHOLE:
        return [str(int(value)) for value in values]
    return ["" if math.isnan(value) else repr(value) for value in values]
