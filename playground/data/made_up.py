"""Tables that nobody had to measure: flats and their prices, machines and their faults, from assets/tables."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from playground.data import csv
from playground.data.columns import Column, table_of
from playground.data.dataset import Task

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "tables"
"""Where the files are, and the script that makes them again."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A table of ours. file: its name; classes: in the order of their index, empty for a regression."""

    file: str
    task: Task
    target: str
    classes: tuple[str, ...]
    inputs: tuple[str, ...]

    def read(self) -> tuple[list[Column], Column]:
        """The input columns and the target."""
        table = table_of(csv.read((FOLDER / self.file).read_bytes()))
        inputs = [table.column(name) for name in self.inputs]
        target = table.column(self.target)
        if self.classes:
            place = np.array([self.classes.index(level) for level in target.levels], dtype=np.int32)
            target = Column(target.name, "category", place[target.values], self.classes)
        return inputs, target


MADE_UP: MappingProxyType[str, MadeUp] = MappingProxyType(
    {
        "flats": MadeUp(
            file="flats.csv",
            task="regression",
            target="price (thousand €)",
            classes=(),
            inputs=("size (m²)", "rooms", "distance to the centre (km)", "age (years)", "floor", "balcony"),
        ),
        "faults": MadeUp(
            file="faults.csv",
            task="classification",
            target="state",
            classes=("fine", "fault"),
            inputs=("temperature (°C)", "vibration (mm/s)", "load (%)", "hours since service"),
        ),
    }
)
