"""How many connections this process may have at once."""

import resource
from contextlib import suppress

ENOUGH = 8192
"""Descriptors for some hundred visitors: each has two sockets, and up to six more while a page loads."""


def allow_many() -> None:
    """Ask the system for more descriptors than it gives unasked (1,024 mostly): without one nobody can join, no worker
    be started and no database be opened. Nothing happens where there are enough, or no more are to be had."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
