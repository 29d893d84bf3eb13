"""Two trainings, and the terrain around where each of them ends, on one scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from playground.experiment import Experiment
from playground.experiment.comparisons import Comparison
from playground.lenses.effort import size_of, work_of
from playground.lenses.landscape.directions import random_direction
from playground.lenses.landscape.hessian import Hessian
from playground.lenses.landscape.plane import axis
from playground.lenses.landscape.sharpness import plan
from playground.lenses.landscape.survey import Survey
from playground.lenses.landscape.walking import part_of, walk_of
from playground.training import Trainer

TURN = 0.03
"""Seconds between two words about how far it is."""
TRAINED, BENT = 0.6, 0.7
"""How much is done once both are trained, and once their sharpness is known."""
RING = 0.5
"""How far from the centre, in radii, the rise of the loss is told."""


@dataclass
class Side:
    """One of the two, as far as it has come.

    step, epoch; train_loss, test_loss, train_score, test_score (NaN where there is nothing to test on), score_name;
    curve (k, 2): epochs and training losses on the way; parameters: how many; diverged: whether it stopped because its
    numbers overflowed. sharpness: the largest eigenvalue of the Hessian of the training loss, NaN until it is known.
    surface (r, r): the training loss, [j, i] at (x[i], y[j]), None before there is any.
    """

    parameters: int
    score_name: str
    step: int = 0
    epoch: float = 0.0
    train_loss: float = np.nan
    test_loss: float = np.nan
    train_score: float = np.nan
    test_score: float = np.nan
    diverged: bool = False
    curve: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    sharpness: float = np.nan
    surface: np.ndarray | None = None


@dataclass
class Result:
    """Both sides. x, y (r,): the coordinates of their surfaces, in filter-normalised lengths; whole: whether every
    place of the surfaces is measured."""

    x: np.ndarray
    y: np.ndarray
    sides: tuple[Side, Side]
    whole: bool = False

    def line(self, index: int) -> np.ndarray:
        """The loss of a side along the first direction, (r,)."""
        return self.sides[index].surface[int(np.abs(self.y).argmin())]

    def rise(self, index: int) -> float:
        """How much higher than at the centre the loss of a side is at half the radius, on average over all ways."""
        surface, x, y = self.sides[index].surface, self.x, self.y
        away = np.hypot(*np.meshgrid(x, y)) / np.abs(x).max()
        ring = np.abs(away - RING) <= 1.5 / (len(x) - 1)
        return float(surface[ring].mean() - surface[np.abs(y).argmin(), np.abs(x).argmin()])

    def bends_down(self, index: int) -> float:
        """The share of the plane where the loss of a side is not convex: where it bends down in some direction of the
        plane by more than a hundredth of the most that it bends up anywhere (Li et al. 2018, section 6)."""
        surface, gap = self.sides[index].surface, self.x[1] - self.x[0]
        with np.errstate(invalid="ignore", over="ignore"):  # what is no number stays none
            xx = (surface[1:-1, 2:] - 2 * surface[1:-1, 1:-1] + surface[1:-1, :-2]) / gap**2
            yy = (surface[2:, 1:-1] - 2 * surface[1:-1, 1:-1] + surface[:-2, 1:-1]) / gap**2
            xy = (surface[2:, 2:] - surface[2:, :-2] - surface[:-2, 2:] + surface[:-2, :-2]) / (4 * gap**2)
            middle, half = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
            least, most = middle - half, middle + half
        known = np.isfinite(least)
        if not known.any():
            return float("nan")
        return float((least[known] < -0.01 * max(most[known].max(), 1e-12)).mean())


def stages(comparison: Comparison) -> Iterator[tuple[float, Result | None, str]]:
    """The comparison a little at a time: (share done, what there is or None for nothing new, what is being done).

    Each is trained by the engine that suits it. Surfaces are of the training loss, in evaluation mode, over a plane
    through the network's weights spanned by two filter-normalised random directions of the same seed (Li et al. 2018);
    they come coarse first, both in turn. Raises ValueError, in words for a person, where one cannot be trained.
    """
    trainers = []
    for experiment in (comparison.first, comparison.second):
        trainers.append(_trainer(experiment, comparison.epochs))
        yield 0.0, None, "Building the networks"
    x = axis(-1.0, 1.0, comparison.resolution, comparison.radius)
    result = Result(x, x, tuple(_side(trainer) for trainer in trainers))
    yield from _train(comparison, trainers, result)
    for trainer, side in zip(trainers, result.sides, strict=True):
        yield TRAINED, None, "Measuring how sharply the loss bends"
        side.sharpness = _sharpness(trainer)
    yield from _survey(comparison, trainers, result)


def run(comparison: Comparison) -> Result:
    """The whole comparison at once."""
    *_, last = (result for _, result, _ in stages(comparison) if result is not None)
    return last


def _trainer(experiment: Experiment, epochs: int) -> Trainer:
    """It trains for the comparison's epochs, however early the experiment itself would stop."""
    change = {"max_epochs": epochs, "early_stopping": None}
    training = experiment.training.model_copy(update=change)
    return Trainer(experiment.model_copy(update={"training": training}), device="cpu")


def _side(trainer: Trainer) -> Side:
    return Side(trainer.module.flat.parameters.numel(), trainer.task.metric)


def _train(
    comparison: Comparison, trainers: list[Trainer], result: Result
) -> Iterator[tuple[float, Result | None, str]]:
    """Both in turn, whoever is further behind first."""
    told = 0.0
    while running := [trainer for trainer in trainers if trainer.status in ("ready", "running")]:
        min(running, key=lambda trainer: trainer.epoch).advance(seconds=TURN)
        done = [1.0 if trainer not in running else trainer.epoch / comparison.epochs for trainer in trainers]
        share = sum(done) / 2
        news = share - told > 0.1
        if news:
            told = share
            _tell(trainers, result)
        yield TRAINED * min(share, 1.0), result if news else None, f"Training both, {min(share, 1.0):.0%} done"
    _tell(trainers, result)
    yield TRAINED, result, "Trained"


def _tell(trainers: list[Trainer], result: Result) -> None:
    """What is known about both now."""
    for trainer, side in zip(trainers, result.sides, strict=True):
        measured = trainer.task.measure(trainer.module)
        side.train_loss, side.test_loss, side.train_score, side.test_score = measured
        side.step, side.epoch, side.diverged = trainer.step, trainer.epoch, trainer.divergence is not None
        recorded = trainer.recorded()
        side.curve = np.stack([recorded["step"] / trainer.steps_per_epoch, recorded["train_loss"]], 1)


def _sharpness(trainer: Trainer) -> float:
    if not np.isfinite(trainer.module.flat.values.numpy()).all():
        return float("nan")
    samples, steps, _ = plan(size_of(trainer))
    return float(Hessian.of(trainer, most=samples).top(1, steps).values[0])


def _survey(
    comparison: Comparison, trainers: list[Trainer], result: Result
) -> Iterator[tuple[float, Result | None, str]]:
    surveys = [_survey_of(comparison, trainer, result) for trainer in trainers]
    told = 0
    while not all(survey.done for survey in surveys):
        behind = min((survey for survey in surveys if not survey.done), key=lambda survey: survey.share)
        behind.work(TURN)
        share, level = sum(survey.share for survey in surveys) / 2, min(survey.level for survey in surveys)
        news = level > told
        if news:
            told = level
            _fill(surveys, result)
        yield BENT + (1 - BENT) * share, result if news else None, "Measuring both surfaces"
    _fill(surveys, result)
    result.whole = True
    yield 1.0, result, ""


def _survey_of(comparison: Comparison, trainer: Trainer, result: Result) -> Survey:
    centre = trainer.module.flat.parameters.detach().clone()
    directions = (random_direction(trainer.module, centre, "filter", comparison.seed, index) for index in (0, 1))
    part = part_of(trainer.task, "train", work_of(trainer)[0])
    return Survey(walk_of(trainer.module, centre, *directions, part), result.x, result.y, len(part.x))


def _fill(surveys: list[Survey], result: Result) -> None:
    for survey, side in zip(surveys, result.sides, strict=True):
        side.surface = survey.filled()[0].copy()
