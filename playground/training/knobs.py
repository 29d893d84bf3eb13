"""What may change while a run trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.experiment import Experiment
from playground.experiment.freezing import Place, frozen_layers, with_frozen
from playground.experiment.training import LIVE_FIELDS, Training


@dataclass(frozen=True, slots=True)
class Knobs:
    """What acts on a step besides the loss; see `experiment.training` for what each means.

    frozen: the layers whose numbers stay exactly as they are: no gradient (that of the others is clipped without
    theirs), no penalty, no decay, and what an optimizer remembers of them stands still.
    """

    l1: float = 0.0
    l2: float = 0.0
    weight_decay: float = 0.0
    clip_norm: float | None = None
    frozen: tuple[Place, ...] = ()

    @classmethod
    def of(cls, experiment: Experiment) -> Knobs:
        """The knobs of an experiment."""
        training = experiment.training
        return cls(training.l1, training.l2, training.weight_decay, training.clip_norm, frozen_layers(experiment))


def patched(experiment: Experiment, patch: dict[str, Any]) -> Experiment:
    """`experiment` with live fields changed.

    patch: `l1`, `l2`, `weight_decay`, `clip_norm`, the learning rate as `lr` or {"optimizer": {"lr": ...}}, and as
    `frozen` the places of all layers that are frozen from now on. Raises ValueError for anything that cannot change
    while a run trains, and pydantic.ValidationError for a value that is out of range.
    """
    changes = dict(patch)
    if "frozen" in changes:
        experiment = with_frozen(experiment, changes.pop("frozen"))
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
