"""Which process works on a trial, so that another one on the same machine sees at once when it has died."""

from __future__ import annotations

import os
from pathlib import Path

MOST = 200
"""Characters of a mark."""


def mark() -> str:
    """This process among all that ever were, on any machine; "" where the system does not tell."""
    here = _here()
    began = _began(os.getpid())
    return f"{here}/{os.getpid()}/{began}" if here and began else ""


def is_dead(text: object) -> bool:
    """Whether the process with this mark ran on this machine, and is gone. Never raises: of what is no mark, and of
    other machines, nothing is known."""
    if not isinstance(text, str) or len(text) > MOST:
        return False
    here, _, rest = text.rpartition("/")[0].rpartition("/")
    began = text.rpartition("/")[2]
    if not here or here != _here() or not (rest.isascii() and rest.isdigit() and len(rest) < 10):
        return False
    return _began(int(rest)) != began


def _here() -> str:
    """This start of this machine, and who sees which processes on it (containers do not see one another's)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _began(pid: int) -> str:
    """When a process began, in ticks since the start of the machine; "" where there is none (proc(5), field 22)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]
