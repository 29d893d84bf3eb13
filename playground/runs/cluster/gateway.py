"""The process that speaks to Ray, for the web process: ``python -m playground.runs.cluster.gateway PIPE WEB_PID``.

The web process imports no Ray. What Ray sends is unpickled here and not there; here its threads run, and if Ray ends
the process that uses it (it does, when a cluster's head is lost) it is this one, which is simply started again.

One pipe carries the messages of all slots: ``to`` and ``from`` wrap a worker's message, ``place`` asks for a worker.
"""

import logging
import math
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import playground
from playground.runs import lineage
from playground.runs.mailbox import Mailbox
from playground.settings import PREFIX, settings

_ROOT = Path(playground.__file__).parent.parent
_SHIPPED = ("playground", "assets")  # what an actor imports and reads
_LEFT_OUT = ("**/__pycache__", "assets/tour", "playground/web/static")
_OWN = ("HOME", "KERNELS", "STORAGE", "CLUSTER")  # settings that are each machine's own, or nobody else's business
_BATCH_BYTES = 16 * 1024**2  # in one call, at most (or one message)
_KNOCK_SECONDS = 5.0
_PATIENCE = 15.0  # seconds without a place until it is told that there is none
_ANSWER_SECONDS = 30.0  # an actor that is silent for longer is given up


class Berth:
    """The actor of one slot. ``tell(kind, payload, **header)`` writes to the web process."""

    def __init__(self, ray: Any, slot: int, tell: Any) -> None:
        self._ray, self._slot, self._tell = ray, slot, tell
        self._outbox: SimpleQueue[bytes] = SimpleQueue()
        self._over = threading.Event()
        gpus = settings.cluster_gpus
        options = {"num_cpus": 1, "num_gpus": gpus, "max_concurrency": 4, "scheduling_strategy": "SPREAD"}
        self._actor = ray.remote(_actor()).options(**options).remote(gpus > 0)
        threading.Thread(target=self._read, name=f"slot-{slot}-reader", daemon=True).start()
        threading.Thread(target=self._write, name=f"slot-{slot}-writer", daemon=True).start()

    def send(self, message: bytes) -> None:
        """Queue a message for the actor."""
        self._outbox.put(message)

    def close(self) -> None:
        """End the actor, and its worker with it."""
        self._over.set()
        self._ray.kill(self._actor)

    def _read(self) -> None:
        """Hand on what the actor has to say until it is gone, or silent."""
        try:
            first = self._actor.collect.remote()
            while not self._ray.wait([first], timeout=_PATIENCE)[0]:
                self._tell("no_place", slot=self._slot)
            batch = self._ray.get(first)
            while not self._over.is_set():
                following = self._actor.collect.remote()
                for message in batch:
                    self._tell("from", message, slot=self._slot)
                batch = self._ray.get(following, timeout=_ANSWER_SECONDS)
        except Exception as error:  # of whatever kind: this actor is of no use any more
            self._lost(error)

    def _write(self) -> None:
        """One call at a time, so that messages arrive in their order; what has come meanwhile goes together."""
        try:
            while not self._over.is_set():
                self._ray.get(self._actor.deliver.remote(self._batch()))
        except Exception as error:
            self._lost(error)

    def _batch(self) -> list[bytes]:
        batch = [self._outbox.get()]
        size = len(batch[0])
        while size < _BATCH_BYTES:
            try:
                batch.append(self._outbox.get_nowait())
            except Empty:
                break
            size += len(batch[-1])
        return batch

    def _lost(self, error: Exception) -> None:
        if self._over.is_set():
            return
        self._over.set()
        print(f"The worker {self._slot} of the cluster is lost: {_in_short(error)}", file=sys.stderr, flush=True)
        self._tell("lost", slot=self._slot)
        with suppress(Exception):
            self._ray.kill(self._actor)  # it may be cut off and not dead


def _actor() -> type:
    """The class of the actors. Made here, so that it travels as it is: of Ray's processes only the actor's own has this
    server's code for certain."""

    class Outpost:
        def __init__(self, gpus: bool) -> None:
            from playground.runs.cluster import outpost

            self._outpost = outpost.Outpost(gpus)

        def deliver(self, batch: list[bytes]) -> None:
            self._outpost.deliver(batch)

        def collect(self) -> list[bytes]:
            return self._outpost.collect()

    return Outpost


def main() -> None:
    """Connect, then serve the pipe until it closes."""
    web_pid = int(sys.argv[2])
    lineage.die_with_parent(web_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process, which closes us
    mailbox = Mailbox(int(sys.argv[1]), web_pid)
    mailbox.send("hello", pid=os.getpid())
    try:
        ray = connect()
    except ImportError:
        _give_up(mailbox, "Ray is not installed on this server: pip install -r requirements-cluster.txt")
    except Exception as error:
        _give_up(mailbox, f"{settings.cluster}: {_in_short(error)}")
    mailbox.send("connected")
    serve(ray, mailbox)


def connect() -> Any:
    """Ray, connected to the cluster of the settings, with this server's own code and limits for its actors."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    logging.getLogger("ray").setLevel(logging.WARNING)
    _knock(settings.cluster)
    others = [name for name in os.listdir(_ROOT) if name not in _SHIPPED]
    limits = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    ray.init(
        settings.cluster,
        logging_level=logging.ERROR,
        runtime_env={
            "working_dir": str(_ROOT),
            "excludes": [*(f"/{name}" for name in others), *_LEFT_OUT],
            "env_vars": {name: value for name, value in limits.items() if name.removeprefix(PREFIX) not in _OWN},
        },
        **({"include_dashboard": False} if settings.cluster == "local" else {}),
    )
    return ray


def _knock(address: str) -> None:
    """Raises OSError where nobody answers: Ray itself would wait for half a minute and more."""
    place = urlsplit(address if "://" in address else f"//{address}")
    if place.hostname and place.port:
        socket.create_connection((place.hostname, place.port), _KNOCK_SECONDS).close()


def serve(ray: Any, mailbox: Mailbox) -> None:
    """Do what the web process says, until it says ``close``."""
    berths: dict[int, Berth] = {}
    while True:
        for kind, header, payload in mailbox.receive(math.inf):
            if kind == "place":
                berths[header["slot"]] = Berth(ray, header["slot"], mailbox.send)
            elif kind == "to":
                berths[header["slot"]].send(bytes(payload))
            elif kind == "close":
                for berth in berths.values():
                    berth.close()
                ray.shutdown()
                os._exit(0)


def _give_up(mailbox: Mailbox, problem: str) -> None:
    print(f"The cluster cannot be used. {problem}", file=sys.stderr, flush=True)
    mailbox.send("unreachable")
    os._exit(1)


def _in_short(error: Exception) -> str:
    """What an error says, without the traceback of another process that Ray puts into it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    traced = any(line.startswith("Traceback") for line in lines)
    return f"{lines[0]} {lines[-1]}" if traced else lines[0]


if __name__ == "__main__":
    main()
