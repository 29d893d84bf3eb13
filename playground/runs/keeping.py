"""What is known of how one run is kept over restarts of the server. Guarded by the hub's lock."""

from __future__ import annotations

import math
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.archive.kept import Entry, KeptRun
from playground.experiment import Experiment
from playground.runs import messages
from playground.runs.controls import BY_HAND, TELEPORT

if TYPE_CHECKING:
    from playground.runs.records import Record

ALTERING = frozenset({*BY_HAND, TELEPORT, "update", "load_weights"})
"""What is done to a run that its experiment as it was does not say."""


@dataclass(slots=True)
class Keeping:
    """One training of a person's run. Another experiment under the same address is another training."""

    person: str
    parent: str | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    created: float = field(default_factory=time.time)
    trained: bool = False
    """Whether it has taken a step; before that there is nothing worth keeping."""
    again: bool = False
    """Whether it began again, so that the same steps come again."""
    altered: bool = False
    """Whether it is no longer what its experiment alone would make of it."""
    over: bool = False
    """Whether the archive cannot hold it."""
    written: float = -math.inf
    """When it was kept last, in `time.monotonic` seconds."""

    @classmethod
    def of(cls, kept: KeptRun) -> Keeping:
        """That of a run that the archive has, taken up again."""
        return cls(kept.person, kept.parent, kept.id, kept.created, trained=kept.step > 0, altered=True)

    def after_reset(self) -> Keeping:
        """That of what comes after a way back to the beginning: where the same steps come again it is this one; a
        person who presses reset ten times has trained one network."""
        return Keeping(self.person) if self.altered or self.over else self._again(altered=False)

    def after_rebuild(self, inherit: bool) -> Keeping:
        """That of another experiment; where it goes on with the weights (points were painted) it is this one."""
        return self._again(altered=True) if inherit and not self.over else Keeping(self.person)

    def _again(self, altered: bool) -> Keeping:
        self.again, self.altered = self.trained, altered
        return self


@dataclass(frozen=True, slots=True)
class Former:
    """A training that gave way to another, while its worker may still tell its last steps."""

    keeping: Keeping
    revision: int
    experiment: Experiment
    device: str
    engine: str

    @classmethod
    def of(cls, record: Record) -> Former:
        """The present training of a run."""
        return cls(record.keeping, record.revision, record.experiment, record.device, record.engine)

    def entry(self, run_id: str, header: dict[str, Any], payload: memoryview) -> Entry:
        """What is to be kept of it, by its worker's last ``checkpoint`` message."""
        status, checkpoint, history = messages.split_pieces(payload, header["lengths"])
        return Entry(
            id=self.keeping.id,
            run_id=run_id,
            person=self.keeping.person,
            parent=self.keeping.parent,
            created=self.keeping.created,
            updated=time.time(),
            experiment=self.experiment,
            device=self.device,
            engine=self.engine,
            status=status,
            columns=tuple(header["columns"]),
            history=history,
            checkpoint=checkpoint,
            again=self.keeping.again,
        )


def entry_of(record: Record) -> Entry | None:
    """What is to be kept of a run as it was saved last; None where it has not trained, or is nobody's."""
    keeping = record.keeping
    if keeping is None or keeping.over or not keeping.trained or record.checkpoint is None or not record.saved_step:
        return None
    return Entry(
        id=keeping.id,
        run_id=record.id,
        person=keeping.person,
        parent=keeping.parent,
        created=keeping.created,
        updated=time.time(),
        experiment=record.saved_experiment or record.experiment,
        device=record.device,
        engine=record.engine,
        status=record.saved_status,
        columns=record.columns,
        history=record.history,
        checkpoint=record.checkpoint,
        again=keeping.again,
    )
