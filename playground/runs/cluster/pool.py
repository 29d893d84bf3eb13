"""The cluster's workers as the hub sees them: the interface of `playground.runs.pool.Pool`, by way of a gateway.

The studio stays on this machine. This process imports no Ray, starts whether or not the cluster is there, and goes on
trying.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.data.errors import TableError
from playground.runs import messages
from playground.runs.channel import Channel
from playground.runs.cluster import luggage
from playground.runs.cluster.luggage import Item
from playground.runs.pool import Pool, environment
from playground.settings import PREFIX, Settings

_LOG = logging.getLogger(__name__)
_CLOSE_SECONDS = 5.0
_LONGEST_PAUSE = 10.0  # seconds between two attempts to reach the cluster

UNREACHABLE = (
    "The cluster that trains here cannot be reached right now. It is tried again every few seconds, and training goes "
    "on by itself; your experiment is safe."
)
FULL = (
    "The cluster that trains here has no room for another worker yet. Training begins by itself as soon as there is "
    "some; your experiment is safe."
)


STILLBORN = (
    "The machines of the cluster that trains here cannot start a worker; the server's log says why. They are asked "
    "again every few seconds; your experiment is safe."
)


@dataclass(eq=False, slots=True)
class _Slot:
    placed: bool = False  # the gateway was asked for an actor ...
    reached: bool = False  # ... which has said something ...
    there: bool = False  # ... and had a worker, or is about to have one again ...
    open: bool = False  # ... which listens now
    pid: int | None = None
    waiting: list[bytes] | None = field(default_factory=list)  # until it listens; None: nobody will, until `replace`
    files: dict[Item, Iterator[bytes]] = field(default_factory=dict)  # on their way there


class ClusterPool:
    """As many workers on the nodes of a cluster as the settings say, and the studio here, whose slot is `studio`.

    The callbacks are those of `Pool`. A worker that is lost with its node is replaced on another one as soon as the
    cluster has room.
    """

    def __init__(self, settings: Settings, on_message: Callable, on_death: Callable, on_problem: Callable) -> None:
        self.size = self.studio = settings.cluster_workers
        self._address = {name: str(getattr(settings, name)) for name in ("cluster", "cluster_gpus")}
        self._on_message, self._on_death, self._on_problem = on_message, on_death, on_problem
        self._local = Pool(
            0,
            lambda slot, *message: on_message(self.studio, *message),
            lambda slot, last: on_death(self.studio, last),
            on_problem,
        )
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._slots = [_Slot() for _ in range(self.size)]
        self._gateway: Channel | None = None
        self._connected = False
        self._keeper = threading.Thread(target=self._keep_gateway, name="gateway-keeper", daemon=True)
        self.problem: str | None = None

    def start(self) -> None:
        """Start the studio's fork server and the gateway; returns at once."""
        self._local.start()
        self._keeper.start()

    def ready(self, slot: int) -> bool:
        """Whether a worker is in this slot, or will be in a moment."""
        return self._local.ready(0) if slot == self.studio else self._slots[slot].there

    def send(self, slot: int, message: bytes) -> None:
        """Queue a message for the worker of a slot, which may have to come first; never blocks."""
        if slot == self.studio:
            self._local.send(0, message)
            return
        with self._lock:
            place = self._slots[slot]
            if place.open:
                self._post("to", message, slot=slot)
            elif place.waiting is not None:
                place.waiting.append(message)

    def replace(self, slot: int) -> None:
        """Put a new worker into an empty slot; messages sent from now on wait for it."""
        if slot == self.studio:
            self._local.replace(0)
            return
        with self._lock:
            place = self._slots[slot]
            if place.waiting is None:
                place.waiting = []
            if place.reached:
                self._post("to", messages.pack("replace"), slot=slot)
            elif self._connected and not place.placed:
                place.placed = True
                self._post("place", slot=slot)

    def occupy(self, slot: int) -> None:
        """Put a new worker into a slot unless it has one."""
        if slot == self.studio:
            self._local.occupy(0)

    def pids(self) -> list[int | None]:
        """Process ids of the workers, each on its own machine, by slot; None while one is starting."""
        with self._lock:
            return [place.pid if place.open else None for place in self._slots]

    @property
    def studio_pid(self) -> int | None:
        """Process id of the studio, None while there is none."""
        return self._local.studio_pid

    @property
    def studio_number(self) -> int:
        """Which studio there is, or will be in a moment: the first, the second ...; 0 while there is none."""
        return self._local.studio_number

    @property
    def server_pid(self) -> int | None:
        """Process id of the studio's fork server, None while there is none."""
        return self._local.server_pid

    def close(self) -> None:
        """End the gateway, all workers and the studio; returns when they are gone. May be called twice."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            gateway = self._gateway
        if gateway is not None:
            gateway.send(messages.pack("close"))
            if not gateway.wait(_CLOSE_SECONDS):
                gateway.hang_up()
                gateway.kill()
                gateway.wait(_CLOSE_SECONDS)
        self._local.close()
        if self._keeper.is_alive() and threading.current_thread() is not self._keeper:
            self._keeper.join(_CLOSE_SECONDS)

    # --- the gateway -----------------------------------------------------------------------------------------

    def _keep_gateway(self) -> None:
        """Start the gateway, and again whenever it ends. This thread is its parent, as the fork server's is."""
        failures = 0
        while not self._closed.is_set():
            try:
                gateway = self._start_gateway()
                if gateway is None:
                    return
                process, channel = gateway
                status = f"status {process.wait()}"
                channel.wait(_CLOSE_SECONDS)
            except OSError as error:  # no memory, no process or no descriptor is left: in a while there may be
                status = str(error)
            if self._closed.is_set():
                return
            with self._lock:
                failures = 0 if self._connected else failures + 1
                self._connected = False
            self._all_lost()
            self._fail(UNREACHABLE)
            _LOG.warning("the gateway to the cluster ended (%s); starting it again", status)
            self._closed.wait(min(1.0 + failures, _LONGEST_PAUSE))

    def _start_gateway(self) -> tuple[subprocess.Popen, Channel] | None:
        with self._lock:
            if self._closed.is_set():
                return None
            channel = self._gateway = Channel(self.size, self._received, lambda _: None)
            pipe = channel.launch_descriptors[0]
            try:
                process = subprocess.Popen(
                    [sys.executable, "-m", "playground.runs.cluster.gateway", str(pipe), str(os.getpid())],
                    pass_fds=[pipe],
                    stdin=subprocess.DEVNULL,
                    env=environment() | {PREFIX + name.upper(): value for name, value in self._address.items()},
                    start_new_session=True,
                )
            except OSError:
                channel.hang_up()
                raise
            channel.launched()
            return process, channel

    def _post(self, kind: str, payload: bytes = b"", **header: Any) -> None:
        if self._gateway is not None:
            self._gateway.send(messages.pack(kind, payload, **header))

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self._on_problem(problem)

    # --- what the gateway says, in the thread that reads its pipe --------------------------------------------

    def _received(self, channel: Channel, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        if kind == "connected":
            with self._lock:
                self._connected = True
            for slot in range(self.size):
                self.replace(slot)
        elif kind == "no_place":
            self._fail(FULL)
        elif kind == "lost":
            self._lost(header["slot"])
        elif kind == "from":
            self._said(header["slot"], *messages.unpack(bytes(payload)))

    def _said(self, slot: int, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        """A message of a worker, or of the actor that holds it."""
        place = self._slots[slot]
        place.reached = True
        if kind == "need":
            self._send_piece(slot, Item(header["where"], header["name"]))
        elif kind == "died":
            self._close_slot(place)
            self._on_death(slot, header["culprit"])
        elif kind == "problem":
            place.there = False
            self._fail(STILLBORN)
        else:
            if kind == "hello":
                self._open_slot(slot, header["pid"])
            self._on_message(slot, kind, header, payload)

    def _open_slot(self, slot: int, pid: int) -> None:
        """Its worker listens: it gets what has waited for it."""
        with self._lock:
            place = self._slots[slot]
            place.there = place.open = True
            place.pid = pid
            self.problem = None
            waiting, place.waiting = place.waiting or [], []
            for message in waiting:
                self._post("to", message, slot=slot)

    def _close_slot(self, place: _Slot) -> None:
        """Its worker is dead: what is sent from now on nobody hears, until there is another."""
        with self._lock:
            place.open, place.waiting = False, None

    def _lost(self, slot: int) -> None:
        """An actor is gone, with its node or alone, or it never came to life."""
        if self._leave(slot):
            self._on_death(slot, "")
        else:
            self._fail(STILLBORN)
            timer = threading.Timer(_LONGEST_PAUSE, self.replace, [slot])
            timer.daemon = True
            timer.start()

    def _all_lost(self) -> None:
        """All at once, so that no run is moved from one lost worker to another."""
        for slot in [slot for slot in range(self.size) if self._leave(slot)]:
            self._on_death(slot, "")

    def _leave(self, slot: int) -> bool:
        """Forget the actor of a slot; whether it had a worker, so that there may be runs that it had."""
        with self._lock:
            place = self._slots[slot]
            held = place.there or place.waiting is None
            place.placed = place.reached = place.there = False
            place.files.clear()
            if held:
                self._close_slot(place)
            return held

    def _send_piece(self, slot: int, item: Item) -> None:
        """The next piece of a file that an actor lacks; one without bytes is the last."""
        files = self._slots[slot].files
        whole, piece = True, None
        try:
            piece = next(files.setdefault(item, luggage.pieces(item)), None)
        except (TableError, OSError) as error:
            whole = False
            _LOG.warning("%s could not be sent to worker %s: %s", item.name, slot, error)
        if piece is None:
            files.pop(item, None)
        header = {"where": item.where, "name": item.name, "last": piece is None, "whole": whole}
        self._post("to", messages.pack("file", piece or b"", **header), slot=slot)
