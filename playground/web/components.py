"""Live components for pages: a plot that follows a run, the network diagram, the player of races, and the transport.

Each is a few lines of JavaScript that import ``static/live.js`` (see there), kept in the page's own document so that
Plotly's styles reach it. The ``key`` is the component's identity: with a steady key its DOM node survives every rerun,
whatever else changes; what changes arrives as data.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from playground.web.events import forwarded
from playground.web.routes import asset_path

_STUB = """
let live;
const load = () => (live ??= import(new URL(%(path)s, location.origin)).catch((error) => {
  live = undefined; // the next run of the page tries again
  throw error;
}));
export default async function (component) {
  return (await load()).render(%(kind)s, component);
}
"""


@cache
def component(kind: str) -> Callable[..., Any]:
    """Streamlit's component for one of live.js's kinds; registered once a process."""
    stub = _STUB % {"path": json.dumps(asset_path("live.js")), "kind": json.dumps(kind)}
    return st.components.v2.component(f"playground.{kind}", js=stub, isolate_styles=False)


def live_view(
    view: str,
    run_id: str | None,
    *,
    height: str,
    key: str,
    options: Mapping[str, Any] | None = None,
    label: str | None = None,
    paint: Mapping[str, Any] | None = None,
    on_paint: Callable[[dict[str, Any]], None] | None = None,
    teleport: bool = False,
    follow: bool = False,
) -> None:
    """A Plotly figure that follows a run.

    ``view`` names one of the views of `playground.runs` ("boundary", "curves", ...), ``options`` are its options,
    ``height`` is a CSS length ("340px", "calc(100vh - 200px)"), ``label`` is read out by screen readers (unless the
    figure describes itself). Without a ``run_id`` the place stays empty.

    ``paint`` offers tools to paint the points of a two-dimensional data set (see `playground.ui.paint`); ``on_paint``
    gets one dict for each stroke, before the page runs again: ``{"op": "paint", "points": "...", "task": "...",
    "serial": 1, "stroke": 2}``: ``points`` are all that are there now, and while the network learns a long stroke comes
    in parts of the same ``stroke``.

    ``teleport``: of a loss landscape, a press on a point puts the run's weights there; the run is told directly.

    ``follow``: the image that is picked on this page is the view's option ``image``.
    """
    data = {"view": view, "run_id": run_id, "height": height, "options": dict(options or {}), "label": label or view}
    if follow:
        data["follow"] = True
    if teleport:
        data["teleport"] = True
    if paint is not None:
        data["paint"] = dict(paint)
    component("plot")(key=key, data=data, on_paint_change=forwarded(key, "paint", on_paint))


def board_view(
    view: str,
    run_id: str | None,
    *,
    height: str,
    key: str,
    options: Mapping[str, Any] | None = None,
    label: str | None = None,
    hint: str = "",
    follow: bool = False,
    press: bool = False,
    on_press: Callable[[dict[str, Any]], None] | None = None,
    kind: str = "board",
    image: Sequence[int] | None = None,
) -> None:
    """Rows of small pictures that follow a run: filters, feature maps, images; see ``static/board.js`` for their form.

    ``view``, ``options``, ``height`` and ``label`` as `live_view` takes them; ``hint`` is what the line below says
    while nothing is pointed at. ``follow``: the image that is picked on this page is the view's option ``image``. With
    ``press`` every picture is a button, and ``on_press`` gets one dict for each press, before the page runs again:
    ``{"row": 0, "tile": 3}``. ``kind`` names a component that is a board and more: "filters", "maps", or "samples",
    which takes images of a person's own, too, where ``image`` says channels, height and width of the run's.
    """
    data = {
        "view": view, "run_id": run_id, "height": height, "options": dict(options or {}), "label": label or view,
        "hint": hint, "follow": follow, "press": press, "image": None if image is None else list(image),
    }  # fmt: skip
    component(kind)(key=key, data=data, on_press_change=forwarded(key, "press", on_press))


def hand_view(run_id: str | None, *, height: str, key: str, lesson: Mapping[str, str]) -> None:
    """One convolution, ReLU or pooling worked out step by step, on the picked image or a small one.

    The kernel is a known one, a person's own, or a filter of the run's network as it is now. ``height`` is a CSS
    length; ``lesson``: paragraphs by headline, behind a button. Without a ``run_id`` there are the small images only.
    """
    data = {"run_id": run_id, "height": height, "lesson": dict(lesson), "options": {}, "follow": True}
    component("hand")(key=key, data=data)


def draw_pad(
    run_id: str | None,
    image: Sequence[int],
    *,
    height: str,
    key: str,
    fit: Mapping[str, float] | None = None,
    hint: str = "Draw here",
) -> None:
    """A pad to draw on with mouse, finger or pen; what is drawn is the image that is picked on this page.

    ``image``: (channels, height, width) of the run's images; ``height`` is a CSS length, ``hint`` what an empty pad
    says. ``fit`` is how the run's images were brought into their frame, and so is the drawing: ``box``, the pixels it
    fills the longer way; ``pen``, half the thickness of its strokes; ``mass``, whether the centre of mass or of the box
    is in the middle. Without it the pad is the frame.
    """
    data = {"run_id": run_id, "image": list(image), "height": height, "hint": hint}
    if fit is not None:
        data["fit"] = dict(fit)
    component("draw")(key=key, data=data)


def prediction_view(run_id: str | None, *, height: str, key: str, label: str = "Prediction") -> None:
    """The picked image, and how likely the run's network finds every class for it. ``height`` is a CSS length."""
    data = {"run_id": run_id, "height": height, "label": label, "options": {}, "follow": True}
    component("prediction")(key=key, data=data)


def network_view(
    run_id: str | None,
    *,
    height: str,
    key: str,
    on_edit: Callable[[dict[str, Any]], None] | None = None,
    options: Mapping[str, Any] | None = None,
    label: str = "Network diagram",
) -> None:
    """The network of a run as columns of neurons, edited where it is seen. ``height`` is a CSS length.

    ``on_edit`` gets one dict for each edit, before the page runs again:
    ``{"op": "units", "path": [2], "delta": 1, "units": 9}`` (``units`` is the number wanted; use it: quick presses may
    arrive as one), ``{"op": "feature", "name": "x2", "on": true, "features": ["x1", "x2"]}`` (``features`` is the
    whole list wanted) or ``{"op": "frozen", "path": [2], "on": true}`` (``"head"`` for the last layer). Weights that
    are set by hand and neurons that are silenced go to the run directly.
    """
    data = {"run_id": run_id, "height": height, "options": dict(options or {}), "label": label}
    component("network")(key=key, data=data, on_edit_change=forwarded(key, "edit", on_edit))


def confusion_matrix(
    run_id: str | None,
    *,
    part: str,
    height: str,
    key: str,
    mark: Mapping[str, int] | None = None,
    on_mark: Callable[[dict[str, Any]], None] | None = None,
    images: bool = False,
) -> None:
    """The confusion matrix of a run's classes, with precision, recall and F1, for a part ("train" or "test").

    ``mark`` is the cell that is pressed, ``{"actual": 0, "predicted": 1}``. ``on_mark`` gets one dict for each press,
    before the page runs again: ``{"actual": 0, "predicted": 1, "on": true}``. ``images``: the points are images, seen
    below it, and the table is a small one.
    """
    data = {"run_id": run_id, "height": height, "options": {"part": part}, "mark": None if mark is None else dict(mark)}
    if images:
        data["images"] = True
    component("confusion")(key=key, data=data, on_mark_change=forwarded(key, "mark", on_mark))


def findings(run_id: str | None, *, height: str, key: str) -> None:
    """What the inside of a run's network shows, in a sentence or two that follow it: vanishing gradients, for one."""
    component("findings")(key=key, data={"run_id": run_id, "height": height})


def pictures(run_id: str | None, pictures: Sequence[Mapping[str, Any]], *, stem: str, key: str) -> None:
    """Buttons that save pictures of live views as PNG or SVG; made in the browser, of the moment that is looked at.

    Each of ``pictures`` has ``view`` (as `live_view` takes it, or "network"), ``label`` and ``options`` (the view's);
    ``stem`` is how the files' names begin.
    """
    component("pictures")(key=key, data={"run_id": run_id, "pictures": [dict(one) for one in pictures], "stem": stem})


def race_view(
    job: str | None,
    racers: Sequence[dict[str, str]],
    *,
    height: str,
    key: str,
    label: str,
    ground: dict[str, Any] | None = None,
    pick: bool = False,
    hint: str = "",
    on_start: Callable[[dict[str, Any]], None] | None = None,
    on_cancel: Callable[[str], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """A race in three dimensions, from above, as curves and as a table, with a player.

    ``job`` is the studio's that works it out, None before there is one; ``racers`` and ``ground`` are JSON-able forms
    of what `playground.figures.race` gives; without a ground the race brings its own. ``height`` is a CSS length,
    ``hint`` a sentence below the table. With ``pick`` a press on the map calls ``on_start`` with ``{"x": 1.0, "y":
    -0.5}``, before the page runs again. ``on_cancel`` and ``on_gone`` get a job's id: a person wants it to end; the
    server knows it no more.
    """
    data = {
        "job": job,
        "racers": list(racers),
        "height": height,
        "label": label,
        "ground": ground,
        "pick": pick,
        "hint": hint,
    }
    component("race")(
        key=key,
        data=data,
        on_start_change=forwarded(key, "start", on_start),
        on_cancel_change=forwarded(key, "cancel", on_cancel, str),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )


def compare_view(
    job: str | None,
    names: Sequence[str],
    *,
    height: str,
    key: str,
    label: str,
    log: bool = False,
    colours: Sequence[str] = (),
    terrain: Sequence[Any] = (),
    on_cancel: Callable[[str], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """Two terrains side by side on one scale, seen by one camera, with their slices, their training and their numbers.

    ``job`` is the studio's that works them out, None before there is one; ``names`` and ``colours`` are those of the
    two sides, ``terrain`` the colours of heights. ``height`` is a CSS length; with ``log`` heights are logarithmic.
    ``on_cancel`` and ``on_gone`` as `race_view` has them.
    """
    data = {
        "job": job, "names": list(names), "height": height, "label": label, "log": log, "colours": list(colours),
        "terrain": list(terrain),
    }  # fmt: skip
    component("compare")(
        key=key,
        data=data,
        on_cancel_change=forwarded(key, "cancel", on_cancel, str),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )


def transport(
    run_id: str | None,
    *,
    key: str,
    on_new_weights: Callable[[], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """Play, pause, step, speed, readouts and timeline of a run, with the page's keyboard shortcuts.

    ``on_new_weights`` is called when a person asks for other initial weights (the experiment gets another seed).
    ``on_gone`` gets the run's id when the server does not know it (any more); make a new one there.
    """
    asked = on_new_weights and (lambda _when: on_new_weights())
    component("transport")(
        key=key,
        data={"run_id": run_id},
        on_new_weights_change=forwarded(key, "new_weights", asked, object),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )
