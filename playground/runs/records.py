"""What the hub remembers of each run. Everything here is guarded by the hub's lock."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from playground.experiment import Experiment
from playground.runs import messages
from playground.runs.views import Key

if TYPE_CHECKING:
    from playground.runs.keeping import Former, Keeping
    from playground.runs.subscription import Subscription


class ServerFull(ValueError):
    """There is no room for another run; the message says so in plain words."""


@dataclass(frozen=True)
class RunInfo:
    """A run as the pages see it; a snapshot, a second old at most while nobody watches it."""

    id: str
    experiment: Experiment
    revision: int
    """Counts the rebuilds: another network or other data under the same id."""
    state: str
    """ready, playing, paused, finished, diverged or lost."""
    step: int
    epoch: float
    speed: float | None
    """Steps per second; None for as fast as it goes."""
    engine: str | None
    device: str | None
    notice: dict[str, Any] | None
    """level (info, warning, error), text, id."""
    viewers: int
    loaded: bool
    """Whether it has a place in a worker right now."""
    status: dict[str, Any]
    """Everything that the status of a frame says."""


class Command(NamedTuple):
    """Something that was asked of a run and that no checkpoint includes yet."""

    seq: int
    message: bytes
    op: str
    value: Any


@dataclass(slots=True)
class Picture:
    """One view as the worker encoded it last, and the status that belongs to it."""

    version: list[int]
    step: int
    frame: bytes
    error: bool
    status: bytes
    news: int


@dataclass(slots=True)
class Base:
    """The part of a view that does not move; ``rev`` is the number by which viewers know it."""

    rev: int
    data: bytes


@dataclass(eq=False, slots=True)
class Record:
    """One run."""

    id: str
    experiment: Experiment
    device: str
    engine: str
    revision: int = 1

    # where it is
    slot: int | None = None
    leaving: bool = False  # told to leave its worker; its last checkpoint is on the way
    wanted: bool = False  # somebody waits for it to have a place
    lost: bool = False  # stopped by an error: only a reset or another experiment starts it again

    # how it goes on after a worker's death
    checkpoint: bytes | None = None
    saved_step: int = 0
    generation: int = 0
    # what belongs to the checkpoint: experiment, status, and history as float64, column after column
    saved_experiment: Experiment | None = None
    saved_status: bytes = b""
    columns: tuple[str, ...] = ()
    history: bytes = b""
    former: "Former | None" = None  # the training before this one, as long as its last steps may be on the way
    keeping: "Keeping | None" = None  # None: nobody's, and gone with the server
    landmarks: dict[str, bytes] = field(default_factory=dict)  # weights kept beside it, as files, by name
    previous: bytes | None = None  # without a checkpoint: that of the run whose weights this one starts from
    playing: bool = False
    goal: int | None = None
    speed: float | None = None
    seq: int = 0  # commands given so far
    saved_seq: int = 0  # commands that the checkpoint includes
    pending: deque[Command] = field(default_factory=deque)  # commands that it does not include
    crashes: list[float] = field(default_factory=list)

    # what viewers see
    status: bytes | None = None
    version: list[int] | None = None
    news: int = 0  # counts what every viewer should hear of, even one that watches no view
    notice: dict[str, Any] | None = None
    notices: int = 0
    pictures: dict[Key, Picture] = field(default_factory=dict)
    bases: dict[tuple[str, str], Base] = field(default_factory=dict)
    revs: int = 0
    asked: dict[Key, list[int] | None] | None = None  # what the worker was asked to draw and has not answered
    viewers: "set[Subscription]" = field(default_factory=set)
    touched: float = field(default_factory=time.monotonic)

    @property
    def saved_bytes(self) -> int:
        """What it takes of this process's memory while nobody looks."""
        return len(self.checkpoint or b"") + len(self.history) + sum(map(len, self.landmarks.values()))

    @property
    def housed(self) -> bool:
        """Whether it has a place in a worker."""
        return self.slot is not None and not self.leaving

    @property
    def will_play(self) -> bool:
        """Whether it plays once all commands given so far have taken effect."""
        playing = self.playing
        for command in self.pending:
            if command.op in ("play", "pause", "step", "epoch", "reset", "rewind"):
                playing = command.op == "play"
        return playing

    @property
    def will_speed(self) -> float | None:
        """The speed once all commands given so far have taken effect."""
        return next((command.value for command in reversed(self.pending) if command.op == "speed"), self.speed)

    def tell(self, level: str, text: str) -> None:
        """Show a notice to everybody who looks at this run."""
        self.notices += 1
        self.notice = {"level": level, "text": text, "id": self.notices}
        self.news += 1

    def forget_pictures(self) -> None:
        """After a rebuild nothing that was drawn is true any more."""
        self.pictures.clear()
        self.bases.clear()
        self.status = self.version = self.asked = None

    def command(self, kind: str, **header: Any) -> bytes:
        """A numbered command, remembered until a checkpoint includes it."""
        # As far as the hub has heard the run is; after a way back that it has not heard of yet, that says nothing.
        backwards = any(command.op in ("reset", "rewind") for command in self.pending)
        at = self.version[2] if self.version and not backwards else None
        self.seq += 1
        message = messages.pack(kind, run=self.id, seq=self.seq, at=at, **header)
        self.pending.append(Command(self.seq, message, header.get("op", kind), header.get("value")))
        return message

    def done_by(self, seq: int) -> list[str]:
        """The operations that no checkpoint included yet, up to the command ``seq``."""
        return [command.op for command in self.pending if command.seq <= seq]

    def take_checkpoint(self, header: dict[str, Any], payload: memoryview) -> None:
        """Remember a worker's ``checkpoint`` message."""
        status, self.checkpoint, self.history = messages.split_pieces(payload, header["lengths"])
        self.saved_status, self.columns = status, tuple(header["columns"])
        _, self.generation, self.saved_step = header["version"]
        self.previous = None
        self.saved_seq = header["seq"]
        self.playing, self.goal, self.speed = header["playing"], header["goal"], header["speed"]
        while self.pending and self.pending[0].seq <= self.saved_seq:
            self.pending.popleft()
        if not any(command.op == "update" for command in self.pending):
            self.saved_experiment = self.experiment
        if self.version != header["version"] or header["leaving"]:  # a frame's numbers are fresher
            self.status, self.version = status, header["version"]

    def load_message(self, inherit: bool = False) -> bytes:
        """What a worker needs to take this run up: its last checkpoint, or its experiment to begin with.

        inherit: the worker has the run whose weights this one starts from.
        """
        previous = b"" if inherit or self.checkpoint else self.previous or b""
        pieces = [self.experiment.model_dump_json().encode(), self.checkpoint or b"", previous]
        payload, lengths = messages.join_pieces(pieces)
        return messages.pack(
            "load",
            payload,
            lengths=lengths,
            inherit=inherit or bool(previous),
            farewell=self.former is not None,
            run=self.id,
            revision=self.revision,
            generation=self.generation,
            seq=self.saved_seq,
            playing=self.playing,
            goal=self.goal,
            speed=self.speed,
            device=self.device,
            engine=self.engine,
        )

    def status_json(self, status: bytes | None = None, at: int | None = None, moment: bytes = b"null") -> bytes:
        """A worker's status with what only the hub knows put in front; built by joining, not decoded."""
        status = status or self.status or self.unknown()
        if self.lost:
            status = orjson.dumps({**orjson.loads(status), "state": "lost"})
        head = orjson.dumps({"run": self.id, "rev": self.revision, "at": at, "notice": self.notice})
        return b"".join((head[:-1], b',"moment":', moment, b",", status[1:]))

    def info(self) -> RunInfo:
        """This run for the pages."""
        status = orjson.loads(self.status_json())
        return RunInfo(
            id=self.id,
            experiment=self.experiment,
            revision=self.revision,
            state=status["state"],
            step=status["step"],
            epoch=status["epoch"],
            speed=self.will_speed,
            engine=status["engine"],
            device=status["device"],
            notice=self.notice,
            viewers=len(self.viewers),
            loaded=self.housed,
            status=status,
        )

    def unknown(self) -> bytes:
        """The status of a run that no worker has reported on yet."""
        return orjson.dumps(
            {
                "state": "playing" if self.will_play else "ready",
                "step": 0,
                "epoch": 0.0,
                "steps_per_epoch": None,
                "steps_per_second": 0.0,
                "epochs_per_second": 0.0,
                "train_loss": None,
                "test_loss": None,
                "metric": None,
                "lr": None,
                "engine": None,
                "engine_reason": None,
                "device": None,
                "timeline": {"first": 0, "last": 0},
                "speed": self.will_speed,
                "seed": self.experiment.seed,
                "max_epochs": self.experiment.training.max_epochs,
                "divergence": None,
                "silenced": [],
                "frozen": [],
            }
        )
