"""The real server that hostile things are tried on, and somebody else on it who must not notice."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.browser.serving import Server
from tests.hostile.bystander import Bystander
from tests.hostile.usage import Usage
from tests.hostile.visitor import Visitor

# What the server prints when a page of ours, or a route of ours, failed with a traceback.
FAILURES = ("Uncaught app execution", "Exception in ASGI application", "Traceback (most recent call last)")
MOST_MEMORY = 100 * 2**20
MOST_SECONDS = 1.0
BYSTANDERS_SHARE = 0.2  # of a processor: a tenth on a quiet machine


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a process of tests."""
    with Server(tmp_path_factory.mktemp("server"), PLAYGROUND_WORKERS="1") as running:
        running.wait_for_processes(3)
        yield running


@pytest.fixture(scope="session")
def bystander(server: Server) -> Iterator[Bystander]:
    """Somebody else, whose network trains all the time."""
    with Bystander(server) as person:
        yield person


@pytest.fixture(scope="session")
def usage(server: Server, bystander: Bystander) -> Usage:
    """What the server uses, once the bystander's network trains."""
    return Usage(list(server.processes()))


@pytest.fixture(autouse=True)
def unharmed(server: Server, bystander: Bystander, usage: Usage) -> Iterator[None]:
    """Whatever a test tries: no traceback, at most a second of the server's work (the bystander's left out), at most
    100 MB more of its memory, and the bystander's network has gone on with the same page in front of them."""
    log, memory, work = server.log_path.stat().st_size, usage.memory(), usage.seconds()
    start = time.monotonic()
    yield
    printed = server.log(log)
    assert not any(mark in printed for mark in FAILURES), f"the server logged a failure:\n{printed[-4000:]}"
    allowed = MOST_SECONDS + BYSTANDERS_SHARE * (time.monotonic() - start)
    assert usage.seconds() - work < allowed, "the server worked on this for too long"
    assert usage.memory() - memory < MOST_MEMORY, "the server kept too much memory"
    bystander.goes_on()


@pytest.fixture(autouse=True, scope="module")
def unchanged(bystander: Bystander) -> Iterator[None]:
    """After everything that a module tries, the bystander's page is as it was. They train only meanwhile."""
    bystander.play()
    yield
    bystander.sees_the_same()
    bystander.pause()


@pytest.fixture(scope="module")
def intruder(server: Server) -> Iterator[Visitor]:
    """A hostile one whose page stays open for one thing after another: what one of them spoilt, the next shows."""
    with Visitor(server) as person:
        person.open()
        yield person


@pytest.fixture
def visitor(server: Server) -> Iterator[Visitor]:
    """The hostile one."""
    with Visitor(server) as person:
        yield person
