"""The one hub of a server."""

import atexit
import threading

from playground.runs.hubs import Hub

_hub: Hub | None = None
_hub_lock = threading.Lock()


def hub() -> Hub:
    """The hub of this process, made at the first call; it closes when the process ends."""
    global _hub
    with _hub_lock:
        if _hub is None:
            _hub = Hub()
            atexit.register(close_hub)
        return _hub


def close_hub() -> None:
    """Close the hub of this process, if there is one; the next `hub()` makes a new one."""
    global _hub
    with _hub_lock:
        closing, _hub = _hub, None
    if closing is not None:
        closing.close()
        atexit.unregister(close_hub)
