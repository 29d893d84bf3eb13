"""The studio's pictures of kept runs, for their comparison: each as it was saved last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from functools import cache
from typing import Any

from playground.archive import Shelf
from playground.figures import svg
from playground.figures.portraits import portrait as drawn
from playground.runs.build import explain
from playground.runs.wire import encode
from playground.settings import settings

MOST = 8
"""Runs of one comparison."""
KEPT = 64
"""Pictures that are kept, of all comparisons."""

_kept: OrderedDict[tuple[str, int, float], dict[str, Any]] = OrderedDict()


def portraits(options: dict[str, Any], state: bytes | None) -> Iterator[tuple]:
    """Pictures of a person's runs; options: ``person``, and ``runs``, their ids as the archive has them.

    A result is ``{id: {"image": address for <img>, "step": 120} or {"problem": "..."}}``, of more runs each time.
    """
    person, wanted, found = str(options["person"]), [str(one) for one in options["runs"]][:MOST], {}
    for index, kept_id in enumerate(wanted):
        try:
            found[kept_id] = _portrait(kept_id, person)
        except Exception as problem:  # of one run: a table that is gone, a checkpoint that is damaged
            found[kept_id] = {"problem": explain(problem)}
        yield (index + 1) / len(wanted), encode(found), "Drawing"


@cache
def _shelf() -> Shelf:
    return Shelf(settings.storage_url)


def _portrait(kept_id: str, person: str) -> dict[str, Any]:
    """Raises ValueError, in words for a person; what loading raises where a checkpoint is damaged."""
    try:
        run = _shelf().get(kept_id, person)
    except KeyError:
        raise ValueError("This run is not kept any more.") from None
    key = kept_id, run.step, run.updated
    if key not in _kept:
        _kept[key] = _drawn(_shelf().checkpoint(kept_id, person))
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _drawn(checkpoint: bytes) -> dict[str, Any]:
    from playground.lenses.portraits import portrait
    from playground.training import Trainer

    moment = Trainer.loads(checkpoint, device="cpu").at()
    what = "Confusions" if moment.dataset.image is not None else "What the network answers"
    picture = drawn(portrait(moment), moment.dataset, f"{what} after {moment.epoch:,.0f} epochs")
    return {"image": svg.data_uri(picture), "step": moment.step}
