"""One viewer of one run: at most one frame under way to it, always the latest, and nothing that it has already.

A frame is put together from pieces of JSON that the worker encoded once for everybody.
"""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playground.runs.records import Picture, Record
from playground.runs.views import MOMENT, Key, keys_of

if TYPE_CHECKING:
    from playground.runs.registrar import Registrar

_ACK_SECONDS = 2.0  # a viewer that has not confirmed a frame by then gets the next one all the same
_STATUS_GAP = 0.45  # between two frames without a view; a little under what the workers keep to


class Subscription:
    """Made by `Hub.subscribe`. `watch`, `ack` and `close` may be called from any thread; `next_frame` from one loop."""

    def __init__(self, hub: "Registrar", record: Record) -> None:
        self._hub, self._record = hub, record
        self._keys: dict[str, Key] = {}
        self._at: int | None = None
        self._closed = False
        self._asked = True  # the viewer is owed an answer even if nothing has changed
        # What the viewer has: pictures by view name, bases by view name, the news it has heard.
        self._shown: dict[str, tuple[Key, list[int]]] = {}
        self._bases: dict[str, int] = {}
        self._news = -1
        self._version: list[int] | None = None
        # The frame under way.
        self._number = 0
        self._acked = 0
        self._sent_time = float("-inf")
        self._waiting = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None

    @property
    def run_id(self) -> str:
        """The run looked at."""
        return self._record.id

    def watch(self, views: dict[str, dict[str, Any]], at: int | None = None) -> None:
        """Look at these views (options by view name), now or (``at``) at a step of the past.

        The next frame comes at once, also while the run is paused. Raises ValueError, in plain words, for views or
        options that do not exist; what was watched before stays then.
        """
        keys = keys_of(views, at)
        with self._hub.lock:
            self._keys, self._at = keys, at
            self._asked = True
            for name in set(self._shown) - set(keys):  # it has taken the view down
                del self._shown[name]
                self._bases.pop(name, None)
            self._hub.watch_changed(self._record)
        self._hub.touch(self._record)
        self.wake()

    def ack(self, number: int) -> None:
        """The viewer has drawn frame ``number``; another may be sent."""
        if isinstance(number, int) and self._acked < number <= self._number:
            self._acked = number
            self.wake()

    def close(self) -> None:
        """The viewer is gone; `next_frame` returns None from now on. May be called twice."""
        with self._hub.lock:
            if self._closed:
                return
            self._closed = True
            self._record.viewers.discard(self)
            self._hub.viewer_left(self._record)
        self.wake()

    async def next_frame(self) -> bytes | None:
        """The next frame as JSON text, once there is something new and the viewer is ready for it.

        None when the subscription, the run or the hub is gone.
        """
        if self._loop is None:
            self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()
        try:
            while True:
                with self._hub.lock:
                    self._event.clear()  # before looking, so that no news in between is missed
                    if self._closed or not self._hub.knows(self._record):
                        return None
                    ready_in = self._ready_in()
                    self._waiting = ready_in <= 0
                    if self._waiting:
                        frame = self._compose()
                        if frame is not None:
                            return frame
                        self._hub.wish(self._record, self)
                await self._wake_up(ready_in)
        finally:
            self._waiting = False

    def wake(self) -> None:
        """Have `next_frame` look again; from any thread."""
        loop, event = self._loop, self._event
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody awaits a frame any more
                loop.call_soon_threadsafe(event.set)

    @property
    def waiting(self) -> bool:
        """Whether this viewer could be sent a frame right now."""
        return self._waiting

    @property
    def keys(self) -> dict[str, Key]:
        """What it watches, by view name."""
        return self._keys

    async def _wake_up(self, ready_in: float) -> None:
        """Wait for news, or (without an ack) for the time when the viewer counts as ready again."""
        if ready_in <= 0:
            await self._event.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(ready_in):
                await self._event.wait()

    def _ready_in(self) -> float:
        """Seconds until another frame may be sent; none once the last one was confirmed."""
        if self._acked == self._number:
            return 0.0
        return self._sent_time + _ACK_SECONDS - time.monotonic()

    def _compose(self) -> bytes | None:
        """The frame that this viewer should get now, or None when it has everything."""
        record = self._record
        pictures = {name: record.pictures.get(key) for name, key in self._keys.items()}
        live = [pictures[name] for name, key in self._keys.items() if key.at is None]
        complete = all(pictures.values()) and all(picture.version == live[0].version for picture in live)
        new: dict[str, Picture] = {}
        if complete:
            new = {
                name: picture
                for name, picture in pictures.items()
                if self._shown.get(name) != (self._keys[name], picture.version)
            }
        if not new and not self._status_due(complete, bool(live)):
            return None
        status, version, news = record.status, record.version, record.news
        if complete and live and any(self._keys[name].at is None for name in new) and live[0].version != version:
            status, version, news = live[0].status, live[0].version, live[0].news
        moment = pictures.get(MOMENT)
        views = [self._view(name, picture) for name, picture in new.items() if name != MOMENT]
        for name, picture in new.items():
            self._shown[name] = self._keys[name], picture.version
        if complete or not self._keys:
            self._asked = False
        self._news, self._version = max(self._news, news), version
        self._number += 1
        self._sent_time = time.monotonic()
        return b"".join(
            (
                b'{"t":"frame","n":%d,"status":' % self._number,
                record.status_json(status, self._at, moment.frame if moment and not moment.error else b"null"),
                b',"views":{',
                b",".join(views),
                b"}}",
            )
        )

    def _status_due(self, complete: bool, live: bool) -> bool:
        """Whether a frame without a new view is worth sending."""
        record = self._record
        if self._news != record.news:
            return True
        if self._asked and complete:
            return True
        if live or record.version == self._version:
            return False
        return time.monotonic() - self._sent_time >= _STATUS_GAP

    def _view(self, name: str, picture: Picture) -> bytes:
        """One view of a frame, with its base if the viewer has not had that."""
        key = self._keys[name]
        base = self._record.bases.get((key.name, key.options))
        rev = base.rev if base else 0
        pieces = [b'"%s":{"rev":%d,"step":%d' % (name.encode(), rev, picture.step)]
        if base and self._bases.get(name) != rev:
            pieces += [b',"base":', base.data]
            self._bases[name] = rev
        pieces += [b',"error":' if picture.error else b',"frame":', picture.frame, b"}"]
        return b"".join(pieces)
