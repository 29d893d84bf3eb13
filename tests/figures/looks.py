"""Real networks, looked at, for the figures' tests."""

from typing import Any

from playground import lenses
from playground.figures import view_of
from tests.lenses.moments import moment_of

KINDS = ("circle", "spiral3", "plane", "multi_gaussian", "curve", "iris", "wine", "breast_cancer", "diabetes")


def look(kind: str, view: str = "boundary", **options: Any) -> tuple[Any, dict[str, Any], Any]:
    """(view, arrays, moment) of a fresh small network on this kind of data."""
    data = {"kind": "spiral", "classes": 3} if kind == "spiral3" else {"kind": kind}
    moment = moment_of(data)
    found = view_of(view, moment.dataset, options)
    return found, getattr(lenses, found.lens)(moment, **found.lens_options), moment
