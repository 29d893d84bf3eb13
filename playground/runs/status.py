"""A run in numbers: what the page shows beside the pictures."""

import math
from typing import Any

from playground.experiment.freezing import frozen_layers

_METRICS = {"accuracy": "accuracy", "r2": "R²"}  # by the history's name, as a person reads it


def status(seat: Any, row: dict[str, float]) -> dict[str, Any]:
    """The state of ``seat``'s run now. ``row``: what was measured last, as the history has it.

    Rates are measured, not set. What only the hub knows (run id, revision, notice, the moment that a viewer looks at)
    is put in front there.
    """
    trainer = seat.trainer
    rate = seat.meter.rate if seat.active else 0.0
    return {
        "state": seat.state,
        "step": trainer.step,
        "epoch": trainer.epoch,
        "steps_per_epoch": trainer.steps_per_epoch,
        "steps_per_second": rate,
        "epochs_per_second": rate / trainer.steps_per_epoch,
        **_measured(trainer, row),
        "lr": trainer.lr,
        "engine": trainer.engine_name,
        "engine_reason": trainer.engine_reason,
        "device": str(trainer.device),
        "timeline": {"first": trainer.tape.steps[0], "last": trainer.step},
        "speed": seat.pace.speed,
        "seed": trainer.experiment.seed,
        "max_epochs": trainer.experiment.training.max_epochs,
        "divergence": trainer.divergence.as_dict() if trainer.divergence else None,
        **_by_hand(trainer),
    }


def moment_status(trainer: Any, moment: Any) -> dict[str, Any]:
    """The numbers of a moment of the past: those recorded last at or before it."""
    row = trainer.record_at(moment.step)
    return {
        "step": moment.step,
        "epoch": moment.epoch,
        **_measured(trainer, row),
        "lr": _number(row["lr"]),
        **_by_hand(moment),
    }


def _by_hand(moment: Any) -> dict[str, Any]:
    """What a person did to single neurons and layers, which the diagram marks."""
    return {
        "silenced": [[_path(path), unit] for path, unit in moment.silenced],
        "frozen": [_path(path) for path in frozen_layers(moment.experiment)],
    }


def _path(path: Any) -> str | list[int]:
    return path if isinstance(path, str) else list(path)


def _measured(trainer: Any, row: dict[str, float]) -> dict[str, Any]:
    metric = trainer.task.metric
    return {
        "train_loss": _number(row["train_loss"]),
        "test_loss": _number(row["test_loss"]),
        "metric": {
            "name": _METRICS.get(metric, metric),
            "train": _number(row[f"train_{metric}"]),
            "test": _number(row[f"test_{metric}"]),
        },
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None  # JSON has no word for the others
