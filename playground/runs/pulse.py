"""Whether workers still do anything. One that hangs does not die, and nobody would ever hear of it.

A worker hangs when for a minute it has neither said anything (it is asked to, again and again) nor used the processor:
it waits for a lock that nobody holds, for a device that does not answer, for somebody who stopped it. One that
calculates for long does not hang, however long it takes, and one that gets no time of a busy processor does not either.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from playground.runs import messages
from playground.runs.channel import Channel

LOOK_SECONDS = 10.0
"""Between two looks. They are counted, not the time: when this very process was stopped, nobody else was at fault."""
MOST_LOOKS = 6
"""Looks in a row that find no sign of life."""

_RUNS, _TRACED = "R", "t"


class _Sign(NamedTuple):
    heard: int
    busy: str  # what the kernel says of how long the processor was used
    looks: int = 0  # in a row that found this same sign


class Pulse:
    """Of the processes behind channels."""

    def __init__(self) -> None:
        self._signs: dict[Channel, _Sign] = {}

    def look(self, channels: Iterable[Channel]) -> list[Channel]:
        """Those whose processes hang; all are asked for a sign of life, to be seen at the next look."""
        signs = {}
        for channel in channels:
            state, busy = _main_thread(channel.pid)
            before, sign = self._signs.get(channel), _Sign(channel.heard, busy)
            lives = state in ("", _RUNS, _TRACED) or not channel.listening
            if before is not None and before[:2] == sign[:2] and not lives:
                sign = sign._replace(looks=before.looks + 1)
            signs[channel] = sign
            channel.send(messages.pack("ping"))
        self._signs = signs
        return [channel for channel, sign in signs.items() if sign.looks >= MOST_LOOKS]


def _main_thread(pid: int | None) -> tuple[str, str]:
    """State of a process's main thread, and how long it has used the processor (proc(5), fields 3, 14 and 15); empty
    where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return fields[0], " ".join(fields[11:13])
