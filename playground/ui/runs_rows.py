"""A person's runs as the view in the browser takes them: rows of the list, and curves of those that are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import orjson

from playground.experiment import Experiment
from playground.export import wording
from playground.runs.wire import encode

MOST_ROWS = 400
"""Rows of a history that are drawn: more than a screen has pixels for each of its curves."""
METRICS = {"accuracy": "accuracy", "r2": "R²"}
"""What a history measures beside the loss, and how a person reads it."""


def row(run: Any, here: str | None) -> dict[str, Any]:
    """A `KeptRun` as the list and the board show it. here: the id of the run that is on the bench."""
    data = run.experiment.data
    numbers = ("epoch", "train_loss", "test_loss", "train_metric", "test_metric", "metric")
    return {
        "id": run.id,
        "name": run.name,
        "title": wording.title(run.experiment),
        "recipe": recipe(run.experiment),
        "data": getattr(data, "name", None) or data.label,
        "starred": run.starred,
        "deleted": run.deleted,
        "updated": run.updated,
        "state": run.state,
        "here": run.run_id == here,
        "forked": run.parent is not None,
        **{name: getattr(run, name) for name in numbers},
    }


def recipe(experiment: Experiment) -> str:
    """How it is trained, shorter than `wording.recipe`: "SGD 0.03, batch 10, seed 0"."""
    training = experiment.training
    return f"{training.optimizer.label} {training.optimizer.lr:g}, batch {training.batch_size}, seed {experiment.seed}"


def curves(history: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """A history as arrays on the wire: {epoch, step, train_loss, test_loss, train_metric, test_metric, metric}."""
    metric = next((name for name in METRICS if f"test_{name}" in history), None)
    names = {name: name for name in ("epoch", "step", "train_loss", "test_loss")}
    if metric:
        names |= {f"{part}_metric": f"{part}_{metric}" for part in ("train", "test")}
    rows = thinned(len(history["step"]))
    arrays = {ours: np.asarray(history[theirs])[rows] for ours, theirs in names.items()}
    return orjson.loads(encode({**arrays, "metric": METRICS.get(metric or "", "")}))


def thinned(count: int) -> np.ndarray:
    """Which of `count` rows are drawn, evenly spaced; the first and the last are."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).astype(np.int64)) if count else np.arange(0)


def losses(experiments: Iterable[Experiment]) -> set[str]:
    """The functions that their losses are."""
    return {experiment.training.loss.label for experiment in experiments}
