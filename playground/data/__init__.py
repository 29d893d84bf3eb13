"""Data: from a description to arrays. numpy (and pandas, scikit-learn for tables), never torch, never Streamlit.

    from playground.data import load
    dataset = load(experiment.data)

Names are imported when first used (PEP 562), so that `playground.data.errors` costs nothing more.
"""

from importlib import import_module

_HOMES = {
    "Dataset": "dataset",
    "Plane": "dataset",
    "TableError": "errors",
    "FEATURES": "features",
    "class_names": "loading",
    "input_names": "loading",
    "input_shape": "loading",
    "fetch": "downloadable",
    "load": "loading",
    "table": "loading",
    "task_of": "loading",
    "inspect": "inspection",
    "store": "store",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOMES[name]}")
    return module if name == _HOMES[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
