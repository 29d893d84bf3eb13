"""The boundary's way through a run as one HTML file, which needs nothing but a browser: no server, no network.

The file holds the live view's figure once, what moves in it packed for every frame (see `moving`), and a small player
(see `page`) that draws both. Frames are snapshots of the tape, dense where much happens: at an even pace
the film goes slowly through the first steps and ever faster through the later ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import numpy as np

from playground import lenses
from playground.export import wording
from playground.export.moving import packed
from playground.export.page import page
from playground.figures import still, view_of
from playground.figures.live import View
from playground.figures.theme import TEST, TRAIN

MOST_FRAMES, LEAST_FRAMES = 120, 12
FINEST, COARSEST = 80, 32
"""Places across a map, and down to how few a large network leaves them."""
WORK = 4e9
"""Multiplications that the frames of one film may cost: well under a second of a processor core."""
CURVE_POINTS = 240
KEY = re.compile(r'<span style="color:([^";]+)[^>]*>(.)</span> (.*?)(?=  <span style=|$)')


def write(trainer: Any, frames: int = MOST_FRAMES, **options: Any) -> bytes:
    """The film of the view "boundary" over the whole run, as HTML in UTF-8 of at most about 2 MB.

    frames: the most there are (2 to 120); a large network gets fewer and coarser ones, so that this takes about a
    second at worst. options: those of the live view, as `view_of` takes them. Raises ValueError for others.
    """
    from playground.lenses.effort import size_of  # torch comes with it

    frames, resolution = plan(size_of(trainer), frames)
    view = view_of("boundary", trainer.dataset, {"resolution": resolution, **options})
    moments, pictures, base = [], [], {}
    for moment in moments_of(trainer, frames):
        arrays = getattr(lenses, view.lens)(moment, **view.lens_options)
        base = base or view.base(arrays, moment)
        pictures.append(view.frame(arrays, moment))
        moments.append(moment)
    film = _film(trainer, view, base, moments, pictures)
    return page(film["title"], film, "boundary.html", ("plot.js", "losses.js", "boundary.js"))


def plan(parameters: int, frames: int = MOST_FRAMES) -> tuple[int, int]:
    """How many frames of how many places across a network of so many parameters gets: first coarser, then fewer."""
    frames = min(max(int(frames), 2), MOST_FRAMES)
    across = math.sqrt(WORK / (frames * max(parameters, 1)))
    resolution = 4 * int(min(max(across, COARSEST), FINEST) / 4)
    affordable = int(WORK / (resolution**2 * max(parameters, 1)))
    return min(frames, max(affordable, LEAST_FRAMES)), resolution


def moments_of(trainer: Any, most: int) -> Iterator[Any]:
    """At most `most` (>= 2) moments of the run, in order: the first, the present one, and evenly chosen snapshots."""
    steps = [step for step in trainer.tape.steps if step < trainer.step]
    chosen = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), most - 1)).round().astype(int))
    for index in chosen:
        yield trainer.at(steps[index])
    yield trainer.at(None)


def _film(trainer: Any, view: View, base: dict[str, Any], moments: list[Any], pictures: list[Any]) -> dict[str, Any]:
    moving = packed(pictures)
    figure = still(base)
    layout = figure["layout"]
    for part in moving:  # it comes with each frame
        figure["data"][part["trace"]].pop(part["path"], None)
    return {
        "title": wording.title(trainer.experiment),
        "about": wording.recipe(trainer.experiment),
        "description": layout["meta"]["description"],
        "keys": _keys(layout),
        "axes": [_axis(layout[name]) for name in ("xaxis", "yaxis")],
        "square": layout["yaxis"].get("scaleanchor") == "x",
        "traces": _contiguous(figure["data"]),
        "moving": moving,
        "moments": [reading(trainer, moment.step) for moment in moments],
        "metric": trainer.task.metric,
        "curves": losses(trainer),
        "experiment": trainer.experiment.model_dump(mode="json"),
    }


def _axis(axis: dict[str, Any]) -> dict[str, Any]:
    return {"title": unescape(axis["title"]["text"]), "range": axis["range"]}


def _keys(layout: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(sign, colour, meaning), plain text, of all entries of the figure's row of keys (see `figures.keys.key_row`)."""
    row = layout["annotations"][0]["text"] if layout.get("annotations") else ""
    return [(sign, colour, unescape(text)) for colour, sign, text in KEY.findall(row)]


def reading(trainer: Any, step: int) -> dict[str, Any]:
    """What is read beside a frame; None for what was not measured."""
    row = trainer.measure() if step == trainer.step else trainer.record_at(step)
    metric = trainer.task.metric
    named = {"train_loss": "train_loss", "test_loss": "test_loss"}
    named |= {"train_metric": f"train_{metric}", "test_metric": f"test_{metric}"}
    return {
        "step": step,
        "epoch": step / trainer.steps_per_epoch,
        **{name: row.get(key) for name, key in named.items()},
    }


def losses(trainer: Any) -> list[dict[str, Any]]:
    """The losses as lines over the epochs."""
    arrays = lenses.curves(trainer, points=CURVE_POINTS)
    lines = (("train", TRAIN), ("test", TEST))
    return [
        {"name": part, "colour": colour, "x": arrays[f"{part}_loss_x"], "y": arrays[f"{part}_loss"]}
        for part, colour in lines
        if len(arrays[f"{part}_loss"])
    ]


def _contiguous(value: Any) -> Any:
    """A figure whose arrays lie in memory as the JSON writer needs them."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    if isinstance(value, dict):
        return {key: _contiguous(inner) for key, inner in value.items()}
    return [_contiguous(inner) for inner in value] if isinstance(value, list) else value
