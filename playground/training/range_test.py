"""The learning-rate range test: the loss while the learning rate rises from nothing to far too much (Smith 2017).

``lr_range_test(experiment).suggestion`` is a learning rate to train with, ``reason`` says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from playground.data import load
from playground.experiment import Experiment
from playground.experiment.rate_ranges import RateRange
from playground.training.changes import Told
from playground.training.core import Core
from playground.training.reading_rates import read
from playground.training.trainer import Trainer

PART = 20
"""Steps between two looks at whether the loss has exploded."""
EXPLODED = 4.0
"""How many times the loss at the start it is then."""
FORGETS = 0.8
"""Of the running mean of the losses that is looked at."""


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What was seen. k: steps that were taken, before the loss exploded for most seeds.

    rates (k,): the learning rate of each step, rising by the same factor; losses (seeds, k): that of the batch before
    the step, NaN from where a seed's test ended; singly (seeds, k): the same without the noise of single batches;
    smoothed (k,): their median over the seeds, without that noise. steepest: the rate at which that falls fastest,
    lowest: the one where it is lowest; suggestion: a learning rate to train with, between the optimizer's bounds; all
    three None where the loss did not fall. reason: how it was found, or why there is none, in a sentence for a person.
    exploded: whether the test ended early.
    """

    rates: np.ndarray
    losses: np.ndarray
    singly: np.ndarray
    smoothed: np.ndarray
    steepest: float | None
    lowest: float | None
    suggestion: float | None
    reason: str
    exploded: bool


def lr_range_test(
    experiment: Experiment,
    low: float = 1e-4,
    high: float = 10.0,
    steps: int = 200,
    seeds: int = 5,
    state: bytes | None = None,
    device: str = "auto",
) -> RangeTest:
    """The whole test at once; see `stages`.

    state: a run, as `Trainer.dumps` gives it, from whose present weights it begins. Raises pydantic.ValidationError for
    a value out of range, and ValueError, in words for a person, for what cannot be trained.
    """
    begin = "initial" if state is None else "present"
    asked = RateRange(experiment=experiment, low=low, high=high, steps=steps, seeds=seeds, begin=begin)
    *_, (_, result, _) = stages(asked, state, device)
    return result


def stages(
    asked: RateRange, state: bytes | None = None, device: str = "cpu"
) -> Iterator[tuple[float, RangeTest | None, str]]:
    """The test a little at a time: (share done, what there is or None for nothing new, what is being done).

    Every seed draws the weights, the order of the samples and dropout anew; the first is the experiment's own. From a
    run's present weights only the order and dropout differ, and the optimizer remembers nothing. The recipe is the
    experiment's but for its schedule: the rates take its place.
    """
    rates = np.geomspace(asked.low, asked.high, asked.steps)
    losses = np.full((asked.seeds, asked.steps), np.nan)
    dataset, run = load(asked.experiment.data), _run_of(asked, state)
    for seed in range(asked.seeds):
        taken = 0
        for taken in _taken(_core(asked, seed, dataset, run, device), rates, losses[seed]):
            yield (seed + taken / asked.steps) / asked.seeds, None, f"Seed {seed + 1} of {asked.seeds}"
        result = _result(asked, rates, losses[: seed + 1])
        yield (seed + 1) / asked.seeds, result, f"Seed {seed + 1} of {asked.seeds}"


def _run_of(asked: RateRange, state: bytes | None) -> Trainer | None:
    """The run from whose weights the test begins. Raises ValueError where there is none."""
    if asked.begin == "initial":
        return None
    if state is None:
        raise ValueError("There is no run to begin from.")
    return Trainer.loads(state, "cpu")


def _core(asked: RateRange, seed: int, dataset: object, run: Trainer | None, device: str) -> Core:
    """What trains for one seed, before its first step."""
    experiment = asked.experiment
    drawn = experiment.replace(seed=experiment.seed + seed) if seed else experiment
    core = Core(drawn, dataset, device, "auto")
    if run is not None:
        values = run.module.flat.values
        if values.shape != core.module.flat.values.shape:
            raise ValueError("The weights of the run do not fit this network. Begin from the initial ones.")
        with torch.no_grad():
            core.module.flat.values.copy_(values)
        core.use(Told(drawn, run.silenced))
    return core


def _taken(core: Core, rates: np.ndarray, losses: np.ndarray) -> Iterator[int]:
    """Take the steps with these rates, as long as the loss is no more than it was by far; how many so far."""
    mean, start, step = None, None, 0
    while step < len(rates):
        count = min(PART, core.engine.chunk, len(rates) - step)
        found = core.engine.run(step, rates[step : step + count], core.knobs)
        for loss in found:
            if not np.isfinite(loss):
                return
            losses[step] = loss
            mean = loss if mean is None else FORGETS * mean + (1 - FORGETS) * loss
            step += 1
            if start is None and step == PART:
                start = float(np.mean(losses[:step]))
            if start is not None and mean > EXPLODED * start:
                return
        yield step


def _result(asked: RateRange, rates: np.ndarray, losses: np.ndarray) -> RangeTest:
    """What these seeds have shown: up to where more than half of them had exploded."""
    alive = np.isfinite(losses).sum(0) * 2 > len(losses)
    taken = int(alive.argmin()) if not alive.all() else len(rates)
    rates, losses = rates[:taken], losses[:, :taken].copy()
    exploded = taken < asked.steps
    reading = read(rates, losses, exploded, asked.experiment.training.optimizer)
    return RangeTest(rates, losses, **reading, exploded=exploded)
