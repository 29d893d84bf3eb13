"""Looking at processes from outside, through /proc."""

import os
import select
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> set[int]:
    """Every process below ``pid``."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended while we looked
    found, frontier = set(), {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        found |= frontier
    return found


def wait_for_end(pids: set[int], seconds: float = 60.0) -> set[int]:
    """The processes that have not ended after ``seconds``; waits for their ends, not for the clock."""
    left = set(pids)
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            left.discard(pid)
            continue
        ready, _, _ = select.select([descriptor], [], [], seconds)
        os.close(descriptor)
        if ready:
            left.discard(pid)
    return left
