"""What browsers may ask to see, checked before it is passed on to a worker. Torch-free.

The views themselves are the entries of `playground.figures.FIGURES` (which lens, which figure, which options): a new
one there can be watched live without a change here.
"""

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from playground.figures.live import FIGURES
from playground.lenses.registry import LENSES

MOMENT = "moment"  # no view, but the numbers (loss, epoch, ...) of the step that a viewer of the past looks at

_MOST_VIEWS = 32
_LATEST_STEP = 2**53  # beyond it JavaScript has no whole numbers


class Key(NamedTuple):
    """What is to be computed. Viewers who ask for the same thing have equal keys, and it is computed once."""

    name: str
    options: str  # JSON text, every option spelled out
    at: int | None  # a step of the past, None for where the run is now


def keys_of(views: Mapping[str, Mapping[str, Any]], at: int | None) -> dict[str, Key]:
    """The keys of what a viewer watches, by view name.

    Views that show the whole run and not one moment of it (the curves) stay live for a viewer of the past. Raises
    ValueError, in plain words, for unknown views and for options that are unknown or out of range.
    """
    if not isinstance(views, Mapping) or len(views) > _MOST_VIEWS:
        raise ValueError(f"'views' must be an object of at most {_MOST_VIEWS} views by name.")
    if at is not None and (not isinstance(at, int) or isinstance(at, bool) or not 0 <= at <= _LATEST_STEP):
        raise ValueError("'at' must be a step (a whole number from 0 on) or null.")
    keys = {}
    for name, options in views.items():
        if not isinstance(options, Mapping | None):
            raise ValueError(f"The options of the view {str(name)[:40]!r} must be an object.")
        checked = _canonical(str(name), _text(options or {}))
        keys[name] = Key(name, checked, None if _live_only(name) else at)
    if at is not None:
        keys[MOMENT] = Key(MOMENT, "{}", at)
    return keys


def _text(options: Mapping[str, Any]) -> str:
    try:
        return orjson.dumps(dict(options), option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise ValueError(f"The options of a view must be JSON: {error}.") from None


@lru_cache(maxsize=512)  # every viewer of every run sends the same few
def _canonical(name: str, text: str) -> str:
    """Options with every default filled in, so that equal wishes are equal texts."""
    figure = FIGURES.get(name)
    if figure is None:
        near = difflib.get_close_matches(name[:40], FIGURES, n=1)
        raise ValueError(f"There is no view {name[:40]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
    given = orjson.loads(text)
    known = set(figure.options.model_fields).union(*(LENSES[lens].parameters() for lens in figure.drawings))
    if unknown := sorted(set(given) - known):
        raise ValueError(f"The view {name!r} has no option {unknown[0][:40]!r}. It has: {', '.join(sorted(known))}.")
    try:
        full = figure.options.model_validate(
            {option: given[option] for option in figure.options.model_fields if option in given}
        ).model_dump(mode="json")
        for lens in figure.drawings:
            full |= LENSES[lens].with_options(given).model_dump(mode="json", exclude={"kind"})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))[:60]} of the view {name!r}: {first['msg']}.") from None
    return _text(full)


def _live_only(name: str) -> bool:
    return any(LENSES[lens].live_only for lens in FIGURES[name].drawings)
