"""The training recipe: loss, optimizer, schedule, and what holds the weights back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from playground.experiment.entry import Model, parameter
from playground.experiment.losses import LossSpec
from playground.experiment.optimizers import OptimizerSpec
from playground.experiment.schedules import ConstantSchedule, ScheduleSpec
from playground.settings import settings


class EarlyStopping(Model):
    """Stop when the test loss has not fallen for a while."""

    patience: int = parameter(
        50,
        label="Patience",
        help="Epochs without a better test loss before the run stops.",
        ge=1,
        le=100_000,
        step=10,
    )
    min_delta: float = parameter(
        0.0,
        label="Least gain",
        help="How much lower the test loss must be to count as better.",
        ge=0.0,
        le=100.0,
        step=0.001,
    )
    restore_best: bool = parameter(
        True, label="Restore the best", help="Ends with the weights that had the lowest test loss."
    )


class Training(Model):
    """How a network is trained. Fields marked `live` may change while a run trains."""

    loss: LossSpec = Field(title="Loss")
    optimizer: OptimizerSpec = Field(title="Optimizer")
    schedule: ScheduleSpec = Field(default=ConstantSchedule(kind="constant"), title="Schedule")
    batch_size: int = parameter(
        10,
        label="Batch size",
        help="Points per step: small batches are noisy and quick, large ones smooth.",
        ge=1,
        le=settings.max_samples,
        step=1,
    )
    l1: float = parameter(
        0.0,
        label="L1",
        help="Pulls every weight towards zero by a constant: many become exactly unimportant.",
        ge=0.0,
        le=10.0,
        log=True,
        live=True,
    )
    l2: float = parameter(
        0.0,
        label="L2",
        help="Pulls every weight towards zero in proportion to its size: keeps the boundary smooth.",
        ge=0.0,
        le=10.0,
        log=True,
        live=True,
    )
    weight_decay: float = parameter(
        0.0,
        label="Weight decay",
        help="Shrinks every weight by this share times the learning rate, apart from the gradient.",
        ge=0.0,
        le=10.0,
        log=True,
        live=True,
    )
    clip_norm: float | None = parameter(
        None,
        label="Clip gradients",
        help="Longest gradient allowed; longer ones are shortened to it.",
        gt=0.0,
        le=1e6,
        live=True,
    )
    precision: Literal["float32", "mixed"] = parameter(
        "float32",
        label="Precision",
        help="Mixed computes convolutions and linear layers in 16-bit numbers (bfloat16): quicker on a GPU, a little "
        "coarser.",
    )
    early_stopping: EarlyStopping | None = Field(default=None, title="Early stopping")
    max_epochs: int | None = parameter(
        None,
        label="Stop after",
        help="Epochs after which the run is finished; empty for no end.",
        ge=1,
        le=10_000_000,
        step=100,
    )


LIVE_FIELDS = tuple(
    name for name, info in Training.model_fields.items() if (info.json_schema_extra or {}).get("live")
)  # fmt: skip
