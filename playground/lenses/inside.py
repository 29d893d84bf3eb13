"""Inside training: gradients, updates, activations, dead and saturated units, and weights, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.lenses.film import film_of, shares
from playground.lenses.grids import middles
from playground.lenses.inspection import (
    gradient_norms,
    hidden_or_head,
    kinds_of,
    layers_of,
    samples_of,
    short_names,
    unit_states,
    weights_of,
)
from playground.lenses.moment import looking, moment_of

BINS, WEIGHT_BINS = 40, 60
STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
COLUMNS = 120
MOST_VALUES = 10_000
TAIL = 0.002
"""Share of values on either side that may lie beyond the scale of the activations; they count as its ends."""


def gradients(trainer: Any) -> dict[str, Any]:
    """How large gradients and updates are in every layer, along the run.

    - layers: what the layers with weights are called, "1", "2", ..., "out"; labels: the same as the diagram says it;
    - epoch (t,): of the moments looked at, snapshots of the tape (64 to 130 of them once the run is long);
    - gradient (t, layers) float64: the Euclidean norm of the gradient of the training loss (see
      `inspection.gradient_norms`);
    - update (t, layers) float64: the norm of the change that the next step makes, with all that acts on it: its batch,
      the optimizer's memory, penalties, decay, clipping, dropout. NaN where that step overflows;
    - unfinished: how many moments are still to be looked at; every look does some of the work.

    Needs the trainer itself; raises TypeError for a moment, which has no past.
    """
    steps, pictures, missing = film_of(trainer).look(trainer)
    layers = layers_of(trainer)
    return {
        **_names(layers),
        "epoch": np.array(steps) / trainer.steps_per_epoch,
        "gradient": _stacked([picture.gradient for picture in pictures], len(layers)),
        "update": _stacked([picture.update for picture in pictures], len(layers)),
        "unfinished": missing,
    }


def units(trainer: Any) -> dict[str, Any]:
    """How many units of every hidden layer are dead, and how many saturated, along the run.

    - layers, labels, epoch, unfinished: as of `gradients`, the output left out;
    - dead, saturated (t, hidden layers) int64; see `inspection.unit_states` for what the words mean;
    - sizes (hidden layers,) int64: how many units there are;
    - can_die, can_saturate: whether any activation of the network allows it.

    Needs the trainer itself; raises TypeError for a moment, which has no past.
    """
    steps, pictures, missing = film_of(trainer).look(trainer)
    layers = layers_of(trainer)[:-1]
    can_die, can_saturate = kinds_of(trainer)
    return {
        **_names(layers),
        "epoch": np.array(steps) / trainer.steps_per_epoch,
        "dead": _stacked([picture.dead for picture in pictures], len(layers)),
        "saturated": _stacked([picture.saturated for picture in pictures], len(layers)),
        "sizes": np.array([layer.units for layer in layers], np.int64),
        "can_die": can_die,
        "can_saturate": can_saturate,
        "unfinished": missing,
    }


def weight_history(trainer: Any, layer: int | None = None, bins: int = WEIGHT_BINS) -> dict[str, Any]:
    """The histogram of the weights of one layer (None: of all; 0: the first; one that is not there: the last), along
    the run.

    - epoch (t,): from 0 to now, evenly spaced; share (bins, t) float32: the share of the weights in each bin then;
    - values (bins,): the middles of the bins, from -reach to reach;
    - layers, labels, unfinished: as of `gradients`.

    Of a layer with more than 256 weights 256 quantiles are counted. Needs the trainer itself; raises TypeError for
    a moment, which has no past.
    """
    steps, pictures, missing = film_of(trainer).look(trainer)
    layers = layers_of(trainer)
    which = slice(None) if layer is None else slice(min(layer, len(layers) - 1), min(layer, len(layers) - 1) + 1)
    reach = nice(max(1e-6, *(float(picture.reach[which].max()) for picture in pictures)))
    counted = np.array([picture.histograms(reach, bins)[which] for picture in pictures])
    parts = [weights_of(trainer.module.at(column.unit_path)) for column in layers[which]]
    sizes = np.array([sum(tensor.numel() for tensor in tensors) for tensors in parts], np.float32)
    share = np.einsum("tlb,l->bt", counted, sizes / sizes.sum())
    end = trainer.step
    times = (np.arange(COLUMNS) + 0.5) / COLUMNS * max(end, 1)
    latest = np.maximum(np.searchsorted(steps, times, side="right") - 1, 0)
    return {
        **_names(layers),
        "epoch": times / trainer.steps_per_epoch,
        "values": middles(-reach, reach, bins),
        "share": share[:, latest],
        "unfinished": missing,
    }


def activations(moment: Any, bins: int = BINS) -> dict[str, Any]:
    """How the values of every hidden layer's units are distributed over the training samples, at this moment.

    - layers, labels: of the hidden layers (of the output where there are none);
    - share (layers, bins) float32: the share of a layer's values in each bin; values (bins,): the middles of the bins,
      on one scale for all layers; what lies beyond it (at most one value in 500 on either side) is in the outer bins;
    - mean, deviation (layers,) float64.

    Values are those that the next linear layer receives, in evaluation mode, on the samples of
    `inspection.samples_of`; of a large layer evenly spaced ones are counted.
    """
    moment = moment_of(moment)
    inputs, _ = samples_of(moment)
    layers = hidden_or_head(moment)
    with looking(moment.module) as module:
        seen = module.trace(inputs)
        values = [_sorted(seen[layer.end_path]) for layer in layers]
    low, high = _scale(values)
    edges = np.linspace(low, high, bins + 1)
    return {
        **_names(layers),
        "share": np.array([shares(found, edges) for found in values], np.float32),
        "values": middles(low, high, bins),
        "mean": np.array([found.mean() if len(found) else np.nan for found in values]),
        "deviation": np.array([found.std() if len(found) else np.nan for found in values]),
    }


def findings(moment: Any) -> dict[str, Any]:
    """What a person should be told of the inside of a network at this moment: figures.findings puts it into words.

    layers, labels; gradient (layers,), as of `gradients`; dead, saturated, sizes (hidden layers,), as of `units`.
    """
    moment = moment_of(moment)
    layers = layers_of(moment)
    dead, saturated = unit_states(moment)
    return {
        **_names(layers),
        "gradient": gradient_norms(moment),
        "dead": dead,
        "saturated": saturated,
        "sizes": np.array([layer.units for layer in layers[:-1]], np.int64),
    }


def nice(value: float) -> float:
    """The least of `STEPS` times a power of ten that is not below `value` > 0: a scale that seldom moves."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in STEPS if step * power >= value * (1 - 1e-9)))


def _names(layers: tuple[Any, ...]) -> dict[str, tuple[str, ...]]:
    return {"layers": short_names(layers), "labels": tuple(layer.label for layer in layers)}


def _stacked(rows: list[np.ndarray], width: int) -> np.ndarray:
    return np.array(rows).reshape(len(rows), width)


def _sorted(values: Any) -> np.ndarray:
    """At most `MOST_VALUES` (about) of a layer's values, evenly spaced, sorted; what is no number is left out."""
    flat = values.reshape(-1)
    found = flat[:: -(-len(flat) // MOST_VALUES)].double().cpu().numpy()
    return np.sort(found[np.isfinite(found)])


def _scale(values: list[np.ndarray]) -> tuple[float, float]:
    """From the least to the greatest of nearly all values, rounded outwards; zero always inside."""
    values = [found for found in values if len(found)] or [np.zeros(1)]
    low = min(0.0, *(float(found[int(TAIL * len(found))]) for found in values))
    high = max(0.0, *(float(found[-1 - int(TAIL * len(found))]) for found in values))
    if high - low < 1e-9:
        return -1.0, 1.0
    small = (high - low) * 0.02
    return -nice(-low) if low < -small else 0.0, nice(high) if high > small else 0.0
