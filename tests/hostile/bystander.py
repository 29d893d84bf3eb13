"""Somebody else on the server, who trains and must not notice what hostile visitors do."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import parse_qs

from websockets.sync.client import connect

from tests.browser.serving import Server
from tests.hostile.visitor import PATIENCE, Visitor

SPEED = 100
"""Steps a second: enough to see that the run goes on, and little work, so that the server's is somebody else's."""


class Bystander:
    """A page and its live stream. A context manager."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open = ExitStack()
        self._step = 0

    def __enter__(self) -> Self:
        self._visitor = self._open.enter_context(Visitor(self._server))
        self._query = self._visitor.open().query
        self.run = parse_qs(self._query)["run"][0]
        self._stream = self._open.enter_context(stream(self._server, self.run))
        self._stream.send('{"t": "watch", "views": {"curves": {}}}')
        self._stream.send(json.dumps({"t": "control", "op": "speed", "value": SPEED}))
        self.play()
        self.goes_on()
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def play(self) -> None:
        """Train."""
        self._stream.send('{"t": "control", "op": "play"}')

    def pause(self) -> None:
        """Rest, and leave the processor to the tests of other rooms: training takes a tenth of it."""
        self._stream.send('{"t": "control", "op": "pause"}')

    def goes_on(self) -> None:
        """Insist that the network takes further steps."""
        before = self._step
        while self._step <= before:
            self._step = self._frame()["status"]["step"]

    def sees_the_same(self) -> None:
        """Insist that the page is as it was."""
        shown = self._visitor.again()
        assert shown.query == self._query, "the bystander's experiment or run is another one"
        assert not shown.alerts and not shown.failures, shown

    def _frame(self) -> dict[str, Any]:
        while True:
            message = json.loads(self._stream.recv(timeout=PATIENCE))
            if message.get("t") == "frame":
                self._stream.send(json.dumps({"t": "ack", "n": message["n"]}))
                return message


def stream(server: Server, run: str, origin: str | None = None, **options: Any) -> Any:
    """A WebSocket to a run's live stream, from a page of this server unless `origin` says otherwise."""
    headers = {"Origin": origin or server.url}
    address = f"ws://localhost:{server.port}/live/{run}"
    return connect(address, additional_headers=headers, max_size=None, max_queue=None, compression=None, **options)
