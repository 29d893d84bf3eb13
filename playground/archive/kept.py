"""A run as the archive has it, checked when it is read; and as it is given to the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import orjson
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter

from playground.experiment import Experiment

MOST_COLUMNS = 32
LARGEST = 256 * 1024 * 1024
"""Bytes of one checkpoint, or one history, that are read at most."""
LONGEST_EXPERIMENT = 1024 * 1024

State = Literal["ready", "playing", "paused", "finished", "diverged", "lost"]

_COLUMN_NAMES = TypeAdapter(list[str])


class KeptRun(BaseModel):
    """One run of a person as it was when it was last saved. What is large (history, checkpoint) is asked for apart."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Its name in the archive, unguessable; each training (another experiment under the same address) has its own."""
    run_id: str
    """The id in the address of the page under which it was trained last."""
    person: str
    parent: str | None = None
    """The kept run that it was forked from."""
    name: str = ""
    """What the person calls it; empty until they do."""
    starred: bool = False
    created: FiniteFloat
    """Seconds since 1970; so are the other times."""
    updated: FiniteFloat
    deleted: FiniteFloat | None = None
    """When it was deleted; it can be restored for a day."""
    experiment: Experiment
    """As it is trained now, with all changes that were made on the way."""
    device: str
    """What was asked for, as `Hub.create` takes it; so is the engine."""
    engine: str
    state: State
    """ready, paused, finished, diverged or lost. Only of a run that the server has right now it may be playing."""
    step: int = Field(ge=0)
    epoch: FiniteFloat = Field(ge=0)
    train_loss: FiniteFloat | None = None
    test_loss: FiniteFloat | None = None
    metric: str = ""
    """What is measured beside the loss, as a person reads it: "accuracy" or "R²"."""
    train_metric: FiniteFloat | None = None
    test_metric: FiniteFloat | None = None
    bytes: int = Field(ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be kept of a run. again: it began again just as before, so that it takes the place of what was there,
    unless a person cares for that. history: float64, one of `columns` after another."""

    id: str
    run_id: str
    person: str
    created: float
    updated: float
    experiment: Experiment
    device: str
    engine: str
    status: bytes
    """The status of `playground.runs.status`, as JSON."""
    columns: tuple[str, ...]
    history: bytes
    checkpoint: bytes
    parent: str | None = None
    again: bool = False

    @property
    def bytes(self) -> int:
        """What it takes in the database, about."""
        return len(self.history) + len(self.checkpoint)

    def row(self) -> dict[str, Any]:
        """The columns of the table of runs that change while it trains."""
        status = orjson.loads(self.status)
        metric = status.get("metric") or {}
        return {
            "run_id": self.run_id,
            "updated": self.updated,
            "experiment": self.experiment.model_dump_json(),
            "device": self.device,
            "engine": self.engine,
            "state": "paused" if status["state"] == "playing" else status["state"],
            "step": status["step"],
            "epoch": status["epoch"],
            "train_loss": status["train_loss"],
            "test_loss": status["test_loss"],
            "metric": metric.get("name", ""),
            "train_metric": metric.get("train"),
            "test_metric": metric.get("test"),
            "bytes": self.bytes,
        }

    def first_row(self) -> dict[str, Any]:
        """The columns that are set once."""
        return {"id": self.id, "person": self.person, "parent": self.parent, "created": self.created}

    def state(self) -> dict[str, Any]:
        """The columns of the table of states."""
        return {
            "columns": orjson.dumps(self.columns).decode(),
            "history": self.history,
            "checkpoint": self.checkpoint,
        }


def kept_run(row: Mapping[str, Any]) -> KeptRun:
    """A row of the table of runs. Raises ValueError where it is damaged."""
    return KeptRun.model_validate({**row, "experiment": _experiment(row["experiment"])})


def history_of(columns: str, data: bytes) -> dict[str, np.ndarray]:
    """The history by column, (rows,) float64 each, read-only. Raises ValueError where it is damaged."""
    names = _COLUMN_NAMES.validate_json(columns)
    if not 1 <= len(names) <= MOST_COLUMNS or len(set(names)) != len(names) or len(data) % (8 * len(names)):
        raise ValueError("the history is damaged")
    table = np.frombuffer(data, dtype="<f8").reshape(len(names), -1)
    return dict(zip(names, table, strict=True))


@lru_cache(maxsize=2048)  # a list of runs is read again and again, and most do not change
def _experiment(text: str) -> Experiment:
    if len(text) > LONGEST_EXPERIMENT:
        raise ValueError("the experiment is too long")
    return Experiment.model_validate_json(text)
