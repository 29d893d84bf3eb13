"""The loss along one line through the weights."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from playground.lenses.landscape.entries import Directions, LossSlice, WeightPlace
from playground.lenses.landscape.views import sight_of


def loss_slice(
    run: Any,
    points: int = 101,
    axis: Literal["x", "y"] = "x",
    *,
    directions: Directions = "filter",
    seed: int = 0,
    radius: float = 1.0,
    anchor: int | None = None,
    start: int = 0,
    landmark: str | None = None,
    first_weight: WeightPlace | dict[str, Any] | None = None,
    second_weight: WeightPlace | dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Loss and score of both parts along the first or second direction of a plane (Goodfellow et al. 2015).

    run: a trainer, or a moment of one. points: 11 to 501. axis: "x" or "y". The others choose the plane, as
    for `loss_landscape`.

    along (k,) float32: the coordinate; one is 0, the plane's centre. train_loss, train_score, test_loss, test_score
    (k,) float32; NaN where there are no test samples. score_name: "accuracy" or "r2". name: of the axis; origin: what
    to add to the coordinate where it is labelled. step: the moment it is of. share, unfinished: as for
    `loss_landscape`.
    """
    wish = LossSlice.model_validate(
        {
            "kind": "loss_slice",
            "points": points,
            "axis": axis,
            "directions": directions,
            "seed": seed,
            "radius": radius,
            "anchor": anchor,
            "start": start,
            "landmark": landmark,
            "first_weight": first_weight,
            "second_weight": second_weight,
        }
    )
    sight = sight_of(run, wish)
    index = 0 if axis == "x" else 1
    found: dict[str, Any] = {"along": (sight.x, sight.y)[index].astype(np.float32)}
    for part in ("train", "test"):
        nothing = np.full((1, points), np.nan)
        loss, score = sight.parts.get(part, (nothing, nothing))
        found[f"{part}_loss"], found[f"{part}_score"] = (a.reshape(-1).astype(np.float32) for a in (loss, score))
    return {
        **found,
        "score_name": run.task.metric,
        "name": sight.plane.names[index],
        "origin": sight.plane.origin[index],
        "step": sight.step,
        "share": sight.share,
        "unfinished": sight.unfinished,
    }
