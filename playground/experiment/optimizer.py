"""What every optimizer entry is, and the parameters that several of them share."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from playground.experiment.entry import Entry, parameter


def learning_rate(default: float) -> Any:
    return parameter(
        default,
        label="Learning rate",
        help="How far each step goes along the gradient.",
        gt=0.0,
        le=100.0,
        log=True,
        live=True,
    )


def beta(default: float, label: str, what: str) -> Any:
    return parameter(
        default, label=label, help=f"How slowly the running mean of {what} forgets.", ge=0.0, lt=1.0, step=0.01
    )


def epsilon(default: float) -> Any:
    return parameter(
        default, label="Epsilon", help="Added to the divisor, against division by zero.", gt=0.0, le=1.0, log=True
    )


class Optimizer(Entry):
    """A rule that turns gradients into steps; `torch_name` is a class of `torch.optim`."""

    lr: float
    first_order: ClassVar[bool] = True
    """False where one step may look at the loss more than once."""

    def stable_below(self, rate: float) -> float:
        """The curvature below which steps of this rule on a quadratic do not grow, every step with the whole gradient;
        NaN for a rule that has no such limit of its own (it scales its steps by what it has seen).

        rate: the learning rate of the step; infinity is the answer for 0.
        """
        return math.nan

    @property
    def stable_rule(self) -> str:
        """What `stable_below` is, as a formula in words; "" where there is no limit."""
        return ""

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of the class in `torch.optim`, `lr` included; beta1 and beta2 become `betas`."""
        given = super().arguments()
        if "beta1" in given:
            given["betas"] = (given.pop("beta1"), given.pop("beta2"))
        return given
