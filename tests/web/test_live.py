"""The live stream over a real socket, against the real hub and its workers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from playground.archive import Shelf
from playground.experiment import Experiment
from playground.runs import close_hub, hub
from playground.web.live import BURST
from playground.web.protocol import MESSAGE_BYTES

SECONDS = 60  # the first run waits for PyTorch; a shared machine is slow at odd moments
WATCH = {"t": "watch", "views": {"boundary": {"resolution": 20}, "curves": {}}, "at": None}


@pytest.fixture(scope="module")
def runs() -> Iterator[Callable[[], str]]:
    """Make runs: a small network on xor."""

    def make() -> str:
        described = {
            "v": 1,
            "seed": 0,
            "data": {"kind": "xor"},
            "network": [{"kind": "linear", "units": 2}, {"kind": "tanh"}],
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}, "batch_size": 10},
        }
        return hub().create(Experiment.model_validate(described))

    yield make
    close_hub()


@pytest.fixture
def dial(server) -> Iterator[Callable[..., ClientConnection]]:
    """Open live streams; they are closed after the test."""
    with ExitStack() as opened:

        def dialled(run_id: str, **options: Any) -> ClientConnection:
            address = f"ws://127.0.0.1:{server.port}/live/{run_id}"
            return opened.enter_context(connect(address, **{"origin": server.url, **options}))

        yield dialled


def say(socket: ClientConnection, message: dict[str, Any]) -> None:
    socket.send(json.dumps(message))


def frame(socket: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first frame that is ``wanted``; every one is acknowledged, as a browser does."""
    deadline = time.monotonic() + SECONDS
    while True:
        message = json.loads(socket.recv(timeout=deadline - time.monotonic()))
        if message["t"] == "frame":
            say(socket, {"t": "ack", "n": message["n"]})
            if wanted(message):
                return message


def farewell(socket: ClientConnection) -> tuple[int, str]:
    """How the server ends a stream."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket.recv(timeout=SECONDS)
    assert closed.value.rcvd is not None, "the stream broke off without a word"
    return closed.value.rcvd.code, closed.value.rcvd.reason


def until(true: Callable[[], bool]) -> None:
    """Wait for what happens in the server's own threads, which have no event for us."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# -- a run in the browser ------------------------------------------------------------------------------------------


def test_a_viewer_gets_pictures_and_then_only_what_moves(runs, dial):
    socket = dial(runs())
    say(socket, WATCH)
    first = frame(socket, lambda message: message["views"].keys() == {"boundary", "curves"})
    assert all("base" in view and "frame" in view for view in first["views"].values())
    say(socket, {"t": "control", "op": "step", "value": 5})
    later = frame(socket, lambda message: message["status"]["step"] == 5 and "boundary" in message["views"])
    assert "base" not in later["views"]["boundary"]
    assert later["views"]["boundary"]["rev"] == first["views"]["boundary"]["rev"]


def test_play_and_pause(runs, dial):
    socket = dial(runs())
    say(socket, WATCH)
    say(socket, {"t": "control", "op": "play"})
    frame(socket, lambda message: message["status"]["state"] == "playing" and message["status"]["step"] > 0)
    say(socket, {"t": "control", "op": "pause"})
    frame(socket, lambda message: message["status"]["state"] == "paused")


def test_the_past_is_shown_on_request(runs, dial):
    socket = dial(runs())
    say(socket, WATCH)
    say(socket, {"t": "control", "op": "step", "value": 50})
    frame(socket, lambda message: message["status"]["step"] == 50)
    say(socket, {**WATCH, "at": 20})
    past = frame(socket, lambda message: message["status"]["at"] == 20 and "boundary" in message["views"])
    assert past["status"]["step"] == 50
    assert past["views"]["boundary"]["step"] == past["status"]["moment"]["step"] <= 20


def test_what_cannot_be_done_is_told_and_the_stream_goes_on(runs, dial):
    socket = dial(runs())
    say(socket, {"t": "watch", "views": {"nonsense": {}}, "at": None})
    answer = json.loads(socket.recv(timeout=SECONDS))
    while answer["t"] != "error":
        answer = json.loads(socket.recv(timeout=SECONDS))
    assert "nonsense" in answer["text"]
    say(socket, WATCH)
    frame(socket, lambda message: "boundary" in message["views"])


def test_a_ping_is_answered(runs, dial):
    socket = dial(runs())
    say(socket, {"t": "ping"})
    while json.loads(socket.recv(timeout=SECONDS))["t"] != "pong":
        pass


# -- who is let in -------------------------------------------------------------------------------------------------


def test_pages_of_other_sites_are_not(runs, dial):
    run_id = runs()
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null"):
        with pytest.raises(InvalidStatus, match="403"):
            dial(run_id, origin=origin)


def test_an_unknown_run_says_so(dial):
    assert farewell(dial("no-such-run")) == (4404, "There is no such run on this server.")


def test_a_run_that_the_archive_may_know_is_asked_for_again_later(dial, monkeypatch):
    monkeypatch.setattr(hub()._keeper, "shelf", Shelf("sqlite:////proc/nobody/kept.db"))
    code, reason = farewell(dial("an-id-of-before-the-restart"))
    assert code == 1013, "the browser tries again"
    assert "cannot be used" in reason


@pytest.mark.parametrize(
    "text", ["play", "[]", '{"t":"shutdown"}', '{"t":"control","op":"explode"}', '{"t":"ack","n":-1}']
)
def test_garbage_ends_the_stream_with_a_reason(runs, dial, text):
    socket = dial(runs())
    socket.send(text)
    code, reason = farewell(socket)
    assert code == 1008
    assert reason


def test_bytes_are_no_message(runs, dial):
    socket = dial(runs())
    socket.send(b'{"t":"ping"}')
    assert farewell(socket) == (1008, "messages are text")


def test_too_large(runs, dial):
    socket = dial(runs())
    say(socket, {"t": "watch", "views": {"x": {"y": "z" * MESSAGE_BYTES}}, "at": None})
    assert farewell(socket)[0] == 1009


def test_too_often(runs, dial):
    socket = dial(runs())
    for _ in range(2 * BURST):
        try:
            say(socket, {"t": "ack", "n": 0})
        except ConnectionClosed:
            break
    assert farewell(socket) == (1008, "too many messages; slow down")


# -- who leaves ----------------------------------------------------------------------------------------------------


def viewers(run_id: str) -> int:
    info = hub().get(run_id)
    return info.viewers if info else 0


def test_a_viewer_who_leaves_is_forgotten(runs, dial):
    run_id = runs()
    sockets = [dial(run_id) for _ in range(3)]
    for socket in sockets:
        say(socket, WATCH)
        frame(socket, lambda message: "boundary" in message["views"])
    assert viewers(run_id) == 3
    for socket in sockets[:2]:
        socket.close()
    until(lambda: viewers(run_id) == 1)


def test_a_viewer_who_vanishes_without_a_word_is_forgotten(runs, dial):
    run_id = runs()
    socket = dial(run_id)
    say(socket, WATCH)
    frame(socket, lambda message: "boundary" in message["views"])
    socket.socket.shutdown(2)  # the cable is pulled: no closing handshake
    until(lambda: viewers(run_id) == 0)


def test_a_viewer_who_is_refused_is_forgotten(runs, dial):
    run_id = runs()
    socket = dial(run_id)
    socket.send("garbage")
    farewell(socket)
    until(lambda: viewers(run_id) == 0)


def test_twenty_viewers_come_and_go_and_nothing_is_left(runs, dial):
    run_id = runs()
    threads = threading.active_count()
    for _ in range(20):
        socket = dial(run_id)
        say(socket, WATCH)
        frame(socket, lambda message: "boundary" in message["views"])
        socket.close()
    until(lambda: viewers(run_id) == 0)
    assert threading.active_count() <= threads + 1  # the client's own, on its way out


def test_when_the_hub_closes_viewers_hear_that_the_run_is_gone(runs, dial):
    socket = dial(runs())
    say(socket, WATCH)
    frame(socket, lambda message: True)
    close_hub()
    assert farewell(socket) == (4404, "There is no such run on this server.")
