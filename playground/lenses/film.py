"""What went on inside a run, read from its tape a little at a time: nothing is measured while nobody looks."""

from __future__ import annotations

import math
import time
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from playground.lenses.hurry import hurry
from playground.lenses.inspection import gradient_norms, layers_of, norms, unit_states
from playground.training.packing import Packed
from playground.training.rehearsal import rehearsal_of

INF = math.inf
SLICE, RESTING_SLICE, FIRST_SLICE = 0.002, 0.015, 0.1
"""Seconds of work at one look, about, while the run goes on, while it rests, and at the first one: who has just opened
the view shall see something."""
SHARE = 0.05
"""Of a running run's time, at most, goes into pictures of its past."""
LONGEST_REST = 1.0
"""Seconds after which there is time for another, however long one took."""
LAG = 0.03
"""Share of the run that the latest picture may be behind, while earlier ones are missing."""
FINEST = 6
"""Two to the power of so many pictures at least, and twice as many at most, are taken of a long run."""
SKETCH = 256
MOST_WEIGHTS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The inside of a network at one snapshot of the tape.

    gradient, update (layers,) float64: norms, see `gradients`; update is NaN where the step overflowed. dead, saturated
    (hidden layers,) int64. weights: for each layer its sorted weights, at most `SKETCH` float32 that stand for all;
    reach (layers,): the size of the largest.
    """

    packed: Packed
    gradient: np.ndarray
    update: np.ndarray
    dead: np.ndarray
    saturated: np.ndarray
    weights: tuple[np.ndarray, ...]
    reach: np.ndarray
    _counted: dict[tuple[float, int], np.ndarray] = field(default_factory=dict)

    def histograms(self, reach: float, bins: int) -> np.ndarray:
        """The share of each layer's weights in each of so many equal bins from -reach to reach: (layers, bins) float32.

        Counted once for as long as the scale stays the same.
        """
        if (reach, bins) not in self._counted:
            self._counted.clear()
            edges = np.linspace(-reach, reach, bins + 1)
            self._counted[reach, bins] = np.array([shares(values, edges) for values in self.weights], np.float32)
        return self._counted[reach, bins]


class Film:
    """The pictures of one trainer's run, made when asked for and kept while their snapshot is on the tape."""

    def __init__(self) -> None:
        self._pictures: dict[int, Picture] = {}
        self._rest_until = 0.0

    def look(self, trainer: Any) -> tuple[list[int], list[Picture], int]:
        """(steps, pictures, missing): those that there are, in order, and how many are still to be made.

        All are made at once, unless this is `a_little_at_a_time`: then every look makes a few. While the run goes on
        they take at most `SHARE` of its time; a run that rests is caught up with as quickly as somebody looks.
        """
        wanted = chosen(trainer.tape.steps)
        self._forget(trainer, wanted)
        missing = _in_order(wanted, self._pictures)
        start, end = time.monotonic(), self._end(bool(self._pictures))
        while missing and (time.monotonic() < end or not self._pictures):
            step = missing.pop(0)
            self._pictures[step] = _taken(trainer, step)
            self._rest_until = time.monotonic() + min((time.monotonic() - start) / SHARE, LONGEST_REST)
        steps = [step for step in wanted if step in self._pictures]
        return steps, [self._pictures[step] for step in steps], len(missing)

    def _end(self, begun: bool) -> float:
        """Until when pictures may be made now (`time.monotonic` seconds)."""
        pressed, now = hurry(), time.monotonic()
        if pressed is None:
            return INF
        if not begun:
            return now + FIRST_SLICE
        if pressed.resting:
            return now + RESTING_SLICE
        return now + SLICE if now >= self._rest_until else now

    def _forget(self, trainer: Any, wanted: list[int]) -> None:
        """Drop what is not wanted any more, and what a rewind has made untrue."""
        self._pictures = {
            step: picture
            for step in wanted
            if (picture := self._pictures.get(step)) is not None and trainer.tape.nearest(step)[1] is picture.packed
        }


def film_of(trainer: Any) -> Film:
    """The film of a trainer, kept as long as it. Raises TypeError for a moment, which has no past."""
    if not hasattr(trainer, "tape"):
        raise TypeError("what changes over a run is the trainer's to tell; a single moment has no past")
    return _films.setdefault(trainer, Film())


_films: WeakKeyDictionary[Any, Film] = WeakKeyDictionary()


def chosen(steps: list[int]) -> list[int]:
    """Those of a tape's steps that are looked at: about evenly spaced, 64 to 130 of a long run.

    When the run grows to twice its length every second one is left out and none is new, so little is done twice.
    """
    gap = 1 << max(0, (steps[-1] if steps else 0).bit_length() - 1 - FINEST)
    kept = [step for before, step in zip([-gap, *steps], steps, strict=False) if step // gap != before // gap]
    return kept if not steps or kept[-1] == steps[-1] else [*kept, steps[-1]]


def _in_order(wanted: list[int], made: Container[int]) -> list[int]:
    """Those that are not made yet: the first, then the multiples of ever smaller powers of two, so that there is soon
    a rough picture and then a finer one. Before all others the last, where `LAG` of the run has gone by since one."""
    missing = sorted((step for step in wanted if step not in made), key=lambda step: -(step & -step) if step else -INF)
    last, newest = wanted[-1], max((step for step in wanted if step in made), default=-INF)
    if last - newest > LAG * last:
        missing.remove(last)
        missing.insert(0, last)
    return missing


def _taken(trainer: Any, step: int) -> Picture:
    """The picture of a step on the tape."""
    packed, moment = trainer.tape.nearest(step)[1], trainer.at(step)
    dead, saturated = unit_states(moment)
    weights = sketches(moment)
    reach = np.array([np.abs(values[[0, -1]]).max() for values in weights])
    return Picture(packed, gradient_norms(moment), _update(trainer, packed, moment), dead, saturated, weights, reach)


def _update(trainer: Any, packed: Packed, moment: Any) -> np.ndarray:
    """How far the step taken at a moment moves each layer, (layers,) float64."""
    rehearsal = rehearsal_of(trainer)
    rehearsal.stand_at(packed, moment)
    groups = [list(rehearsal.module.at(layer.unit_path).parameters()) for layer in layers_of(moment)]
    before = [[p.detach().clone() for p in group] for group in groups]
    if not rehearsal.take():
        return np.full(len(groups), np.nan)
    return norms(
        [[p.detach() - old for p, old in zip(*pair, strict=True)] for pair in zip(groups, before, strict=True)]
    )


def shares(ordered: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The share of sorted values in each bin, (edges - 1,); what lies outside counts as in the outermost."""
    places = np.searchsorted(ordered, edges)
    places[0], places[-1] = 0, len(ordered)
    return np.diff(places) / max(len(ordered), 1)


def sketches(moment: Any) -> tuple[np.ndarray, ...]:
    """The weights (not the biases) of every layer, sorted, float32: all of a small one, `SKETCH` quantiles of a large
    one, which are taken from at most `MOST_WEIGHTS` evenly spaced ones."""
    return tuple(_sketch(moment.module.at(layer.unit_path).weight) for layer in layers_of(moment))


def _sketch(weights: Any) -> np.ndarray:
    flat = weights.detach().reshape(-1)
    values = np.sort(flat[:: -(-len(flat) // MOST_WEIGHTS)].float().cpu().numpy())
    if len(values) <= SKETCH:
        return values
    return values[np.linspace(0, len(values) - 1, SKETCH).round().astype(np.int64)]
