"""Optimizers: `torch.optim`'s own, with the parameters that are worth turning. Each entry names its class there."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field

from playground.experiment.adam_family import Adam, Adamax, AdamW, NAdam, RAdam
from playground.experiment.entry import parameter
from playground.experiment.optimizer import Optimizer, epsilon, learning_rate


class SGD(Optimizer):
    kind: Literal["sgd"]
    lr: float = learning_rate(0.03)
    momentum: float = parameter(
        0.0,
        label="Momentum",
        help="Share of the last step that is carried on: rolls through small bumps.",
        ge=0.0,
        lt=1.0,
        step=0.05,
    )
    nesterov: bool = parameter(
        False, label="Nesterov", help="Looks ahead along the momentum before it takes the gradient; needs momentum."
    )
    label = "SGD"
    about = "One step against the gradient of each batch: simple, and the yardstick for all others."
    formula = r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta v"
    torch_name = "SGD"

    def stable_below(self, rate: float) -> float:
        """2 / rate, and more with momentum, less again with Nesterov's (Cohen et al. 2021, appendix B)."""
        if not rate:
            return math.inf  # where a schedule ends at 0 nothing moves
        ahead = 1 + 2 * self.momentum if self.nesterov else 1
        return 2 * (1 + self.momentum) / (ahead * rate)

    @property
    def stable_rule(self) -> str:
        if not self.momentum:
            return "2 / learning rate"
        ahead = " / (1 + 2 momentum)" if self.nesterov else ""
        return f"2 (1 + momentum){ahead} / learning rate"

    def arguments(self) -> dict[str, Any]:
        # PyTorch refuses Nesterov without momentum; without momentum the two are the same rule anyway.
        return {**super().arguments(), "nesterov": self.nesterov and self.momentum > 0}


class Adagrad(Optimizer):
    kind: Literal["adagrad"]
    lr: float = learning_rate(0.01)
    lr_decay: float = parameter(
        0.0,
        label="Learning rate decay",
        help="How fast the learning rate falls with the steps.",
        ge=0.0,
        le=1.0,
        step=0.001,
    )
    initial_accumulator_value: float = parameter(
        0.0, label="Initial sum", help="What the sum of squares starts from.", ge=0.0, le=10.0, step=0.1
    )
    eps: float = epsilon(1e-10)
    label = "Adagrad"
    about = (
        "Divides by the root of all squared gradients so far, so that its steps only get smaller (Duchi et al. 2011)."
    )
    formula = r"w \leftarrow w - \eta\, \frac{g}{\sqrt{\sum g^2} + \varepsilon}"
    torch_name = "Adagrad"


class Adadelta(Optimizer):
    kind: Literal["adadelta"]
    lr: float = learning_rate(1.0)
    rho: float = parameter(0.9, label="Rho", help="How slowly the running means forget.", ge=0.0, lt=1.0, step=0.01)
    eps: float = epsilon(1e-6)
    label = "Adadelta"
    about = "Sets its own step size from past steps and gradients, so that a learning rate of 1 will do (Zeiler 2012)."
    formula = r"w \leftarrow w - \eta\, \frac{\sqrt{E[\Delta^2] + \varepsilon}}{\sqrt{E[g^2] + \varepsilon}}\, g"
    torch_name = "Adadelta"


class RMSprop(Optimizer):
    kind: Literal["rmsprop"]
    lr: float = learning_rate(0.01)
    alpha: float = parameter(
        0.99, label="Alpha", help="How slowly the running mean of squares forgets.", ge=0.0, lt=1.0, step=0.01
    )
    momentum: float = parameter(
        0.0, label="Momentum", help="Share of the last step that is carried on.", ge=0.0, lt=1.0, step=0.05
    )
    centered: bool = parameter(False, label="Centred", help="Divides by the gradient's spread rather than its size.")
    eps: float = epsilon(1e-8)
    label = "RMSprop"
    about = "Divides each gradient by the root of its recent mean square (Hinton 2012)."
    formula = r"w \leftarrow w - \eta\, \frac{g}{\sqrt{E[g^2]} + \varepsilon}"
    torch_name = "RMSprop"


class Rprop(Optimizer):
    kind: Literal["rprop"]
    lr: float = learning_rate(0.01)
    eta_minus: float = parameter(
        0.5, label="Shrink", help="Factor on a weight's step when its gradient changes sign.", gt=0.0, lt=1.0, step=0.05
    )
    eta_plus: float = parameter(
        1.2,
        label="Grow",
        help="Factor on a weight's step while its gradient keeps its sign.",
        gt=1.0,
        le=10.0,
        step=0.1,
    )
    label = "Rprop"
    about = "Looks only at the sign of each gradient; made for full batches (Riedmiller and Braun 1993)."
    formula = r"w \leftarrow w - \text{sign}(g)\, \Delta"
    torch_name = "Rprop"

    def arguments(self) -> dict[str, Any]:
        return {"lr": self.lr, "etas": (self.eta_minus, self.eta_plus)}


class ASGD(Optimizer):
    kind: Literal["asgd"]
    lr: float = learning_rate(0.01)
    lambd: float = parameter(
        1e-4, label="Decay", help="How fast the step size decays, with a pull towards zero.", ge=0.0, le=1.0, log=True
    )
    alpha: float = parameter(
        0.75, label="Power", help="Exponent of the decay of the step size.", gt=0.0, le=2.0, step=0.05
    )
    t0: float = parameter(
        1e6,
        label="Averaging starts",
        help="Step after which an average of the weights is kept.",
        ge=0.0,
        le=1e9,
        log=True,
    )
    label = "ASGD"
    about = "SGD with a decaying step size that also averages its weights late in training (Polyak and Juditsky 1992)."
    formula = r"w \leftarrow (1 - \lambda \eta_t) w - \eta_t g,\; \eta_t = \frac{\eta}{(1 + \lambda \eta t)^\alpha}"
    torch_name = "ASGD"


class LBFGS(Optimizer):
    kind: Literal["lbfgs"]
    lr: float = learning_rate(1.0)
    max_iter: int = parameter(10, label="Iterations", help="Inner iterations per step.", ge=1, le=100, step=1)
    history_size: int = parameter(
        10, label="History", help="How many past steps shape the estimate of the curvature.", ge=1, le=200, step=1
    )
    line_search: bool = parameter(
        True,
        label="Line search",
        help="Checks the strong Wolfe conditions along each direction instead of trusting the step.",
    )
    label = "L-BFGS"
    about = (
        "Builds a picture of the curvature from past steps; at its best on full batches and small networks "
        "(Liu and Nocedal 1989)."
    )
    formula = r"w \leftarrow w - \eta\, H_k\, g"
    torch_name = "LBFGS"
    first_order = False

    def arguments(self) -> dict[str, Any]:
        search = "strong_wolfe" if self.line_search else None
        return {"lr": self.lr, "max_iter": self.max_iter, "history_size": self.history_size, "line_search_fn": search}


class Muon(Optimizer):
    kind: Literal["muon"]
    lr: float = learning_rate(0.02)
    momentum: float = parameter(
        0.95, label="Momentum", help="Share of the last step that is carried on.", ge=0.0, lt=1.0, step=0.01
    )
    nesterov: bool = parameter(True, label="Nesterov", help="Looks ahead along the momentum.")
    ns_steps: int = parameter(
        5, label="Newton-Schulz steps", help="Iterations that make the step orthogonal.", ge=1, le=20, step=1
    )
    label = "Muon"
    about = (
        "Makes each weight matrix's step orthogonal, so that all directions learn alike (Jordan et al. "
        "2024); biases follow AdamW."
    )
    formula = r"W \leftarrow W - \eta\, \text{NS}(\mu B + G)"
    torch_name = "Muon"

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "weight_decay": 0.0}


OPTIMIZERS = (SGD, Adam, AdamW, NAdam, RAdam, Adamax, Adagrad, Adadelta, RMSprop, Rprop, ASGD, LBFGS, Muon)

OptimizerSpec = Annotated[
    SGD | Adam | AdamW | NAdam | RAdam | Adamax | Adagrad | Adadelta | RMSprop | Rprop | ASGD | LBFGS | Muon,
    Field(discriminator="kind"),
]
