"""Figures: a lens's arrays as plain Plotly dicts. No torch, no Streamlit.

Every live figure has `base` (all of it) and `frame` (only what moves); `view_of` finds the right one.
"""

from importlib import import_module

_HOMES = {
    "FIGURES": "live",
    "View": "live",
    "draw": "live",
    "view_of": "live",
    "Quantised": "quantised",
    "activation_svg": "activation_plot",
    "data_thumbnail": "thumbnails",
    "still": "stills",
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
