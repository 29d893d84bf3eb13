"""Laying a plane through a moment of a run, in the directions that a person chose."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.lenses.inspection import samples_of
from playground.lenses.landscape.directions import as_long_as, random_direction, single
from playground.lenses.landscape.entries import PlaneLens
from playground.lenses.landscape.hessian import steepest
from playground.lenses.landscape.path import coordinates, principal, snapshots
from playground.lenses.landscape.plane import Interval, Plane

MOST_SNAPSHOTS = 128
AROUND = (-1.0, 1.0)
ALONG = (-0.5, 1.5)
WEIGHTS = (-4.0, 4.0)
MARGIN = 0.35
"""Of the path's extent, free on each side of it."""
NARROWEST = 0.3
"""Of the longer side, what the shorter one of a plane around a path has at least."""


def run_of(run: Any) -> Any:
    """The trainer of a trainer or a moment; None where the moment stands alone, or its trainer is gone."""
    return run if hasattr(run, "tape") else getattr(run, "run", lambda: None)()


def trainer_of(run: Any) -> Any:
    """As `run_of`. Raises TypeError for a moment that stands alone."""
    trainer = run_of(run)
    if trainer is None:
        raise TypeError("this moment stands alone: there is no run, and no way to it")
    return trainer


def lay(run: Any, wish: PlaneLens, like: Plane | None = None) -> Plane:
    """The plane that `wish` describes, through a trainer's present moment or through a moment of the past.

    like: the plane of a moment ago, whose directions' signs are kept where they are nobody's choice: a surface that
    is followed then does not turn over. Raises ValueError, in words for a person, where there is no such plane.
    """
    moment = run.at() if hasattr(run, "tape") else run
    return _LAID[wish.directions](run, moment, wish, like)


def path_to(run: Any, moment: Any, most: int = MOST_SNAPSHOTS) -> tuple[np.ndarray, Tensor]:
    """The way of the run up to a moment: steps (k,), and the parameters there (k, P); the last is the moment itself.

    A moment that stands alone, without a run, has come no way.
    """
    if run_of(run) is None:
        return np.array([moment.step]), moment.module.flat.parameters.detach().cpu()[None]
    steps, points = snapshots(trainer_of(run), most)
    before = int(np.searchsorted(steps, moment.step))
    here = moment.module.flat.parameters.detach().cpu()
    return np.append(steps[:before], moment.step), torch.cat([points[:before], here[None]])


def _random(run: Any, moment: Any, wish: PlaneLens, like: Plane | None) -> Plane:
    centre = _centre(moment)
    drawn = (random_direction(moment.module, centre, wish.directions, wish.seed, index) for index in (0, 1))
    return _plane(moment, *drawn, ("random direction 1", "random direction 2"))


def _principal(run: Any, moment: Any, wish: PlaneLens, like: Plane | None) -> Plane:
    centre = _centre(moment)
    _, points = path_to(run, moment)
    before = torch.stack([like.first, like.second]).cpu() if like is not None else None
    components, ratio = principal(points, 2, like=before)
    found, drawn = components.to(centre.device, centre.dtype), ()
    for index in range(2):
        if not found[index].any():  # a path of one or two points has no more
            free = random_direction(moment.module, centre, "filter", wish.seed, index)
            found[index] = _across(free, found[:index])
            drawn += (index,)
    where, _ = coordinates(points, centre.cpu(), found[0].cpu(), found[1].cpu())
    names = tuple(
        "random direction" if index in drawn else f"principal component {index + 1} ({share:.1%} of the path)"
        for index, share in enumerate(ratio)
    )
    return _plane(moment, *found, names, _around(where, centre), explained=tuple(map(float, ratio)))


def _hessian(run: Any, moment: Any, wish: PlaneLens, like: Plane | None) -> Plane:
    centre = _centre(moment)
    values, vectors = steepest(moment, 2)
    found = [as_long_as(vector.to(centre), centre) for vector in vectors]
    if like is not None:
        found = [
            -new if torch.dot(new, old) < 0 else new for new, old in zip(found, (like.first, like.second), strict=True)
        ]
    names = tuple(f"curvature {value:.3g}" for value in values)
    return _plane(moment, *found, names)


def _gradient(run: Any, moment: Any, wish: PlaneLens, like: Plane | None) -> Plane:
    centre = _centre(moment)
    inputs, targets = samples_of(moment)
    with torch.enable_grad():
        loss = moment.task.loss(moment.module(inputs), targets)
        slopes = torch.autograd.grad(loss, list(moment.module.parameters()))
    uphill = as_long_as(torch.cat([slope.reshape(-1) for slope in slopes]), centre)
    return _plane(
        moment,
        uphill,
        random_direction(moment.module, centre, "filter", wish.seed, 1),
        ("gradient", "random direction"),
    )


def _line(run: Any, moment: Any, wish: PlaneLens, like: Plane | None) -> Plane:
    trainer = trainer_of(run)
    if wish.landmark is None:
        from_there = trainer.at(min(wish.start, moment.step))
        values, name = from_there.module.flat.values, f"from step {from_there.step:,} (0) to step {moment.step:,} (1)"
    elif wish.landmark in trainer.landmarks:
        values = trainer.landmarks[wish.landmark].to(moment.module.flat.values.device)
        name = f"from the kept point (0) to step {moment.step:,} (1)"
    else:
        raise ValueError("The kept point is gone: the network has changed since. Keep another one.")
    start = values[: len(_centre(moment))]
    along = _centre(moment) - start
    if not along.any():
        name = "no line: both ends are the same point"
    upwards = random_direction(moment.module, start, "filter", wish.seed, 1)
    return Plane(
        start, along, upwards, values.detach().clone(), moment.step, (name, "random direction"), (ALONG, AROUND)
    )


def _weights(run: Any, moment: Any, wish: PlaneLens, like: Plane | None) -> Plane:
    first, second = wish.first_weight, wish.second_weight
    across, upwards = (
        single(
            moment, *(_default_weight(moment, index) if chosen is None else (chosen.path, chosen.unit, chosen.input))
        )
        for index, chosen in enumerate((first, second))
    )
    origin = tuple(float(torch.dot(_centre(moment), direction)) for direction, _ in (across, upwards))
    return _plane(moment, across[0], upwards[0], (across[1], upwards[1]), (WEIGHTS, WEIGHTS), origin=origin)


def _default_weight(moment: Any, index: int) -> tuple[Any, int, int | None]:
    """The first two weights of the head; its bias where it has one weight only."""
    inputs = moment.module.head.weight.shape[1]
    return ("head", 0, index) if index < inputs else ("head", 0, None)


def _centre(moment: Any) -> Tensor:
    return moment.module.flat.parameters.detach()


def _plane(
    moment: Any,
    first: Tensor,
    second: Tensor,
    names: tuple[str, str],
    extent: tuple[Interval, Interval] = (AROUND, AROUND),
    **more: Any,
) -> Plane:
    values = moment.module.flat.values.detach()
    return Plane(_centre(moment), first, second, values, moment.step, names, extent, **more)


def _across(direction: Tensor, others: Tensor) -> Tensor:
    """A unit vector along `direction`, at right angles to `others` (unit vectors)."""
    for other in others:
        direction = direction - torch.dot(direction, other) * other
    return direction / torch.linalg.vector_norm(direction).clamp_min(1e-10)


def _around(path: np.ndarray, centre: Tensor) -> tuple[Interval, Interval]:
    """What is worth seeing around a path (k, 2): all of it, and some room on every side."""
    low, high = np.minimum(path.min(0), 0.0), np.maximum(path.max(0), 0.0)
    spans = high - low
    longest = float(spans.max()) or float(torch.linalg.vector_norm(centre)) or 1.0
    spare = np.maximum(spans * MARGIN, (NARROWEST * longest - spans) / 2)
    spare = np.maximum(spare, MARGIN * NARROWEST * longest)
    return tuple((float(a), float(b)) for a, b in zip(low - spare, high + spare, strict=True))


_LAID = {
    "filter": _random,
    "layer": _random,
    "raw": _random,
    "pca": _principal,
    "hessian": _hessian,
    "gradient": _gradient,
    "line": _line,
    "weights": _weights,
}
