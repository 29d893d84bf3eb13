"""What a server uses of the machine, looked at from outside through /proc."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage:
    """Of these processes, all together. A process that has ended meanwhile raises FileNotFoundError: none may."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids

    def memory(self) -> int:
        """Bytes in memory that are a process's own."""
        total = 0
        for pid in self._pids:
            _size, resident, shared, *_rest = Path(f"/proc/{pid}/statm").read_text().split()
            total += PAGE * (int(resident) - int(shared))
        return total

    def seconds(self) -> float:
        """Processor seconds used so far."""
        total = 0
        for pid in self._pids:
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(numbers[11]) + int(numbers[12])
        return total / TICKS
