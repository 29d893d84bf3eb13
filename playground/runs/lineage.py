"""How a process of ours notices that the web process is gone, however that died.

Three ways, because each has a hole. The pipe's end of file comes late when somebody forked the web process and so
holds its end open; a pidfd is Linux only; PR_SET_PDEATHSIG is Linux only, fires at the end of the *thread* that
started the child, and does not reach grandchildren.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent (process ``parent``) ends; nothing where it cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(0)


def exit_descriptor(pid: int) -> int | None:
    """A file descriptor that turns readable when process ``pid`` ends, or None where there is no such thing."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        os._exit(0)  # it is gone already
    except OSError:
        return None


def yield_to_others(nice: int = 10, first_to_go: int = 500) -> None:
    """Lower this process's claim on the processor by ``nice``, and let it be the first to go when memory runs out, the
    sooner the higher ``first_to_go`` (0 to 1000) is."""
    os.nice(nice)
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write(str(first_to_go))
    except OSError:
        pass  # not Linux, or not allowed: a kindness, not a need
