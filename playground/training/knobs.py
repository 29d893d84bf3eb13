"""What may change while a run trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.experiment import Experiment
from playground.experiment.training import LIVE_FIELDS, Training


@dataclass(frozen=True, slots=True)
class Knobs:
    """What acts on the gradient besides the loss; see `experiment.training` for what each means."""

    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    clip_norm: float | None = None

    @classmethod
    def of(cls, training: Training) -> Knobs:
        """The knobs of a training recipe."""
        return cls(training.l1, training.l2, training.weight_decay, training.clip_norm)


def patched(experiment: Experiment, patch: dict[str, Any]) -> Experiment:
    """`experiment` with live fields of its training changed.

    patch: `l1`, `l2`, `weight_decay`, `clip_norm`, and the learning rate as `lr` or {"optimizer": {"lr": ...}}. Raises
    ValueError for anything that cannot change while a run trains, and pydantic.ValidationError for a value that is out
    of range.
    """
    changes = dict(patch)
    inner = dict(changes.pop("optimizer", {}))
    if "lr" in changes:
        inner["lr"] = changes.pop("lr")
    optimizer = experiment.training.optimizer
    live = {name for name, info in type(optimizer).model_fields.items() if (info.json_schema_extra or {}).get("live")}
    wrong = sorted((set(changes) - set(LIVE_FIELDS)) | (set(inner) - live))
    if wrong:
        raise ValueError(f"{', '.join(wrong)} cannot change while the run trains")
    if inner:
        changes["optimizer"] = {**optimizer.model_dump(), **inner}
    training = Training.model_validate({**experiment.training.model_dump(), **changes})
    return experiment.model_copy(update={"training": training})
