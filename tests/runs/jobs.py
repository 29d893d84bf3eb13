"""Jobs for tests of the studio, which imports them as it imports any other."""

import math
import os
from collections.abc import Generator, Iterator
from typing import Any

from playground.runs.jobs import Rest
from playground.training import Trainer

HERE = "tests.runs.jobs"
NAMES = ("count", "endless", "refuse", "break_down", "read", "fill", "niceness", "listen")


def count(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """As many results as asked for: their numbers."""
    for number in range(1, options["to"] + 1):
        yield number / options["to"], str(number).encode(), f"at {number}"


def endless(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """One result, and then work without end."""
    yield 0.0, b"begun"
    while True:
        sum(range(10_000))
        yield 0.5, None


def refuse(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """Wrong options."""
    yield 0.1, None
    raise ValueError("The radius must be positive.")


def break_down(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """A fault of our own."""
    yield 0.1, None
    raise KeyError("oops")


def read(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """The step of the run that came along."""
    yield 1.0, str(Trainer.loads(state).step).encode()


def fill(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """A result of so many bytes."""
    yield 1.0, bytes(options["bytes"])


def niceness(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """How nice the studio is."""
    yield 1.0, str(os.nice(0)).encode()


def listen(options: dict[str, Any], state: bytes | None) -> Generator[tuple | Rest, dict[str, Any] | None, None]:
    """What it was told so far, until it is told to end; it rests in between."""
    heard = []
    while "end" not in heard:
        told = yield 0.5, " ".join(heard).encode()
        while told is None:
            told = yield Rest(math.inf)
        heard.append(told.get("say") or told["do"])
    yield 1.0, " ".join(heard).encode()
