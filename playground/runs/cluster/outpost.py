"""What runs on a node of the cluster, as a Ray actor: one worker, and the way of its messages from and to the server.

It holds the very pool that a server without a cluster has, of one worker. A crash inside a library so ends that worker
and not the actor, which can say which run it was at, and has another one ready within milliseconds.
"""

import os
import sys
import threading
import time
from collections import deque
from typing import Any

from playground.data.errors import TableError
from playground.runs import messages
from playground.runs.cluster import luggage
from playground.runs.cluster.luggage import Item
from playground.runs.pool import Pool

_COLLECT_SECONDS = 5.0  # the server is answered at least so often, so that it knows that this actor is alive
_OUTBOX_BYTES = 64 * 1024**2  # on their way to the server; with more than that the worker waits
_SILENCE_SECONDS = 60.0  # a server that has asked for nothing for so long is gone, whatever Ray believes


class Outpost:
    """One worker on this machine. `deliver` and `collect` are called by the server's gateway, each from one thread.

    gpus: whether Ray has given a GPU (or a part of one) to this actor; without one the worker sees none.
    """

    def __init__(self, gpus: bool) -> None:
        if not gpus:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        self._changed = threading.Condition()
        self._outbox: deque[bytes] = deque()
        self._outbox_bytes = 0
        self._asked = time.monotonic()
        self._held: dict[str, list[bytes]] = {}  # by run: what waits until its files have come
        self._lacking: dict[str, set[Item]] = {}  # by run: the files that it waits for
        self._arriving: dict[Item, list[bytes]] = {}
        self._pool = Pool(1, self._received, self._died, self._fails)
        self._pool.start()
        threading.Thread(target=self._watch, name="server-watch", daemon=True).start()

    def deliver(self, batch: list[bytes]) -> None:
        """Take messages of the server, in their order."""
        for message in batch:
            kind, header, payload = messages.unpack(message)
            if kind == "replace":
                self._held.clear(), self._lacking.clear()
                self._pool.replace(0)
            elif kind == "file":
                self._take_piece(header, bytes(payload))
            else:
                self._pass_on(kind, header, payload, message)

    def collect(self) -> list[bytes]:
        """Everything there is for the server, in its order; waits for it for five seconds at most."""
        with self._changed:
            self._asked = time.monotonic()
            self._changed.wait_for(lambda: self._outbox, _COLLECT_SECONDS)
            self._asked = time.monotonic()
            batch = list(self._outbox)
            self._outbox.clear()
            self._outbox_bytes = 0
            self._changed.notify_all()
            return batch

    # --- to the worker ---------------------------------------------------------------------------------------

    def _pass_on(self, kind: str, header: dict[str, Any], payload: memoryview, message: bytes) -> None:
        """Hand a message to the worker; those about a run that lacks files wait until they have come."""
        run = header.get("run")
        if kind == "load":
            self._held.pop(run, None), self._lacking.pop(run, None)
            if items := luggage.lacking(messages.split_pieces(payload, header["lengths"])[0]):
                self._held[run], self._lacking[run] = [], set(items)
                for item in items:
                    self._ask_for(item)
        if run in self._held:
            self._held[run].append(message)
        else:
            self._pool.send(0, message)

    def _ask_for(self, item: Item) -> None:
        if item not in self._arriving:
            self._arriving[item] = []
            self._post(_need(item))

    def _take_piece(self, header: dict[str, Any], piece: bytes) -> None:
        """A piece of a file, one without bytes after the last. Whoever waited for it then goes on, even where it has
        not come: the worker says what is missing."""
        item = Item(header["where"], header["name"])
        arrived = self._arriving.get(item)
        if arrived is None:
            return
        if not header["last"]:
            arrived.append(piece)
            self._post(_need(item))
            return
        del self._arriving[item]
        if header["whole"]:
            try:
                luggage.put(item, b"".join(arrived))
            except TableError as error:
                print(f"{item.name}: {error}", file=sys.stderr, flush=True)
        for run, items in list(self._lacking.items()):
            items.discard(item)
            if not items:
                del self._lacking[run]
                for message in self._held.pop(run):
                    self._pool.send(0, message)

    # --- to the server ---------------------------------------------------------------------------------------

    def _received(self, slot: int, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        self._post(messages.pack(kind, bytes(payload), **header))

    def _died(self, slot: int, culprit: str) -> None:
        self._post(messages.pack("died", culprit=culprit))

    def _fails(self, problem: str) -> None:
        self._post(messages.pack("problem", text=problem))

    def _post(self, message: bytes) -> None:
        """Put a message into the outbox; waits while too much is there already."""
        with self._changed:
            self._changed.wait_for(lambda: self._outbox_bytes < _OUTBOX_BYTES)
            self._outbox.append(message)
            self._outbox_bytes += len(message)
            self._changed.notify_all()

    def _watch(self) -> None:
        """End this process once nobody asks any more: the server is gone, or cut off and trains elsewhere."""
        while time.monotonic() - self._asked < _SILENCE_SECONDS:
            time.sleep(_SILENCE_SECONDS / 10)
        os._exit(0)


def _need(item: Item) -> bytes:
    """What asks for a file, or for its next piece."""
    return messages.pack("need", where=item.where, name=item.name)
