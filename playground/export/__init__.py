"""Export: what a person takes away of an experiment or a run, as bytes or text, and brings back. No Streamlit.

    from playground.export import TAKEAWAYS
    Path("run.html").write_bytes(TAKEAWAYS["animation"](trainer))

Importing this room never imports torch: the web process reads files here, and a worker, which has torch, writes them.
"""

from importlib import import_module

_HOMES = {
    "TAKEAWAYS": "takeaways",
    "FileError": "errors",
    "script": "code.script",
    "notebook": "code.notebook",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
