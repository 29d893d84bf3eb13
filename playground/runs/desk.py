"""A worker's desk: files of a run, made beside its training."""

import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple

from playground.runs.build import explain
from playground.training import Trainer


class Order(NamedTuple):
    """A file that somebody waits for. state: the run as `Trainer.dumps` gives it; landmarks: `Trainer.landmarks`."""

    run_id: str
    question: int
    what: str
    options: dict[str, Any]
    state: bytes
    landmarks: dict[str, Any]


class Desk:
    """Makes one file after another, in a thread of its own and of a copy of the run: nobody's training waits for it.

    ``send(kind, payload, **header)`` writes to the hub, from any thread.
    """

    def __init__(self, send: Callable) -> None:
        self._send = send
        self._orders: SimpleQueue[Order] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def take(self, order: Order) -> None:
        """Have a file made; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
            self._thread.start()
        self._orders.put(order)

    def _work(self) -> None:
        while True:
            order = self._orders.get()
            try:
                answer: dict[str, Any] = {"payload": made(order), "ok": True, "text": ""}
            except Exception as error:
                if not isinstance(error, ValueError):
                    traceback.print_exception(error)
                answer = {"ok": False, "text": explain(error)}
            self._send("answer", run=order.run_id, question=order.question, **answer)


def made(order: Order) -> bytes:
    """The file. Raises ValueError, in words for a person, where there is none of this name or with these options."""
    from playground.export import TAKEAWAYS  # not at import: a worker that nobody asks for a file needs none of it

    if order.what not in TAKEAWAYS:
        raise ValueError(f"There is no file {order.what[:40]!r} of a run. There are: {', '.join(TAKEAWAYS)}.")
    trainer = Trainer.loads(order.state)
    trainer.landmarks.update(order.landmarks)
    return TAKEAWAYS[order.what](trainer, **order.options)
