"""The loss over a plane through the weights, and the way of the run through it.

Evaluation mode throughout: nothing is dropped, batch norm has the running statistics of the moment (no direction moves
them), silenced units are silent; the loss alone, without penalties. The run's own weights are never touched.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.lenses.landscape.entries import LossLandscape
from playground.lenses.landscape.laying import path_to, trainer_of
from playground.lenses.landscape.path import coordinates
from playground.lenses.landscape.plane import Plane
from playground.lenses.landscape.views import sight_of


def loss_landscape(run: Any, resolution: int = 51, **options: Any) -> dict[str, Any]:
    """The loss and the score on a grid of a plane through the parameters (Li et al. 2018), and the run's path there.

    run: a trainer, or a moment of one. resolution: 11 to 101 places along each side. options: those of the lens
    `LossLandscape`: directions, seed, radius, part, anchor, start, landmark, first_weight, second_weight; ValueError
    (of pydantic) for one that is unknown or out of range, ValueError where there is no such plane.

    x, y (r,) float32: the coordinates; one of each is 0, the plane's centre. loss, score (r, r) float32: [j, i] is at
    (x[i], y[j]); score is accuracy or R². score_name. centre_loss: the loss at (0, 0). step: the moment it is of.
    path_x, path_y, path_off (k,): the run's snapshots up to the moment as points of the plane, and how far off it each
    lies; the last is the moment itself. path_step, path_loss (k,): their steps, and the training loss recorded there.
    seen: the share of the path's squared distance from the centre that lies in the plane. names: of the axes; origin:
    what to add to coordinates where they are labelled; explained (2,): of principal components. plane: a number by
    which `point_of` knows it. share, unfinished: how much of the grid is measured (the rest is filled in by straight
    lines), and whether more is to come; both only matter in a hurry.
    """
    wish = LossLandscape.with_options({"resolution": resolution, **_known(options)})
    sight = sight_of(run, wish)
    moment = run.at() if hasattr(run, "tape") else run
    loss, score = sight.parts[wish.part]
    plane = sight.plane
    row, column = (int(np.abs(axis).argmin()) for axis in (sight.y, sight.x))
    return {
        "x": sight.x.astype(np.float32),
        "y": sight.y.astype(np.float32),
        "loss": loss.astype(np.float32),
        "score": score.astype(np.float32),
        "score_name": moment.task.metric,
        "centre_loss": float(loss[row, column]),
        "step": sight.step,
        "epoch": sight.step / trainer_of(run).steps_per_epoch,
        "part": wish.part,
        **path_on(run, moment, plane),
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
    recorded = trainer_of(run).recorded()
    rows = np.maximum(np.searchsorted(recorded["step"], steps, side="right") - 1, 0)
    return {
        "path_x": places[:, 0].astype(np.float32),
        "path_y": places[:, 1].astype(np.float32),
        "path_off": off.astype(np.float32),
        "path_step": steps,
        "path_loss": recorded["train_loss"][rows] if len(recorded["step"]) else np.full(len(steps), np.nan),
        "seen": 1.0 - float(np.square(off).sum()) / away if away > 0 else math.nan,
    }


def _known(options: dict[str, Any]) -> dict[str, Any]:
    """Raises TypeError for an option that no surface has."""
    if unknown := set(options) - set(LossLandscape.parameters()):
        raise TypeError(f"loss_landscape has no option {sorted(unknown)[0]!r}")
    return options
