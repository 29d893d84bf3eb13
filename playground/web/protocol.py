"""What a browser may say on the live stream. Anything else is refused before it reaches a run."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

MESSAGE_BYTES = 64 * 1024  # a message names views and a step; the largest holds a picture of a person's own, thrice
VIEWS = 32
NAME_LENGTH = 64
OPS = frozenset({"play", "pause", "step", "epoch", "reset", "speed", "rewind"})
BY_HAND = frozenset({"weight", "silence", "teleport"})
"""Operations whose value is an object: what it must hold is checked where it is used, `playground.runs.controls`."""
LARGEST = 2**53  # the largest whole number that JavaScript and Python agree on


class BadMessage(ValueError):
    """A message that no browser of ours sends; the text says what is wrong with it."""


@dataclass(frozen=True)
class Watch:
    """Which views to send (name to options), and of which step (None = as it trains)."""

    views: dict[str, dict[str, Any]]
    at: int | None


@dataclass(frozen=True)
class Control:
    """One of `OPS`, with its value (a number, or None), or of `BY_HAND` (a flat object)."""

    op: str
    value: float | int | dict[str, Any] | None


@dataclass(frozen=True)
class Ack:
    """The frame numbered ``n`` is drawn."""

    n: int


@dataclass(frozen=True)
class Ping:
    """Is the server still there?"""


Message = Watch | Control | Ack | Ping


def parse(text: str | bytes) -> Message:
    """The message in a text of at most `MESSAGE_BYTES`. Raises BadMessage for anything unknown or out of range."""
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadMessage("a message is JSON") from None
    if not isinstance(fields, dict):
        raise BadMessage("a message is a JSON object")
    kind = fields.get("t")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise BadMessage("a message is one of watch, control, ack, ping")
    return reader(fields)


def _watch(fields: dict[str, Any]) -> Watch:
    views = fields.get("views")
    if not isinstance(views, dict) or len(views) > VIEWS:
        raise BadMessage(f"views is an object of at most {VIEWS} names")
    if not all(len(name) <= NAME_LENGTH and isinstance(options, dict) for name, options in views.items()):
        raise BadMessage("every view has a short name and an object of options")
    at = fields.get("at")
    return Watch(views, None if at is None else _count(at, "at"))


def _control(fields: dict[str, Any]) -> Control:
    op, value = fields.get("op"), fields.get("value")
    if not isinstance(op, str) or op not in OPS | BY_HAND:
        raise BadMessage(f"op is one of {', '.join(sorted(OPS | BY_HAND))}")
    if op in BY_HAND:
        if not isinstance(value, dict):
            raise BadMessage(f"the value of {op} is an object")
        return Control(op, value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise BadMessage("value is a number or null")
    if value is not None and not 0 <= value <= LARGEST:
        raise BadMessage("value is a number from 0 up")
    return Control(op, value)


def _ack(fields: dict[str, Any]) -> Ack:
    return Ack(_count(fields.get("n"), "n"))


def _count(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise BadMessage(f"{name} is a whole number from 0 up")
    return value


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "watch": _watch,
    "control": _control,
    "ack": _ack,
    "ping": lambda _fields: Ping(),
}


class Allowance:
    """How often a browser may speak: ``rate`` messages a second, after a burst of ``burst``."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic):
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._left = burst
        self._asked = clock()

    def spend(self) -> bool:
        """Take one message off. False when the allowance is used up."""
        now = self._clock()
        self._left = min(self.burst, self._left + (now - self._asked) * self.rate)
        self._asked = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
