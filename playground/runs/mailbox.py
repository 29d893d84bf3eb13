"""A process's end of its pipe to the web process: what comes is taken in at once, what goes may be any thread's."""

import math
import os
import select
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any

from playground.runs import lineage, messages


class Mailbox:
    """The pipe ``pipe``. When it closes, or the process ``web_pid`` ends, this process ends, whatever it is doing."""

    def __init__(self, pipe: int, web_pid: int) -> None:
        self._connection = Connection(pipe)
        self._sending = threading.Lock()
        self._inbox: SimpleQueue[bytes] = SimpleQueue()
        threading.Thread(target=self._listen, args=(web_pid,), name="listener", daemon=True).start()

    def send(self, kind: str, payload: bytes = b"", **header: Any) -> None:
        """Write one message to the hub."""
        with self._sending:
            self._connection.send_bytes(messages.pack(kind, payload, **header))

    def post(self, kind: str) -> None:
        """Put a message into this very mailbox, from another thread."""
        self._inbox.put(messages.pack(kind))

    def receive(self, seconds: float) -> Iterator[tuple[str, dict[str, Any], memoryview]]:
        """Every message there is, as `messages.unpack` gives it, waiting up to ``seconds`` (infinity: for ever) for the
        first. Whether this process still works (see `playground.runs.pulse`) is answered here, between all else."""
        try:
            message = self._inbox.get(timeout=None if seconds == math.inf else max(seconds, 0.0))
            while True:
                kind, header, payload = messages.unpack(message)
                if kind == "ping":
                    self.send("pong")
                else:
                    yield kind, header, payload
                message = self._inbox.get_nowait()
        except Empty:
            pass

    def _listen(self, web_pid: int) -> None:
        """Move messages from the pipe to the inbox, at once, so that the web process never waits to write; and end
        this process when the web process is gone, even in the middle of a long step."""
        descriptor = lineage.exit_descriptor(web_pid)
        watched = [self._connection.fileno()] + ([descriptor] if descriptor is not None else [])
        while True:
            ready, _, _ = select.select(watched, [], [])
            if descriptor in ready:
                os._exit(0)
            try:
                self._inbox.put(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(0)
