"""The live components of the page of hyperparameters; see `playground.web.components` for how they are made."""

from collections.abc import Callable
from typing import Any

from playground.web.components import component
from playground.web.events import forwarded


def range_view(
    job: str | None,
    *,
    now: float | None,
    height: str,
    key: str,
    label: str,
    on_use: Callable[[dict[str, Any]], None] | None = None,
    on_cancel: Callable[[str], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """A learning-rate range test, with what it suggests; a press in it, or the slider below, chooses another rate.

    ``job`` is the studio's that makes the test, None before there is one; ``now`` is the rate that is in use.
    ``height`` is a CSS length. ``on_use`` gets ``{"rate": 0.03}`` when a person wants to train with that, before the
    page runs again; ``on_cancel`` and ``on_gone`` as `race_view` has them.
    """
    component("range")(
        key=key,
        data={"job": job, "now": now, "height": height, "label": label},
        on_use_change=forwarded(key, "use", on_use),
        on_cancel_change=forwarded(key, "cancel", on_cancel, str),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )
