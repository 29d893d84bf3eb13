"""Runs on the server: worker processes that train, and the hub in the web process that shares out what they show.

Only the hub's side may be imported by the web process; `worker`, `seat` and `preload` bring torch in and live in
the worker processes.
"""

from importlib import import_module

# Public name -> module; imported at the first use, so that `import playground.runs` costs nothing.
_HOMES = {
    "Hub": "hubs",
    "JobInfo": "jobs",
    "RunInfo": "records",
    "ServerFull": "records",
    "Subscription": "subscription",
    "close_hub": "singleton",
    "hub": "singleton",
    "live_patch": "patch",
}

__all__ = ["Hub", "JobInfo", "RunInfo", "ServerFull", "Subscription", "close_hub", "hub", "live_patch"]


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"playground.runs.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
