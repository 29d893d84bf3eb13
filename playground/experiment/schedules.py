"""Schedules: the learning rate over time, as a factor on the optimizer's own.

A schedule is a pure function of the time in epochs (a float: 1.5 is half-way through the second), so a run can be
resumed or rewound without any state. At whole epochs each equals the class of `torch.optim.lr_scheduler` it names
(`OneCycleLR` counts from 0 to `total_steps - 1`: a cycle of T epochs is its `total_steps = T + 1`, and its peak at
`rise * T` is its `pct_start = (rise * T + 1) / (T + 1)`).
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from playground.experiment.entry import Entry, parameter


def _floor() -> float:
    return parameter(
        0.0,
        label="Lowest factor",
        help="The learning rate never falls below this share of itself.",
        ge=0.0,
        le=1.0,
        step=0.01,
    )


def _cosine(start: float, end: float, share: float) -> float:
    """From `start` (share 0) to `end` (share 1) along half a cosine wave."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))


class Schedule(Entry):
    metric_driven: ClassVar[bool] = False
    """True where the factor follows the measured loss instead of the clock."""

    def factor(self, epoch: float) -> float:
        """What the learning rate is multiplied by at `epoch` (finite, >= 0): between 0 and 1."""
        raise NotImplementedError


class ConstantSchedule(Schedule):
    kind: Literal["constant"]
    label = "Constant"
    about = "The learning rate stays as it is."
    formula = r"\eta_t = \eta"

    def factor(self, epoch: float) -> float:
        return 1.0


class Step(Schedule):
    kind: Literal["step"]
    step_size: float = parameter(100.0, label="Every", help="Epochs between two drops.", ge=0.01, le=1e6, step=10.0)
    gamma: float = parameter(0.5, label="Factor", help="What each drop multiplies by.", gt=0.0, le=1.0, step=0.05)
    label = "Step"
    about = "Drops by a factor every so many epochs: coarse first, fine later."
    formula = r"\eta_t = \eta\, \gamma^{\lfloor t / s \rfloor}"
    torch_name = "StepLR"

    def factor(self, epoch: float) -> float:
        return self.gamma ** math.floor(epoch / self.step_size)


class Exponential(Schedule):
    kind: Literal["exponential"]
    gamma: float = parameter(0.99, label="Factor", help="What each epoch multiplies by.", gt=0.0, le=1.0, step=0.005)
    label = "Exponential"
    about = "Falls by the same share every epoch."
    formula = r"\eta_t = \eta\, \gamma^t"
    torch_name = "ExponentialLR"

    def factor(self, epoch: float) -> float:
        return self.gamma**epoch


class Cosine(Schedule):
    kind: Literal["cosine"]
    epochs: float = parameter(
        200.0,
        label="Epochs",
        help="When the lowest point is reached; it stays there.",
        ge=0.01,
        le=1e6,
        step=10.0,
    )
    floor: float = _floor()
    label = "Cosine"
    about = (
        "Glides down half a cosine wave: long at high speed, long at low, and stays there (Loshchilov and Hutter 2017)."
    )
    formula = r"\eta_t = \eta \left(f + \tfrac{1 - f}{2} (1 + \cos \tfrac{\pi t}{T})\right)"
    torch_name = "CosineAnnealingLR"

    def factor(self, epoch: float) -> float:
        share = min(epoch / self.epochs, 1.0)
        return _cosine(1.0, self.floor, share)


class WarmRestarts(Schedule):
    kind: Literal["warm_restarts"]
    first: float = parameter(50.0, label="First cycle", help="Epochs of the first cycle.", ge=0.01, le=1e6, step=10.0)
    longer: int = parameter(
        2, label="Longer by", help="How many times longer each cycle is than the last.", ge=1, le=10, step=1
    )
    floor: float = _floor()
    label = "Warm restarts"
    about = (
        "A cosine that jumps back up again and again, to leave a poor valley for a better one (Loshchilov "
        "and Hutter 2017)."
    )
    formula = r"\eta_t = \eta \left(f + \tfrac{1 - f}{2} (1 + \cos \tfrac{\pi t_i}{T_i})\right)"
    torch_name = "CosineAnnealingWarmRestarts"

    def factor(self, epoch: float) -> float:
        # In units of the first cycle. The cycles are counted off one by one (there are few, they grow by powers)
        # because a logarithm, rounded, would begin some of them a little early or late.
        elapsed, length = epoch / self.first, 1
        if self.longer == 1:
            elapsed %= 1.0
        while elapsed >= length:
            elapsed -= length
            length *= self.longer
        return _cosine(1.0, self.floor, elapsed / length)


class OneCycle(Schedule):
    kind: Literal["one_cycle"]
    epochs: float = parameter(
        200.0, label="Epochs", help="Length of the cycle; it stays at its end.", ge=0.01, le=1e6, step=10.0
    )
    rise: float = parameter(0.3, label="Rise", help="Share of the cycle spent rising.", gt=0.0, lt=1.0, step=0.05)
    start_div: float = parameter(
        25.0,
        label="Start divisor",
        help="The cycle starts at the learning rate divided by this.",
        ge=1.0,
        le=1e4,
        step=1.0,
    )
    end_div: float = parameter(
        1e4,
        label="End divisor",
        help="It ends at the start's value divided by this.",
        ge=1.0,
        le=1e8,
        log=True,
    )
    label = "One-cycle"
    about = "Rises to the learning rate and falls far below it, once: fast training with large steps (Smith 2018)."
    formula = r"\eta_0 = \eta / d \nearrow \eta \searrow \eta_0 / d'"
    torch_name = "OneCycleLR"

    def factor(self, epoch: float) -> float:
        low, end = 1 / self.start_div, 1 / (self.start_div * self.end_div)
        share = min(epoch / self.epochs, 1.0)
        if share <= self.rise:
            return _cosine(low, 1.0, share / self.rise)
        return _cosine(1.0, end, (share - self.rise) / (1 - self.rise))


class Warmup(Schedule):
    kind: Literal["warmup"]
    epochs: float = parameter(
        5.0,
        label="Epochs",
        help="How long it takes to reach the full learning rate.",
        ge=0.01,
        le=1e6,
        step=1.0,
    )
    start: float = parameter(
        0.01,
        label="Start factor",
        help="Share of the learning rate to begin with.",
        gt=0.0,
        le=1.0,
        step=0.01,
    )
    label = "Linear warm-up"
    about = "Starts small and grows in a straight line, while the first, wild gradients calm down."
    formula = r"\eta_t = \eta \left(s + (1 - s) \min(1, \tfrac{t}{T})\right)"
    torch_name = "LinearLR"

    def factor(self, epoch: float) -> float:
        return self.start + (1 - self.start) * min(epoch / self.epochs, 1.0)


class Plateau(Schedule):
    kind: Literal["plateau"]
    decay: float = parameter(0.5, label="Factor", help="What each drop multiplies by.", gt=0.0, lt=1.0, step=0.05)
    patience: int = parameter(
        20,
        label="Patience",
        help="Epochs without a better test loss before the next drop.",
        ge=0,
        le=100_000,
        step=5,
    )
    threshold: float = parameter(
        1e-4,
        label="Threshold",
        help="Share by which the loss must fall to count as better.",
        ge=0.0,
        le=1.0,
        log=True,
    )
    floor: float = _floor()
    label = "Reduce on plateau"
    about = "Drops by a factor whenever the test loss has stopped falling."
    formula = r"\eta \leftarrow \gamma \eta \;\text{ when } L_\text{test} \text{ stalls}"
    torch_name = "ReduceLROnPlateau"
    metric_driven = True

    def factor(self, epoch: float) -> float:
        """1: the drops so far are state of the trainer."""
        return 1.0


SCHEDULES = (ConstantSchedule, Step, Exponential, Cosine, WarmRestarts, OneCycle, Warmup, Plateau)

ScheduleSpec = Annotated[
    ConstantSchedule | Step | Exponential | Cosine | WarmRestarts | OneCycle | Warmup | Plateau,
    Field(discriminator="kind"),
]
