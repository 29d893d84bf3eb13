"""A race of optimizers on the network of an experiment, and the surface that they race on.

Every racer is a trainer of its own: same data, same order of the samples, same first weights, another optimizer. The
plane is common to all: the paths of all racers together, seen along the two directions in which they spread most.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from playground.experiment.races import NetworkRace
from playground.lenses.effort import work_of
from playground.lenses.landscape.directions import as_long_as, random_direction
from playground.lenses.landscape.path import coordinates, principal, snapshots
from playground.lenses.landscape.plane import Interval, Plane
from playground.lenses.landscape.survey import Survey
from playground.lenses.landscape.walking import part_of, walk_of
from playground.training import Trainer

MOST_MOMENTS = 120
"""Of each racer's path."""
PATH_BYTES = 128 << 20
"""Of all paths together; of a large network there are fewer moments."""
STRETCH = 3.0
"""A racer is lost from sight where it is so many times as far from the start as the others came."""
MARGIN, NARROWEST = 0.15, 0.4
"""Room around the paths, as a share of the longer side; and of that, what the shorter side has at least."""
TURN = 0.03
"""Seconds of a racer's turn, and between two looks at how far the surface is."""
TRAINING_SHARE = 0.75


class Result(NamedTuple):
    """What a race came to so far. With R racers at k moments:

    steps (k,) int64: the moments, dense at the beginning. losses (R, k): the training loss there, NaN from where a
    racer diverged and where it has not come yet. diverged (R,) int64: at which step, -1 where it did not.
    Then, once all have run (None before): places (R, k, 2) float64, the paths as points of the plane, (0, 0) being the
    start, NaN also where a racer is lost from sight; seen: the share of the paths' squared distance from the start that
    lies in the plane; x, y (r,) and surface (r, r), [j, i] at (x[i], y[j]): the training loss; names of the axes.
    """

    steps: np.ndarray
    losses: np.ndarray
    diverged: np.ndarray
    steps_per_epoch: int
    places: np.ndarray | None = None
    seen: float = float("nan")
    x: np.ndarray | None = None
    y: np.ndarray | None = None
    surface: np.ndarray | None = None
    names: tuple[str, str] = ("", "")


def stages(race: NetworkRace, state: bytes | None = None) -> Iterator[tuple[float, Result | None, str]]:
    """The race a little at a time: (share done, what there is or None for nothing new, what is being done).

    state: the run whose present weights they begin from, where the race says so. The surface comes coarse first. It is
    of the network in evaluation mode; running statistics of batch norm are those of the racer whose loss is lowest at
    the end. Raises ValueError, in words for a person, where the race cannot begin.
    """
    trainers = []
    before = _before(race, state)
    for racer in race.racers:
        trainers.append(_trainer(race, racer.optimizer, before))
        yield 0.0, None, "Building the networks"
    yield from _train(race, trainers)
    losses = _losses(trainers)
    yield TRAINING_SHARE, losses, "Laying a plane through all paths"
    sight = _sight(race, trainers, losses)
    yield TRAINING_SHARE, None, "Measuring the surface"
    yield from _survey(race, trainers, *sight)


def run(race: NetworkRace, state: bytes | None = None) -> Result:
    """The whole race at once."""
    *_, last = (result for _, result, _ in stages(race, state) if result is not None)
    return last


def _before(race: NetworkRace, state: bytes | None) -> Trainer | None:
    if race.begin == "initial":
        return None
    if state is None:
        raise ValueError("There is no run whose weights the racers could begin from. Choose the initial weights.")
    before = Trainer.loads(state, device="cpu")
    if before.divergence is not None:
        raise ValueError("The run has diverged. Rewind it, or let the race begin from the initial weights.")
    return before


def _trainer(race: NetworkRace, optimizer: object, before: Trainer | None) -> Trainer:
    """One racer. It trains for the race's epochs, however early the run itself would stop."""
    change = {"optimizer": optimizer, "max_epochs": race.epochs, "early_stopping": None}
    training = race.experiment.training.model_copy(update=change)
    trainer = Trainer(race.experiment.model_copy(update={"training": training}), device="cpu")
    if before is not None and not trainer.inherit(before):
        raise ValueError("The run has another network by now: its weights do not fit. Begin from the initial weights.")
    return trainer


def _train(race: NetworkRace, trainers: list[Trainer]) -> Iterator[tuple[float, Result | None, str]]:
    """All of them in turn, whoever is furthest behind first, so that their curves grow side by side."""
    steps = race.epochs * trainers[0].steps_per_epoch
    told = 0.0
    while running := [trainer for trainer in trainers if trainer.status in ("ready", "running")]:
        min(running, key=lambda trainer: trainer.step).advance(seconds=TURN)
        share = sum(steps if trainer not in running else trainer.step for trainer in trainers) / (steps * len(trainers))
        news = share - told > 0.05 and share < 1
        if news:
            told = share
        yield TRAINING_SHARE * share, _losses(trainers) if news else None, f"Training, {share:.0%} done"


def _losses(trainers: list[Trainer]) -> Result:
    """The curves, as far as they are known."""
    longest = max(trainers, key=lambda trainer: trainer.step)
    steps, _ = _moments(longest, MOST_MOMENTS)
    losses = np.full((len(trainers), len(steps)), np.nan)
    for row, trainer in zip(losses, trainers, strict=True):
        recorded = trainer.recorded()
        known = steps <= trainer.step
        row[known] = np.interp(steps[known], recorded["step"], recorded["train_loss"])
        if known.any() and steps[known][-1] == trainer.step and trainer.divergence is None:
            row[known.nonzero()[0][-1]] = trainer.measure()["train_loss"]
    diverged = [trainer.divergence.step if trainer.divergence else -1 for trainer in trainers]
    return Result(steps, losses, np.array(diverged), longest.steps_per_epoch)


def _moments(trainer: Trainer, most: int) -> tuple[np.ndarray, Tensor]:
    return snapshots(trainer, max(2, most))


def _sight(race: NetworkRace, trainers: list[Trainer], losses: Result) -> tuple[Plane, Result]:
    """The plane, and the paths as points of it."""
    count = trainers[0].module.flat.parameters.numel()
    most = min(MOST_MOMENTS, PATH_BYTES // (4 * count * len(trainers)))
    paths = [_moments(trainer, most) for trainer in trainers]
    start = paths[0][1][0]
    near = _near([torch.linalg.vector_norm(points - start, dim=1).numpy() for _, points in paths])
    seen = torch.cat([points[keep] for (_, points), keep in zip(paths, near, strict=True)])
    best = _best(trainers, losses.losses)
    first, second, names = _directions(race, best, start, seen)
    places = np.full((len(trainers), len(losses.steps), 2), np.nan)
    for row, trainer, (steps, points), keep in zip(places, trainers, paths, near, strict=True):
        found, _ = coordinates(points, start, first, second)
        known = losses.steps <= (trainer.step if keep.all() else steps[keep][-1])
        for axis in (0, 1):
            row[known, axis] = np.interp(losses.steps[known], steps[keep], found[keep, axis])
    found, off = coordinates(seen, start, first, second)
    away = float((seen.double() - start.double()).square().sum())
    share = 1.0 - float(np.square(off).sum()) / away if away > 0 else float("nan")
    plane = Plane(start, first, second, best.module.flat.values, 0, names, _extent(found, start))
    return plane, losses._replace(places=places, seen=share, names=names)


def _near(distances: list[np.ndarray]) -> list[np.ndarray]:
    """Which moments of each racer are in sight: up to the first that is much further from the start than most come."""
    reach = sorted(far for distance in distances if (far := float(distance.max())) > 0) or [0.0]
    limit = STRETCH * reach[(len(reach) - 1) // 2]
    return [np.cumsum(distance > limit) == 0 for distance in distances]


def _best(trainers: list[Trainer], losses: np.ndarray) -> Trainer:
    """The racer whose loss is lowest at the end; anyone where nobody came so far."""
    return trainers[int(np.argmin(np.where(np.isnan(losses[:, -1]), np.inf, losses[:, -1])))]


def _directions(
    race: NetworkRace, best: Trainer, start: Tensor, seen: Tensor
) -> tuple[Tensor, Tensor, tuple[str, str]]:
    """Two directions, each of length 1, or as long as its filter-normalised draw is."""
    free = [random_direction(best.module, start, "filter", race.seed, index) for index in (0, 1)]
    if race.plane == "random":
        return *free, ("random direction 1", "random direction 2")
    components, ratio = principal(seen)
    names = []
    for index in (0, 1):
        if components[index].any():
            names.append(f"principal component {index + 1} ({ratio[index]:.0%})")
        else:  # the paths are a straight line, or a point
            components[index] = as_long_as(free[index], torch.ones(1))
            names.append("random direction")
    return *components, tuple(names)


def _extent(places: np.ndarray, start: Tensor) -> tuple[Interval, Interval]:
    """What is worth seeing around all paths."""
    low, high = np.minimum(places.min(0), 0.0), np.maximum(places.max(0), 0.0)
    longest = float((high - low).max()) or float(torch.linalg.vector_norm(start)) or 1.0
    spare = np.maximum(MARGIN * longest, (NARROWEST * longest - (high - low)) / 2)
    return tuple((float(a), float(b)) for a, b in zip(low - spare, high + spare, strict=True))


def _survey(
    race: NetworkRace, trainers: list[Trainer], plane: Plane, result: Result
) -> Iterator[tuple[float, Result | None, str]]:
    best = _best(trainers, result.losses)
    part = part_of(best.task, "train", work_of(best)[0])
    walk = walk_of(best.module, plane.centre, plane.first, plane.second, part)
    x, y = plane.axes(race.resolution)
    survey, level = Survey(walk, x, y, len(part.x)), 0
    while not survey.done:
        survey.work(TURN)
        share = TRAINING_SHARE + (1 - TRAINING_SHARE) * survey.share
        news = survey.level > level
        level = survey.level
        found = result._replace(x=x, y=y, surface=survey.filled()[0].copy()) if news else None
        yield share, found, "Measuring the surface"
