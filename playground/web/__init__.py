"""What the browser sees move: the live stream, the files of our own, and the components that draw a run.

`routes` goes into ``st.App(routes=...)``; `live_view`, `network_view` and `transport` are called by pages.
"""

from importlib import import_module

# Public name -> module; imported at the first use: the server needs the routes before it needs Streamlit's components.
_HOMES = {"routes": "routes", "live_view": "components", "network_view": "components", "transport": "components"}

__all__ = ["live_view", "network_view", "routes", "transport"]


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"playground.web.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
