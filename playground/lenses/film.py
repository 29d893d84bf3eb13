"""What went on inside a run, read from its tape a little at a time: nothing is measured while nobody looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from playground.lenses.album import Album, album_of
from playground.lenses.inspection import gradient_norms, layers_of, norms, unit_states, weights_of
from playground.training.packing import Packed
from playground.training.rehearsal import rehearsal_of

SKETCH = 256
MOST_WEIGHTS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The inside of a network at one snapshot of the tape.

    gradient, update (layers,) float64: norms, see `gradients`; update is NaN where the step overflowed. dead, saturated
    (hidden layers,) int64. weights: for each layer its sorted weights, at most `SKETCH` float32 that stand for all;
    reach (layers,): the size of the largest.
    """

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


def film_of(trainer: Any) -> Album[Picture]:
    """The film of a trainer, kept as long as it. Raises TypeError for a moment, which has no past."""
    return album_of(trainer, _taken)


def _taken(trainer: Any, step: int) -> Picture:
    """The picture of a step on the tape."""
    packed, moment = trainer.tape.nearest(step)[1], trainer.at(step)
    dead, saturated = unit_states(moment)
    weights = sketches(moment)
    reach = np.array([np.abs(values[[0, -1]]).max() for values in weights])
    return Picture(gradient_norms(moment), _update(trainer, packed, moment), dead, saturated, weights, reach)


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
    return tuple(_sketch(weights_of(moment.module.at(layer.unit_path))) for layer in layers_of(moment))


def _sketch(weights: list[torch.Tensor]) -> np.ndarray:
    flat = torch.cat([tensor.reshape(-1) for tensor in weights])
    values = np.sort(flat[:: -(-len(flat) // MOST_WEIGHTS)].float().cpu().numpy())
    if len(values) <= SKETCH:
        return values
    return values[np.linspace(0, len(values) - 1, SKETCH).round().astype(np.int64)]
