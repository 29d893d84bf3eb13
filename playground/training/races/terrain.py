"""A race on an analytic terrain, a step of every racer at a time; gradients by autograd, steps by `torch.optim`."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from playground.experiment.races import TerrainRace
from playground.experiment.randomness import generator
from playground.training.optimizers import make_optimizers
from playground.training.stepping import Stepper

WORLD = 10.0
"""Beyond so many times what is shown of the terrain a racer counts as diverged."""
TOLERANCE = 0.01
"""Within this share of the diagonal of what is shown a racer has arrived at a minimum."""


class Result(NamedTuple):
    """What a race came to. paths (racers, steps + 1, 2) and values (racers, steps + 1), float64: NaN from where a racer
    diverged, and where a race that is under way has not come yet. taken: steps so far. arrived, diverged (racers,): the
    step from which a racer stayed at a global minimum, or at which it left the world; -1 where it did not."""

    paths: np.ndarray
    values: np.ndarray
    taken: int
    arrived: np.ndarray
    diverged: np.ndarray


class Race:
    """``race.advance(seconds)`` until ``race.over``; `result` at any time. All racers start at ``race.start`` and feel
    the same noise. Numbers are float64."""

    def __init__(self, race: TerrainRace) -> None:
        self._race = race
        count, steps = len(race.racers), race.steps
        self._places = torch.tensor(race.start, dtype=torch.float64).repeat(count, 1)
        self._grads = torch.zeros_like(self._places)
        self._racers = [_Racer(racer.optimizer, self._places[i], self._grads[i]) for i, racer in enumerate(race.racers)]
        self._noise = torch.from_numpy(
            race.noise * generator(race.seed, "race noise").standard_normal((steps, 2), dtype=np.float64)
        )
        self._paths = np.full((count, steps + 1, 2), np.nan)
        self._values = np.full((count, steps + 1), np.nan)
        self._diverged = np.full(count, -1)
        self._taken = -1
        (low, high), (bottom, top) = race.terrain.span
        self._centre = np.array([(low + high) / 2, (bottom + top) / 2])
        self._reach = WORLD * np.array([high - low, top - bottom]) / 2
        self._near = TOLERANCE * math.hypot(high - low, top - bottom)
        self._arrive()

    @property
    def over(self) -> bool:
        """Whether all steps have been taken, or nobody is left."""
        return self._taken >= self._race.steps or bool((self._diverged >= 0).all())

    def advance(self, seconds: float = math.inf) -> None:
        """Go on for about so long, or to the end."""
        end = time.monotonic() + seconds
        while not self.over and time.monotonic() < end:
            self._step()

    def result(self) -> Result:
        """Where everybody is and has been; a copy."""
        return Result(self._paths.copy(), self._values.copy(), self._taken, self._arrivals(), self._diverged.copy())

    def _step(self) -> None:
        noise = self._noise[self._taken]
        torch.add(self._slopes(), noise, out=self._grads)
        for index, racer in enumerate(self._racers):
            if self._diverged[index] < 0:
                racer.step(lambda index=index: self._look_again(index, noise))
        self._arrive()

    def _slopes(self) -> Tensor:
        """The gradient at every racer's place: each height depends on one place, so that one sum holds all."""
        places = self._places.clone().requires_grad_()
        heights = self._race.terrain.value(places[:, 0], places[:, 1], torch)
        (slopes,) = torch.autograd.grad(heights.sum(), places)
        return slopes

    def _look_again(self, index: int, noise: Tensor) -> Tensor:
        """The loss at one racer's place, for those who look more than once a step; its gradient is then there, too. The
        noise is that of the step: of a slope that tilts the terrain, as another batch would."""
        place = self._places[index].clone().requires_grad_()
        with torch.enable_grad():
            height = self._race.terrain.value(place[0], place[1], torch)
            (slope,) = torch.autograd.grad(height, place)
        self._grads[index] = slope + noise
        return height.detach() + (noise * place.detach()).sum()

    def _arrive(self) -> None:
        """Note where everybody is after a step; who left the world stays out of it."""
        self._taken += 1
        places = self._places.numpy()
        with np.errstate(all="ignore"):
            values = self._race.terrain.value(places[:, 0], places[:, 1])
            inside = np.isfinite(values) & (np.abs(places - self._centre) <= self._reach).all(axis=1)
        running = self._diverged < 0
        self._diverged[running & ~inside] = self._taken
        running &= inside
        self._paths[running, self._taken] = places[running]
        self._values[running, self._taken] = values[running]

    def _arrivals(self) -> np.ndarray:
        """(racers,): the first step from which a racer was near a global minimum up to now, -1 where it is not."""
        minima = np.array(self._race.terrain.minima)
        steps = self._taken + 1
        away = np.linalg.norm(self._paths[:, :steps, None, :] - minima, axis=3).min(axis=2)
        far = ~(away <= self._near)  # NaN is far
        since = steps - np.argmax(far[:, ::-1], axis=1)
        since[~far.any(axis=1)] = 0
        return np.where(since < steps, since, -1)


class _Racer:
    """One optimizer on two numbers, as `make_optimizers` builds it for a network: a point is a row of one matrix."""

    def __init__(self, optimizer: object, place: Tensor, grad: Tensor) -> None:
        matrix = nn.Parameter(place.view(1, 2))
        matrix.grad = grad.view(1, 2)
        point = SimpleNamespace(flat=SimpleNamespace(parameters=place, grads=grad), parameters=lambda: iter([matrix]))
        self._rate, self._closure = optimizer.lr, not optimizer.first_order
        self._steppers = [Stepper(made) for made in make_optimizers(optimizer, point)]

    @torch.no_grad()
    def step(self, look: object) -> None:
        """One step from the gradient that is there; look: for those who look more than once."""
        for stepper in self._steppers:
            if self._closure:
                stepper.minimise(self._rate, look)
            else:
                stepper(self._rate)


def run(race: TerrainRace) -> Result:
    """The whole race at once."""
    running = Race(race)
    running.advance()
    return running.result()


def slices(race: TerrainRace, seconds: float = 0.04) -> Iterator[Result]:
    """The race a little at a time; the last result is the whole race's."""
    running = Race(race)
    while not running.over:
        running.advance(seconds)
        yield running.result()
