"""The web process's end of one worker: a pipe, a thread that reads it and one that writes it.

Writing has a thread of its own so that nobody who sends a command (the asyncio loop least of all) ever waits for a
worker that is busy or stopped.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue

from playground.runs import messages
from playground.runs.marker import Marker

_LOG = logging.getLogger(__name__)


class Channel:
    """One worker process, seen from the web process.

    `launch_descriptors` go to the fork server (then `launched` closes them here). ``on_message(channel, kind, header,
    payload)`` and, once, ``on_end(channel)`` are called in the reading thread.
    """

    def __init__(self, slot: int, on_message: Callable, on_end: Callable) -> None:
        self.slot = slot
        self.pid: int | None = None  # known from its first message on
        self.heard = 0  # messages so far
        self.listening = True  # what it says next is read at once
        self._on_message, self._on_end = on_message, on_end
        self._socket, self._far_end = socket.socketpair()
        self._connection = Connection(os.dup(self._socket.fileno()))
        self.marker = Marker()  # last: without a descriptor for it, the others go with this object
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name=f"worker-{slot}-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name=f"worker-{slot}-writer", daemon=True)
        self._reader.start()
        self._writer.start()

    @property
    def launch_descriptors(self) -> list[int]:
        """What the worker needs: its end of the pipe, and the marker."""
        return [self._far_end.fileno(), self.marker.descriptor]

    def launched(self) -> None:
        """The worker has its end of the pipe; from now on its death is the end of file here."""
        self._far_end.close()

    def send(self, message: bytes) -> None:
        """Queue one message; never blocks. A worker that died does not get it (its runs are loaded again)."""
        self._outbox.put(message)

    def hang_up(self) -> None:
        """Tell the worker to end, which it does at once; the reading thread ends when it has."""
        self._outbox.put(None)
        self._far_end.close()
        with suppress(OSError):  # the worker was quicker
            self._socket.shutdown(socket.SHUT_WR)

    def wait(self, seconds: float) -> bool:
        """Wait for the worker's end; False when it had not ended in ``seconds``."""
        if threading.current_thread() is not self._reader:
            self._reader.join(seconds)
        return not self._reader.is_alive()

    def kill(self) -> None:
        """End a worker that does not hang up (stuck inside a library, or stopped by a debugger)."""
        if self.pid is not None and self._reader.is_alive():  # while its pipe is open, the pid is its own
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def give_up(self) -> None:
        """End a worker and wait for nothing: also one that the kernel cannot end now, for it waits for a disk."""
        self.kill()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        """Hand on messages until the worker's end of the pipe closes, which its death does."""
        while True:
            try:
                message = self._connection.recv_bytes()
            except (EOFError, OSError):
                break
            self.heard, self.listening = self.heard + 1, False
            try:
                kind, header, payload = messages.unpack(message)
                if kind == "hello":
                    self.pid = header["pid"]
                self._on_message(self, kind, header, payload)
            except Exception:
                _LOG.exception("a message of worker %s could not be used", self.slot)
            self.listening = True
        self._outbox.put(None)
        try:
            self._on_end(self)
        except Exception:
            _LOG.exception("the end of worker %s could not be handled", self.slot)
        self._writer.join()
        self._connection.close()
        self._socket.close()
        self._far_end.close()
        self.marker.close()

    def _write(self) -> None:
        while (message := self._outbox.get()) is not None:
            with suppress(OSError):  # it died; the reading thread sees to it
                self._connection.send_bytes(message)
