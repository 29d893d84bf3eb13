"""From a description to a `torch.nn.Module`; shapes and the diagram are worked out without torch.

    from playground.network import build, infer, columns

Names are imported when first used (PEP 562): the web process uses `infer` and `columns` and never imports torch.
"""

from importlib import import_module

_HOMES = {
    "Card": "shapes",
    "Summary": "shapes",
    "infer": "shapes",
    "Column": "diagram",
    "Diagram": "diagram",
    "columns": "diagram",
    "NetworkError": "errors",
    "Network": "network",
    "build": "building",
    "FlatParameters": "flat",
    "flatten": "flat",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value  # so that the next use does not come here again
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
