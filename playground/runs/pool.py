"""The worker processes: started in the background, replaced when they die, gone when the web process is.

The web process never imports torch. It starts one fork server (`playground.runs.forkserver`), which does, and asks
it for workers; a new worker is there within milliseconds. Requests wait in the socket while torch loads, so nothing
here ever blocks.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import playground
from playground.runs.channel import Channel
from playground.runs.forkserver import ENVIRONMENT, STUDIO, WORKER
from playground.runs.pulse import LOOK_SECONDS, Pulse

_LOG = logging.getLogger(__name__)
_ROOT = Path(playground.__file__).parent.parent
_CLOSE_SECONDS = 3.0
_LONGEST_PAUSE = 10.0  # seconds between two attempts to start what does not start


def pause_seconds(stillborn: int) -> float:
    """How long to wait before another worker is started after so many in a row that died at once."""
    return 0.0 if stillborn < 2 else min(0.1 * 2.0 ** min(stillborn, 16), _LONGEST_PAUSE)


class Pool:
    """``size`` worker processes, addressed by their slot 0 to size - 1, and the studio, whose slot is `studio`.

    ``on_message(slot, kind, header, payload)`` and ``on_death(slot, last)`` are called in reading threads; ``last``
    is what the worker wrote into its marker. After `on_death` the slot is empty until `replace` is called.
    ``on_problem(text)`` is called when workers do not start.
    Thread-safe. Nothing starts before `start`, and the studio not before somebody needs it (`occupy`).
    """

    def __init__(self, size: int, on_message: Callable, on_death: Callable, on_problem: Callable) -> None:
        self.size = self.studio = size
        self._on_message, self._on_death, self._on_problem = on_message, on_death, on_problem
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._channels: list[Channel | None] = [None] * (size + 1)
        self._studios = 0  # so far
        self._stillborn = [0] * (size + 1)  # workers in a row that died before their first message
        self._waiting: list[Channel] = []  # not yet asked for: there is no fork server right now
        self._control: socket.socket | None = None
        self._server: subprocess.Popen | None = None
        self._keeper = threading.Thread(target=self._keep_server, name="forkserver-keeper", daemon=True)
        self._pulse = Pulse()
        self._nurse = threading.Thread(target=self._feel_pulse, name="pulse", daemon=True)
        self.problem: str | None = None

    def start(self) -> None:
        """Start the fork server and ask for all workers; returns at once."""
        self._keeper.start()
        self._nurse.start()
        for slot in range(self.size):
            self.replace(slot)

    def ready(self, slot: int) -> bool:
        """Whether a worker is in this slot, or will be in a moment."""
        channel = self._channels[slot]
        return self.problem is None or (channel is not None and channel.pid is not None)

    def send(self, slot: int, message: bytes) -> None:
        """Queue a message for the worker of a slot; never blocks, and does nothing when there is none."""
        channel = self._channels[slot]
        if channel is not None:
            channel.send(message)

    def replace(self, slot: int) -> None:
        """Put a new worker into an empty slot; messages sent from now on wait for it."""
        with self._lock:
            if self._closed.is_set():
                return
            try:
                channel = self._channels[slot] = Channel(slot, self._received, self._ended)
            except (OSError, RuntimeError) as error:  # this process has no descriptor, or no thread, left
                _LOG.warning("no worker can be started in slot %s now: %s", slot, error)
                _later(_LONGEST_PAUSE, self._missed, slot)
                return
            self._studios += slot == self.studio
            pause = pause_seconds(self._stillborn[slot])
        if pause:
            _later(pause, self._launch, channel)
        else:
            self._launch(channel)

    def occupy(self, slot: int) -> None:
        """Put a new worker into a slot unless it has one."""
        with self._lock:
            if self._channels[slot] is None:
                self.replace(slot)

    def pids(self) -> list[int | None]:
        """Process ids of the workers by slot, None while one is starting."""
        with self._lock:
            return [channel.pid if channel else None for channel in self._channels[: self.size]]

    @property
    def studio_pid(self) -> int | None:
        """Process id of the studio, None while there is none."""
        with self._lock:
            channel = self._channels[self.studio]
            return channel.pid if channel else None

    @property
    def studio_number(self) -> int:
        """Which studio there is, or will be in a moment: the first, the second ...; 0 while there is none."""
        with self._lock:
            return self._studios if self._channels[self.studio] else 0

    @property
    def server_pid(self) -> int | None:
        """Process id of the fork server, None while there is none."""
        server = self._server
        return server.pid if server and server.poll() is None else None

    def close(self) -> None:
        """End all workers and the fork server; returns when they are gone. May be called twice."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            channels = [channel for channel in self._channels if channel]
            working = any(channel.pid for channel in channels)
        for channel in channels:
            channel.hang_up()
        self._stop_server(at_once=not working)  # still loading torch: it would not hear us for seconds
        for channel in channels:
            if not channel.wait(_CLOSE_SECONDS):
                channel.kill()
                channel.wait(_CLOSE_SECONDS)
        for thread in (self._keeper, self._nurse):
            if thread.is_alive() and threading.current_thread() is not thread:
                thread.join(_CLOSE_SECONDS)

    def _stop_server(self, at_once: bool) -> None:
        with self._lock:
            control, self._control = self._control, None
            server = self._server
        if control:
            control.close()
        if server is None:
            return
        try:
            server.wait(0 if at_once else _CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def _launch(self, channel: Channel) -> None:
        """Ask the fork server for this worker, or keep it for the next fork server."""
        with self._lock:
            if self._closed.is_set():
                channel.hang_up()
                return
            if self._control is None:
                self._waiting.append(channel)
                return
            what = STUDIO if channel.slot == self.studio else WORKER
            try:
                socket.send_fds(self._control, [what], channel.launch_descriptors)
            except OSError:  # it has just died; the keeper knows, or will in a moment
                self._waiting.append(channel)
                return
            channel.launched()

    def _received(self, channel: Channel, kind: str, header: dict, payload: memoryview) -> None:
        if kind == "pong":
            return
        if kind == "hello":
            self._stillborn[channel.slot] = 0
            self.problem = None
        self._on_message(channel.slot, kind, header, payload)

    def _ended(self, channel: Channel) -> None:
        """A worker is gone: in the thread that read its last message, so nothing it sent is lost."""
        with self._lock:
            if self._closed.is_set() or self._channels[channel.slot] is not channel:
                return
            self._channels[channel.slot] = None
            if channel.pid is None:
                self._stillborn[channel.slot] += 1
        name = "the studio" if channel.slot == self.studio else f"worker {channel.slot}"
        _LOG.warning("%s (process %s) ended; a new one takes its place", name, channel.pid)
        if self._stillborn[channel.slot] > 2:
            self._fail("The training processes do not start; the server's log says why.")
        self._on_death(channel.slot, channel.marker.read())

    def _feel_pulse(self) -> None:
        """End workers that hang: what comes then is what comes after every death."""
        while not self._closed.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """See whether there is life in all workers."""
        with self._lock:
            channels = [channel for channel in self._channels if channel and channel.pid]
        for channel in self._pulse.look(channels):
            _LOG.warning("process %s does nothing any more; it is ended", channel.pid)
            channel.give_up()

    def _missed(self, slot: int) -> None:
        """A slot that could not get a worker is empty still: its runs are loaded again with the next one."""
        if self._channels[slot] is None and not self._closed.is_set():
            self._on_death(slot, "")

    def _keep_server(self) -> None:
        """Start the fork server, and again whenever it ends. Its parent is this thread, which lives as long as it
        should: the kernel ends a process with PR_SET_PDEATHSIG when the thread that started it ends."""
        failures = 0
        while not self._closed.is_set():
            begun = time.monotonic()
            try:
                server = self._start_server()
                if server is None:
                    return
                status = f"exit status {server.wait()}"
            except OSError as error:  # no memory, no process or no descriptor is left: in a while there may be
                status = str(error)
            with self._lock:
                control, self._control = self._control, None
                worked = any(channel and channel.pid for channel in self._channels)
            if control:
                control.close()
            if self._closed.is_set():
                return
            failures = 0 if worked and time.monotonic() - begun > _LONGEST_PAUSE else failures + 1
            if not worked:
                self._fail(f"PyTorch does not start ({status}); the server's log says why.")
            _LOG.warning("the fork server ended (%s); starting it again", status)
            self._closed.wait(min(failures - 1.0, _LONGEST_PAUSE) if failures else 0.0)

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self._on_problem(problem)

    def _start_server(self) -> subprocess.Popen | None:
        """A new fork server that has been asked for every worker in waiting; None when the pool was closed."""
        ours, theirs = socket.socketpair()
        with self._lock, theirs:
            if self._closed.is_set():
                ours.close()
                return None
            try:
                self._server = subprocess.Popen(
                    [sys.executable, "-m", "playground.runs.forkserver", str(theirs.fileno()), str(os.getpid())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env=environment(),
                    start_new_session=True,  # the terminal's Ctrl-C and hang-up are the web process's to handle
                )
            except OSError:
                ours.close()
                raise
            self._control = ours
            waiting, self._waiting = self._waiting, []
            for channel in waiting:
                self._launch(channel)
            return self._server


def _later(seconds: float, act: Callable, *arguments: Any) -> None:
    timer = threading.Timer(seconds, act, arguments)
    timer.daemon = True
    timer.start()


def environment() -> dict[str, str]:
    """This process's, with one thread for every library, and this very `playground` importable from anywhere."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **ENVIRONMENT, "PYTHONPATH": path}
