"""Which worker has which run: places, idle runs, and what happens when a worker dies. Guarded by the hub's lock."""

import time
from collections.abc import Callable, Iterable

from playground.runs import messages
from playground.runs.records import Record, ServerFull

_CRASHES = 3  # deaths of a worker, while at one run, that stop this run ...
_CRASH_SECONDS = 600.0  # ... when they happen within this time


class Housing:
    """The places of ``slots`` workers, ``capacity`` runs in each. ``send(slot, message)`` reaches a worker,
    ``ready(slot)`` says whether there is one, or will be in a moment."""

    def __init__(
        self, slots: int, capacity: int, send: Callable[[int, bytes], None], ready: Callable[[int], bool]
    ) -> None:
        self._tenants: list[set[Record]] = [set() for _ in range(slots)]
        self._leaving: set[Record] = set()
        self._capacity = capacity
        self._send = send
        self._ready = ready

    def house(self, record: Record) -> None:
        """Give a run a place, where the fewest play, and take it up again. Nothing happens if it has one.

        Raises ServerFull when there is none, not even by sending away a run that nobody looks at.
        """
        if record.slot is not None:
            record.wanted = record.leaving  # it comes back as soon as it has left
            return
        slot = min(range(len(self._tenants)), key=self._load)
        if len(self._tenants[slot]) >= self._capacity:
            slot = self._make_room()
        record.wanted = False
        record.slot = slot
        self._tenants[slot].add(record)
        self.reload(record)

    def reload(self, record: Record, inherit: bool = False) -> None:
        """Have the worker of a run (re)build it, with all commands that its checkpoint does not include.

        inherit: from the weights of the run that it has now.
        """
        record.asked = None
        self._send(record.slot, record.load_message(inherit))
        for name, data in record.landmarks.items():
            self.keep(record, name, data)
        for command in record.pending:
            self._send(record.slot, command.message)

    def settle(self) -> None:
        """Move the runs that wait for a worker to those that are there; nothing happens where none is."""
        for slot in range(len(self._tenants)):
            for record in list(self._tenants[slot]):
                self.resettle(record, reload=False)

    def resettle(self, record: Record, reload: bool = True) -> None:
        """Have a run whose worker was lost go on with another one that is there, or else (``reload``) in its place."""
        if not self._ready(record.slot) and any(map(self._ready, range(len(self._tenants)))):
            self.drop(record)
            self.house(record)
        elif reload:
            self.reload(record)

    def keep(self, record: Record, name: str, data: bytes) -> None:
        """Have the worker of a run keep weights as a landmark."""
        self._send(record.slot, messages.pack("landmark", data, run=record.id, name=name))

    def unload(self, record: Record) -> None:
        """Have a run pause and leave its worker; `left` is called when its last checkpoint has come."""
        if record.housed and not self._ready(record.slot):  # nobody is there to send one
            self.drop(record)
        elif record.housed:
            self._tenants[record.slot].discard(record)
            self._leaving.add(record)
            record.leaving = True
            record.asked = None
            self._send(record.slot, messages.pack("unload", run=record.id))

    def left(self, record: Record) -> None:
        """A run that was told to leave has left; it comes back at once if somebody has looked at it meanwhile."""
        self._leaving.discard(record)
        record.slot, record.leaving, record.asked = None, False, None

    def drop(self, record: Record) -> None:
        """Take a run from its worker at once; what it has done since its last checkpoint is lost."""
        if record.slot is not None:
            self._send(record.slot, messages.pack("drop", run=record.id))
            self._tenants[record.slot].discard(record)
            self.left(record)

    def worker_died(self, slot: int, culprit: str) -> list[Record]:
        """The runs of a dead worker that shall go on in its successor; ``culprit`` is the run it was at.

        A run that was at it three times is stopped instead.
        """
        for record in [record for record in self._leaving if record.slot == slot]:
            record.playing, record.goal = False, None
            self.left(record)
        for record in list(self._tenants[slot]):
            record.asked = None
            if record.id == culprit and self._crashed_too_often(record):
                self._stop(record)
                continue
            record.generation += 1  # the same steps again, perhaps with a command at another one
            record.news += 1
        return list(self._tenants[slot])

    def count(self, slot: int) -> int:
        """Runs in the worker of a slot."""
        return len(self._tenants[slot])

    def tenants(self) -> Iterable[Record]:
        """All runs that have a place."""
        return [record for tenants in self._tenants for record in tenants]

    def _load(self, slot: int) -> tuple[bool, bool, int, int]:
        tenants = self._tenants[slot]
        full, absent = len(tenants) >= self._capacity, not self._ready(slot)
        return full, absent, sum(record.will_play for record in tenants), len(tenants)

    def _make_room(self) -> int:
        """The slot of a place that becomes free: the run unseen for longest, of those that do not train, leaves."""
        idle = [record for record in self.tenants() if not record.viewers and not record.will_play]
        if not idle:
            raise ServerFull("The server is full: every place for a run is taken. Please try again in a few minutes.")
        oldest = min(idle, key=lambda record: record.touched)
        slot = oldest.slot
        self.unload(oldest)
        return slot

    def _crashed_too_often(self, record: Record) -> bool:
        now = time.monotonic()
        record.crashes = [when for when in record.crashes if now - when < _CRASH_SECONDS] + [now]
        return len(record.crashes) >= _CRASHES

    def _stop(self, record: Record) -> None:
        self._tenants[record.slot].discard(record)
        self.left(record)
        record.lost, record.playing, record.goal = True, False, None
        record.pending.clear()
        record.tell(
            "error",
            f"This run ended its training process {_CRASHES} times and was stopped. It may need more memory than the "
            "server has: try a smaller network or less data, then press reset.",
        )
