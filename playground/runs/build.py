"""A run from its description or its checkpoint, and what to say when that fails."""

from typing import Any

import torch

from playground.experiment import Experiment
from playground.runs.seat import Seat
from playground.training import Trainer


def build(order: dict[str, Any], experiment: bytes, checkpoint: bytes) -> Seat:
    """The run that a `load` message describes: from its checkpoint where there is one, else from its beginning."""
    if checkpoint:
        trainer = Trainer.loads(checkpoint)
    else:
        described = Experiment.model_validate_json(experiment)
        trainer = Trainer(described, device=order["device"], engine=order["engine"])
    return Seat(order["run"], order["revision"], trainer, order)


def inherit(trainer: Trainer, before: Trainer | None, previous: bytes) -> None:
    """Have a new run start from another's weights where their shapes agree: from those of ``before``, or (the process
    that had it died) of the checkpoint ``previous``. Where there is neither it starts as it is."""
    if before is None and previous:
        try:
            before = Trainer.loads(previous)
        except ValueError:  # its table is gone, say: the new run does not need it
            return
    if before is not None:
        trainer.inherit(before)


def read_weights(data: bytes) -> dict[str, Any]:
    """The weights in a file by name. Raises ValueError, in words for a person."""
    from playground.export import weights  # not at import: hardly anybody brings weights along

    return weights.read(data)


def devices() -> list[str]:
    """What can be trained on here: "cpu", and "cuda:0 NVIDIA ..." for each GPU."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found += [f"cuda:{index} {torch.cuda.get_device_name(index)}" for index in range(torch.cuda.device_count())]
    return found


def explain(error: Exception) -> str:
    """An error in words for the person whose run it is."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "not enough memory" in str(error):
        return "there is not enough memory for it. A smaller network, batch or data set needs less."
    if isinstance(error, ValueError):
        return str(error)  # ours, and written to be read
    return f"{type(error).__name__}: {error}"
