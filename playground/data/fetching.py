"""Downloads behind the pages: one after another in a thread of their own, so that no page ever waits for one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from playground.data.download import Collection, fetch, missing
from playground.data.downloadable import COLLECTIONS
from playground.data.errors import TableError

State = Literal["absent", "waiting", "running", "failed", "here"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a download is. done, total: bytes; message: why it failed, and what can be done by hand."""

    state: State
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def share(self) -> float:
        """Of the bytes, 0..1."""
        return self.done / self.total if self.total else 0.0


class Fetcher:
    """Fetches collections that somebody asked for. Everybody who looks sees the same; asking twice is asking once."""

    def __init__(self, collections: Mapping[str, Collection]) -> None:
        self._collections = collections
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._standings: dict[str, Standing] = {}
        self._thread: threading.Thread | None = None
        self._unwanted: set[str] = set()

    def standing(self, kind: str) -> Standing:
        """How far the download of `kind` is; files that were put there by hand count as here. Raises KeyError for a
        kind that is none."""
        collection = self._collections[kind]
        with self._lock:
            found = self._standings.get(kind)
        if found is not None and found.state in ("waiting", "running"):
            return found
        if not missing(collection):
            return Standing("here", collection.size, collection.size)
        return found or Standing("absent", 0, collection.size)

    def ask(self, kind: str) -> None:
        """Have `kind` downloaded, unless it is here or on its way. Returns at once."""
        if self.standing(kind).state in ("here", "waiting", "running"):
            return
        with self._lock:
            self._unwanted.discard(kind)
            self._standings[kind] = Standing("waiting", 0, self._collections[kind].size)
            self._waiting.append(kind)
            if self._thread is None:
                # A daemon: a server that is ended does not wait for a mirror.
                self._thread = threading.Thread(target=self._work, name="downloads", daemon=True)
                self._thread.start()

    def cancel(self, kind: str) -> None:
        """Have the download of `kind` end soon; what came of it is thrown away."""
        with self._lock:
            self._unwanted.add(kind)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                kind = self._waiting.popleft()
            self._fetch(kind)

    def _fetch(self, kind: str) -> None:
        def told(done: int, total: int) -> None:
            self._stand(kind, Standing("running", done, total))

        collection = self._collections[kind]
        told(0, collection.size)
        try:
            fetch(collection, told, stop=lambda: kind in self._unwanted)
        except TableError as error:
            stopped = kind in self._unwanted
            self._stand(kind, Standing("absent" if stopped else "failed", 0, collection.size, error.message))
        except Exception as error:  # nobody else would see it, and the thread has others to serve
            self._stand(kind, Standing("failed", 0, collection.size, f"The download failed: {error!r}."))
        else:
            self._stand(kind, Standing("here", collection.size, collection.size))

    def _stand(self, kind: str, standing: Standing) -> None:
        with self._lock:
            self._standings[kind] = standing


fetcher = Fetcher(COLLECTIONS)
"""That of this process."""
