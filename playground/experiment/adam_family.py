"""Adam and its kin: every weight gets a step size of its own from running means of its gradient."""

from __future__ import annotations

from typing import Any, Literal

from playground.experiment.entry import parameter
from playground.experiment.optimizer import Optimizer, beta, epsilon, learning_rate


def _amsgrad() -> Any:
    return parameter(
        False, label="AMSGrad", help="Divides by the largest past mean square, so that steps never grow again."
    )


class Adam(Optimizer):
    kind: Literal["adam"]
    lr: float = learning_rate(0.001)
    beta1: float = beta(0.9, "Beta 1", "the gradient")
    beta2: float = beta(0.999, "Beta 2", "its square")
    eps: float = epsilon(1e-8)
    amsgrad: bool = _amsgrad()
    label = "Adam"
    about = "Every weight gets its own step size from running means of gradient and square (Kingma and Ba 2015)."
    formula = r"w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "Adam"


class AdamW(Optimizer):
    kind: Literal["adamw"]
    lr: float = learning_rate(0.001)
    beta1: float = beta(0.9, "Beta 1", "the gradient")
    beta2: float = beta(0.999, "Beta 2", "its square")
    eps: float = epsilon(1e-8)
    weight_decay: float = parameter(
        0.01,
        label="Its weight decay",
        help="Shrinks every parameter a little at each step.",
        ge=0.0,
        le=10.0,
        step=0.01,
    )
    amsgrad: bool = _amsgrad()
    label = "AdamW"
    about = "Adam with weight decay kept apart from the gradient (Loshchilov and Hutter 2019)."
    formula = r"w \leftarrow (1 - \eta\lambda)\, w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "AdamW"


class NAdam(Optimizer):
    kind: Literal["nadam"]
    lr: float = learning_rate(0.002)
    beta1: float = beta(0.9, "Beta 1", "the gradient")
    beta2: float = beta(0.999, "Beta 2", "its square")
    eps: float = epsilon(1e-8)
    momentum_decay: float = parameter(
        0.004, label="Momentum decay", help="How fast the momentum warms up.", ge=0.0, le=1.0, step=0.001
    )
    label = "NAdam"
    about = "Adam that looks ahead along its momentum, as Nesterov does (Dozat 2016)."
    formula = r"w \leftarrow w - \eta\, \frac{\mu_{t+1} \hat m + (1 - \mu_t) \hat g}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "NAdam"


class RAdam(Optimizer):
    kind: Literal["radam"]
    lr: float = learning_rate(0.001)
    beta1: float = beta(0.9, "Beta 1", "the gradient")
    beta2: float = beta(0.999, "Beta 2", "its square")
    eps: float = epsilon(1e-8)
    label = "RAdam"
    about = (
        "Adam that trusts its step sizes only once it has seen enough gradients: a built-in warm-up (Liu et al. 2020)."
    )
    formula = r"w \leftarrow w - \eta\, r_t\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "RAdam"


class Adamax(Optimizer):
    kind: Literal["adamax"]
    lr: float = learning_rate(0.002)
    beta1: float = beta(0.9, "Beta 1", "the gradient")
    beta2: float = beta(0.999, "Beta 2", "its largest value")
    eps: float = epsilon(1e-8)
    label = "Adamax"
    about = "Adam that divides by the largest recent gradient instead of the mean square (Kingma and Ba 2015)."
    formula = r"w \leftarrow w - \frac{\eta}{1 - \beta_1^t}\, \frac{m}{u},\; u = \max(\beta_2 u, |g| + \varepsilon)"
    torch_name = "Adamax"
