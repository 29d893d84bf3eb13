"""The way of a run through its loss landscape as one HTML file, which needs nothing but a browser.

It holds plotly.js as it is installed, the two pictures of the live views (the surface, and the view from above) and a
Plotly frame for every moment. A plane that belongs to the whole run stands still, and the ball rolls along the path on
it; one that belongs to a moment follows the run, and the terrain moves under the ball.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import numpy as np

from playground import lenses
from playground.export import wording
from playground.export.animation import losses, moments_of, reading
from playground.export.page import page, plotly
from playground.figures import still, theme, view_of
from playground.figures.heights import tallest_of_path
from playground.figures.keys import DOT, LINE
from playground.figures.live import View
from playground.lenses.hurry import at_most
from playground.lenses.landscape.entries import DIRECTIONS

FIGURES = {"surface": "landscape", "above": "contour"}
"""Where on the page each live view is drawn."""
FOLLOWS = ("filter", "layer", "raw", "weights")
"""Planes that are laid through every moment anew, unless they are held; their directions stay the same."""
MOST_FRAMES, MOVING_FRAMES, LEAST_FRAMES = 120, 48, 12
FINEST, MOVING_FINEST, COARSEST = 101, 31, 11
WORK = 3e9
"""Multiplications that one film may cost: well under two seconds of a processor core, with PyTorch."""
SECONDS = 2.0
"""A film whose surfaces take longer shows them as far as they are measured."""
PATH = ("path_x", "path_y", "path_off", "path_step", "path_loss")
SURFACE = "0"
"""The trace of both figures that may stand still while path and ball move on it."""


def write(trainer: Any, frames: int = MOST_FRAMES, **options: Any) -> bytes:
    """The film of the views "landscape" and "contour" over the whole run, as HTML in UTF-8: plotly.js and at most
    about 2 MB.

    frames: the most there are (2 to 120); a large network gets fewer and coarser ones, so that this takes two seconds
    at worst. options: those of the live view "landscape"; without `directions` the plane is that of the path's
    principal components. Raises ValueError for others, and where there is no such plane.
    """
    asked = {"directions": "pca", **options}
    view = view_of("landscape", trainer.dataset, asked)
    wish = view.lens_options
    moves = wish["directions"] in FOLLOWS and wish["anchor"] is None
    frames, wish["resolution"] = plan(_cost(trainer, wish["part"]), moves, frames, wish["resolution"])
    seen = list(_followed(trainer, view, frames) if moves else _rolled(trainer, view, frames))
    drawn = {place: view_of(name, trainer.dataset, asked) for place, name in FIGURES.items()}
    film = {
        "title": wording.title(trainer.experiment),
        "about": f"{wording.recipe(trainer.experiment)}. {told(seen[-1], wish)}",
        "keys": [(LINE, theme.PATH, "way of the run"), (DOT, theme.PATH, "where it is")],
        "figures": [_figure(trainer, place, figure, seen, moves) for place, figure in drawn.items()],
        "moments": [reading(trainer, int(arrays["step"])) for arrays in seen],
        "metric": trainer.task.metric,
        "curves": losses(trainer),
        "experiment": trainer.experiment.model_dump(mode="json"),
    }
    return page(film["title"], film, "landscape.html", ("plot.js", "losses.js", "landscape.js"), plotly())


def plan(cost: float, moves: bool, frames: int = MOST_FRAMES, resolution: int = FINEST) -> tuple[int, int]:
    """How many frames, and surfaces of how many places across, where one place costs so many multiplications.

    First the surfaces become coarser, then (where every frame has its own) the frames fewer.
    """
    frames = min(max(int(frames), 2), MOVING_FRAMES if moves else MOST_FRAMES)
    finest = min(resolution, MOVING_FINEST if moves else FINEST)
    across = math.sqrt(WORK / (max(cost, 1) * (frames if moves else 1)))
    resolution = COARSEST + 10 * int(max(min(across, finest) - COARSEST, 0) / 10)
    affordable = int(WORK / (max(cost, 1) * resolution**2)) if moves else frames
    return min(frames, max(affordable, LEAST_FRAMES)), resolution


def told(arrays: dict[str, Any], wish: dict[str, Any]) -> str:
    """What plane it is, and how much of the way lies in it."""
    text = f"Plane: {DIRECTIONS[wish['directions']][0].lower()}"
    explained = float(np.nansum(arrays["explained"]))
    if explained > 0:
        text += f", which hold {explained:.1%} of the path's variance"
    if arrays["share"] < 1:
        text += f"; {arrays['share']:.0%} of the surface is measured, the rest drawn between"
    return f"{text}."


def _cost(trainer: Any, part: str) -> float:
    """Multiplications that one place of a surface costs, about."""
    from playground.lenses.effort import size_of, work_of  # torch comes with them
    from playground.lenses.landscape.walking import part_of

    return float(len(part_of(trainer.task, part, work_of(trainer)[0]).x)) * size_of(trainer)


def _rolled(trainer: Any, view: View, frames: int) -> Iterator[dict[str, Any]]:
    """One surface, seen at every moment: the path up to it."""
    with at_most(SECONDS):
        arrays = getattr(lenses, view.lens)(trainer, **view.lens_options)
    path = {name: values for name, values in arrays.items() if name in PATH}
    whole, count = {**arrays, "tallest": tallest_of_path(arrays)}, len(arrays["path_step"])
    for last in np.unique(np.linspace(0, count - 1, min(frames, count)).round().astype(int)):
        walked = {name: values[: last + 1] for name, values in path.items()}
        yield {**whole, **walked, "step": walked["path_step"][-1]}


def _followed(trainer: Any, view: View, frames: int) -> Iterator[dict[str, Any]]:
    """A surface for every moment, around it."""
    for moment in moments_of(trainer, frames):
        with at_most(SECONDS / frames):
            yield getattr(lenses, view.lens)(moment, **view.lens_options)


def _figure(trainer: Any, place: str, view: View, seen: list[dict[str, Any]], moves: bool) -> dict[str, Any]:
    """A Plotly figure with its frames, as the player takes it."""
    whole = still(view.base(seen[0], trainer), view.frame(seen[0], trainer))
    whole["layout"].pop("annotations", None)  # one row of keys is enough
    return {
        "id": place,
        "data": _typed(whole["data"]),
        "layout": _typed(whole["layout"]),
        "frames": [
            {"name": str(index), **_moved(view.frame(arrays, trainer), moves)} for index, arrays in enumerate(seen)
        ],
    }


def _moved(patch: dict[str, Any], moves: bool) -> dict[str, Any]:
    """The Plotly frame of what a live view moves; over a surface that stands still, of path and ball only."""
    indices = [index for index in patch["traces"] if moves or index != SURFACE]
    traces = {str(place): patch["traces"][index] for place, index in enumerate(indices)}
    layout = patch["layout"] if moves else {}
    whole = still({"data": [{} for _ in traces], "layout": {}}, {"traces": traces, "layout": layout})
    for trace in whole["data"]:
        trace.pop("customdata", None)  # what is under the pointer of a film that plays is no matter
    return {
        "traces": [int(index) for index in indices],
        "data": _typed(whole["data"]),
        "layout": _typed(whole["layout"]),
    }


def _typed(value: Any) -> Any:
    """A figure whose arrays are written as Plotly reads them from a file: numbers of 32 bits in base64."""
    if isinstance(value, np.ndarray):
        numbers = np.ascontiguousarray(value, "<f4")
        written = {"dtype": "f4", "bdata": b64encode(numbers.tobytes()).decode()}
        return written if value.ndim == 1 else {**written, "shape": ", ".join(map(str, value.shape))}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    return [_typed(inner) for inner in value] if isinstance(value, list | tuple) else value
