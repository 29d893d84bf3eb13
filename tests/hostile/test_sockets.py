"""Hostile streams: a page of another site, garbage, too much, too often. Each ends or is answered in plain words."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from playground.web.protocol import MESSAGE_BYTES
from tests.browser.serving import Server
from tests.hostile.bystander import Bystander, stream
from tests.hostile.visitor import PATIENCE

FOREIGN = ("https://evil.example", "http://localhost:1", "null", "file://", "http://localhost.evil.example", "http://[")

NONSENSE = {
    "nothing": "",
    "not JSON": "watch everything",
    "half a message": '{"t": "watch", "vie',
    "a list": "[]",
    "a number": "1e999",
    "not a number": '{"t": "ack", "n": NaN}',
    "deep": "[" * 8000,
    "no kind": '{"views": {}}',
    "a kind that is a list": '{"t": ["watch"]}',
    "an unknown kind": '{"t": "shutdown"}',
    "a prototype": '{"__proto__": {"t": "watch"}}',
    "views that are a list": '{"t": "watch", "views": ["boundary"]}',
    "a hundred views": json.dumps({"t": "watch", "views": {f"v{i}": {} for i in range(100)}}),
    "a view with a long name": json.dumps({"t": "watch", "views": {"x" * 5000: {}}}),
    "a moment that is a word": '{"t": "watch", "views": {}, "at": "now"}',
    "a moment before the start": '{"t": "watch", "views": {}, "at": -1}',
    "a moment after all time": '{"t": "watch", "views": {}, "at": 1e300}',
    "an unknown operation": '{"t": "control", "op": "__class__"}',
    "an operation that is a list": '{"t": "control", "op": ["play"]}',
    "a negative acknowledgement": '{"t": "ack", "n": -1}',
    "an acknowledgement of true": '{"t": "ack", "n": true}',
    "a lone surrogate": '{"t": "\\ud800"}',
    "a null byte": '{"t": "\\u0000"}',
}
"""What no page of ours sends: the stream ends, with a reason."""

REFUSED = {
    "an unknown view": {"t": "watch", "views": {"secrets": {}}},
    "an unknown option": {"t": "watch", "views": {"boundary": {"path": "/etc/passwd"}}},
    "a resolution of a billion": {"t": "watch", "views": {"boundary": {"resolution": 10**9}}},
    "a negative resolution": {"t": "watch", "views": {"boundary": {"resolution": -8}}},
    "a resolution that is code": {"t": "watch", "views": {"boundary": {"resolution": "__import__('os')"}}},
    "options within options": {"t": "watch", "views": {"boundary": {"resolution": {"a": {"b": [1] * 100}}}}},
    "a billion units shown": {"t": "watch", "views": {"network": {"shown": 10**9}}},
    "steps by the billion": {"t": "control", "op": "step", "value": 10**12},
    "half a step": {"t": "control", "op": "step", "value": 0.5},
    "no epochs": {"t": "control", "op": "epoch", "value": 0},
    "a speed of nothing": {"t": "control", "op": "speed", "value": 0},
    "a rewind to nowhere": {"t": "control", "op": "rewind", "value": 0.5},
}
"""What could come from a page with a mistake: it is refused in words, and the stream goes on."""


@pytest.mark.parametrize("origin", FOREIGN, ids=repr)
def test_a_page_of_another_site_is_kept_out(server: Server, bystander: Bystander, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal, stream(server, bystander.run, origin):
        pass
    assert refusal.value.response.status_code in (400, 403)


def test_another_site_cannot_reach_streamlit_either(server: Server) -> None:
    address = f"ws://localhost:{server.port}/_stcore/stream"
    with (
        pytest.raises((InvalidStatus, ConnectionClosed)),
        connect(address, additional_headers={"Origin": "https://evil.example"}, subprotocols=["streamlit"]) as socket,
    ):
        socket.recv(timeout=PATIENCE)


RUNS = ("x", "x" * 5000, "..%2f..%2fetc%2fpasswd", "%00", "%F0%9F%92%A3", "<script>", "%3Cscript%3E", "0", "-1", "None")


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run[:24])
def test_a_run_that_nobody_knows(server: Server, run: str) -> None:
    try:
        with stream(server, run) as socket:
            assert _farewell(socket) == (4404, "There is no such run on this server.")
    except InvalidStatus as refusal:  # an address that is none
        assert refusal.response.status_code in (400, 403, 404)


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_ends_the_stream_with_a_reason(server: Server, bystander: Bystander, name: str) -> None:
    with stream(server, bystander.run) as socket:
        socket.send(NONSENSE[name])
        code, reason = _farewell(socket)
    assert code == 1008
    assert 3 < len(reason) <= 123


def test_bytes_end_the_stream(server: Server, bystander: Bystander) -> None:
    with stream(server, bystander.run) as socket:
        socket.send(b"\x80\x04\x95" + bytes(200))
        assert _farewell(socket) == (1008, "messages are text")


@pytest.mark.parametrize("size", [MESSAGE_BYTES + 1_000, 1_000_000, 30_000_000])
def test_too_large_a_message_ends_the_stream(server: Server, bystander: Bystander, size: int) -> None:
    with stream(server, bystander.run) as socket:
        try:
            socket.send('{"t": "' + "x" * size)
            code, _reason = _farewell(socket)
        except ConnectionClosed as closed:  # while it was still being sent
            code = closed.rcvd.code if closed.rcvd else 1009
        assert code == 1009


def test_too_often_ends_the_stream(server: Server, bystander: Bystander) -> None:
    with stream(server, bystander.run) as socket:
        try:
            for _ in range(2000):
                socket.send('{"t": "ping"}')
            code, reason = _farewell(socket)
        except ConnectionClosed as closed:
            code, reason = closed.rcvd.code, closed.rcvd.reason
        assert (code, reason) == (1008, "too many messages; slow down")


@pytest.mark.parametrize("name", REFUSED)
def test_a_wish_that_cannot_be_granted_is_refused_in_words(server: Server, bystander: Bystander, name: str) -> None:
    with stream(server, bystander.run) as socket:
        socket.send(json.dumps(REFUSED[name]))
        text = _answer(socket, "error")["text"]
        assert 10 < len(text) < 300
        assert "Traceback" not in text
        socket.send('{"t": "ping"}')
        assert _answer(socket, "pong")


def test_fifty_streams_at_once(server: Server, bystander: Bystander) -> None:
    sockets = [stream(server, bystander.run).__enter__() for _ in range(50)]
    for socket in sockets:
        socket.send('{"t": "watch", "views": {"curves": {}}}')
    for socket in sockets:
        assert _answer(socket, "frame")
        socket.close()


PATHS = (
    "/np/static/../app.py",
    "/np/static/x/../../../app.py",
    "/np/static/%2e%2e/%2e%2e/app.py",
    "/np/static/..%2f..%2fapp.py",
    "/np/static/%00",
    "/np/static/x/live.js%00.css",
    "/np/static//etc/passwd",
    "/np/static/" + "a" * 4000,
    "/app.py",
    "/playground/settings.py",
    "/.git/config",
    "/requirements.txt",
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_no_path_reaches_a_file_of_the_server(server: Server, path: str) -> None:
    try:
        with urllib.request.urlopen(server.url + path, timeout=PATIENCE) as answer:
            content = answer.read()
    except urllib.error.HTTPError as refusal:
        content = refusal.read()
        assert refusal.code in (400, 403, 404)
    for secret in (b"import streamlit", b"root:", b"[core]", b"PLAYGROUND_", b"torch=="):
        assert secret not in content


def _farewell(socket: Any) -> tuple[int, str]:
    """Read to the end of a stream: its closing code and reason."""
    try:
        while True:
            socket.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None, "the server went away without a word"
        return closed.rcvd.code, closed.rcvd.reason


def _answer(socket: Any, kind: str) -> dict[str, Any]:
    """The next message of this kind."""
    while True:
        message = json.loads(socket.recv(timeout=PATIENCE))
        if message["t"] == kind:
            return message
