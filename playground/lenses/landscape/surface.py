"""The loss over a plane through the weights, and the way of the run through it.

Evaluation mode throughout: nothing is dropped, batch norm has the running statistics of the moment (no direction moves
them), silenced units are silent; the loss alone, without penalties. The run's own weights are never touched.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from playground.lenses.cells import Part
from playground.lenses.landscape.entries import Directions, LossLandscape, WeightPlace
from playground.lenses.landscape.laying import path_to, run_of
from playground.lenses.landscape.path import coordinates
from playground.lenses.landscape.plane import Plane
from playground.lenses.landscape.views import sight_of, views_of


def loss_landscape(
    run: Any,
    resolution: int = 51,
    *,
    directions: Directions = "filter",
    seed: int = 0,
    radius: float = 1.0,
    part: Part = "train",
    anchor: int | None = None,
    start: int = 0,
    landmark: str | None = None,
    first_weight: WeightPlace | dict[str, Any] | None = None,
    second_weight: WeightPlace | dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The loss and the score on a grid of a plane through the parameters (Li et al. 2018), and the run's path there.

    run: a trainer, or a moment of one. resolution: 11 to 101 places along each side. directions: the plane, a name of
    `entries.DIRECTIONS`; seed: of what is random in it. radius: how many times as far as usual it reaches. part: whose
    samples; of images some hundreds, see `walking.part_of`. anchor: the step at which the plane is laid, None for the
    moment itself. start: the step at which the plane "line" begins; landmark: the name of a point of
    `Trainer.keep_landmark` at which it begins instead. first_weight, second_weight: {path, unit, input}, the axes of
    the plane "weights", None for the first two of the output. Raises ValueError (pydantic's for an option out of range,
    in words for a person where there is no such plane).

    x, y (r,) float32: the coordinates; one of each is 0, the plane's centre. loss, score (r, r) float32: [j, i] is at
    (x[i], y[j]); score is accuracy or R². score_name. centre_loss: the loss at (0, 0). step: the moment it is of.
    path_x, path_y, path_off (k,): the run's snapshots up to the moment as points of the plane, and how far off it each
    lies; the last is the moment itself. path_step, path_loss (k,): their steps, and the training loss recorded there.
    seen: the share of the path's squared distance from the centre that lies in the plane. names: of the axes; origin:
    what to add to coordinates where they are labelled; explained (2,): of principal components. plane: a number by
    which `point_of` knows it. share, unfinished: how much of the grid is measured (the rest is filled in by straight
    lines), and whether more is to come; both only matter in a hurry.
    """
    wish = LossLandscape.model_validate(
        {
            "kind": "loss_landscape",
            "resolution": resolution,
            "directions": directions,
            "seed": seed,
            "radius": radius,
            "part": part,
            "anchor": anchor,
            "start": start,
            "landmark": landmark,
            "first_weight": first_weight,
            "second_weight": second_weight,
        }
    )
    sight = sight_of(run, wish)
    moment = run.at() if hasattr(run, "tape") else run
    loss, score = sight.parts[wish.part]
    plane = sight.plane
    trainer = run_of(run)
    path = (
        views_of(trainer).path(moment, plane, partial(path_on, run, moment, plane))
        if trainer
        else path_on(run, moment, plane)
    )
    row, column = (int(np.abs(axis).argmin()) for axis in (sight.y, sight.x))
    return {
        "x": sight.x.astype(np.float32),
        "y": sight.y.astype(np.float32),
        "loss": loss.astype(np.float32),
        "score": score.astype(np.float32),
        "score_name": moment.task.metric,
        "centre_loss": float(loss[row, column]),
        "step": sight.step,
        "part": wish.part,
        **path,
        "names": plane.names,
        "origin": plane.origin,
        "explained": np.array(plane.explained),
        "plane": sight.number,
        "engine": sight.engine,
        "share": sight.share,
        "unfinished": sight.unfinished,
    }


def path_on(run: Any, moment: Any, plane: Plane) -> dict[str, Any]:
    """The way of a run up to a moment, as points of a plane; see `loss_landscape`."""
    steps, points = path_to(run, moment)
    centre = plane.centre.detach().cpu()
    places, off = coordinates(points, centre, plane.first.cpu(), plane.second.cpu())
    away = float((points.double() - centre.double()).square().sum())
    return {
        "path_x": places[:, 0].astype(np.float32),
        "path_y": places[:, 1].astype(np.float32),
        "path_off": off.astype(np.float32),
        "path_step": steps,
        "path_loss": _recorded(run, steps),
        "seen": 1.0 - float(np.square(off).sum()) / away if away > 0 else 1.0,
    }


def _recorded(run: Any, steps: np.ndarray) -> np.ndarray:
    """The training loss that was recorded last at or before each step; NaN where nothing was."""
    trainer = run_of(run)
    if trainer is None:
        return np.full(len(steps), np.nan)
    rows = trainer.recorded()
    return rows["train_loss"][np.maximum(np.searchsorted(rows["step"], steps, side="right") - 1, 0)]
