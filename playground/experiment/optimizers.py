"""Optimizers: `torch.optim`'s own, with the parameters that are worth turning. Each entry names its class there."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from playground.experiment.entry import Entry, parameter


def _lr(default: float) -> Any:
    return parameter(
        default,
        label="Learning rate",
        help="How far each step goes along the gradient.",
        gt=0.0,
        le=100.0,
        log=True,
        live=True,
    )


def _beta(default: float, label: str, what: str) -> Any:
    return parameter(
        default, label=label, help=f"How slowly the running mean of {what} forgets.", ge=0.0, lt=1.0, step=0.01
    )


def _eps(default: float) -> Any:
    return parameter(
        default, label="Epsilon", help="Added to the divisor, against division by zero.", gt=0.0, le=1.0, log=True
    )


def _amsgrad() -> Any:
    return parameter(
        False, label="AMSGrad", help="Divides by the largest past mean square, so that steps never grow again."
    )


class Optimizer(Entry):
    """A rule that turns gradients into steps; `torch_name` is a class of `torch.optim`."""

    lr: float
    first_order: ClassVar[bool] = True
    """False where one step may look at the loss more than once."""

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of the class in `torch.optim`, `lr` included; beta1 and beta2 become `betas`."""
        given = super().arguments()
        if "beta1" in given:
            given["betas"] = (given.pop("beta1"), given.pop("beta2"))
        return given


class SGD(Optimizer):
    kind: Literal["sgd"]
    lr: float = _lr(0.03)
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

    def arguments(self) -> dict[str, Any]:
        # PyTorch refuses Nesterov without momentum; without momentum the two are the same rule anyway.
        return {**super().arguments(), "nesterov": self.nesterov and self.momentum > 0}


class Adam(Optimizer):
    kind: Literal["adam"]
    lr: float = _lr(0.001)
    beta1: float = _beta(0.9, "Beta 1", "the gradient")
    beta2: float = _beta(0.999, "Beta 2", "its square")
    eps: float = _eps(1e-8)
    amsgrad: bool = _amsgrad()
    label = "Adam"
    about = "Every weight gets its own step size from running means of gradient and square (Kingma and Ba 2015)."
    formula = r"w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "Adam"


class AdamW(Optimizer):
    kind: Literal["adamw"]
    lr: float = _lr(0.001)
    beta1: float = _beta(0.9, "Beta 1", "the gradient")
    beta2: float = _beta(0.999, "Beta 2", "its square")
    eps: float = _eps(1e-8)
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
    lr: float = _lr(0.002)
    beta1: float = _beta(0.9, "Beta 1", "the gradient")
    beta2: float = _beta(0.999, "Beta 2", "its square")
    eps: float = _eps(1e-8)
    momentum_decay: float = parameter(
        0.004, label="Momentum decay", help="How fast the momentum warms up.", ge=0.0, le=1.0, step=0.001
    )
    label = "NAdam"
    about = "Adam that looks ahead along its momentum, as Nesterov does (Dozat 2016)."
    formula = r"w \leftarrow w - \eta\, \frac{\mu_{t+1} \hat m + (1 - \mu_t) \hat g}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "NAdam"


class RAdam(Optimizer):
    kind: Literal["radam"]
    lr: float = _lr(0.001)
    beta1: float = _beta(0.9, "Beta 1", "the gradient")
    beta2: float = _beta(0.999, "Beta 2", "its square")
    eps: float = _eps(1e-8)
    label = "RAdam"
    about = (
        "Adam that trusts its step sizes only once it has seen enough gradients: a built-in warm-up (Liu et al. 2020)."
    )
    formula = r"w \leftarrow w - \eta\, r_t\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    torch_name = "RAdam"


class Adamax(Optimizer):
    kind: Literal["adamax"]
    lr: float = _lr(0.002)
    beta1: float = _beta(0.9, "Beta 1", "the gradient")
    beta2: float = _beta(0.999, "Beta 2", "its largest value")
    eps: float = _eps(1e-8)
    label = "Adamax"
    about = "Adam that divides by the largest recent gradient instead of the mean square (Kingma and Ba 2015)."
    formula = r"w \leftarrow w - \frac{\eta}{1 - \beta_1^t}\, \frac{m}{u},\; u = \max(\beta_2 u, |g| + \varepsilon)"
    torch_name = "Adamax"


class Adagrad(Optimizer):
    kind: Literal["adagrad"]
    lr: float = _lr(0.01)
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
    eps: float = _eps(1e-10)
    label = "Adagrad"
    about = (
        "Divides by the root of all squared gradients so far, so that its steps only get smaller (Duchi et al. 2011)."
    )
    formula = r"w \leftarrow w - \eta\, \frac{g}{\sqrt{\sum g^2} + \varepsilon}"
    torch_name = "Adagrad"


class Adadelta(Optimizer):
    kind: Literal["adadelta"]
    lr: float = _lr(1.0)
    rho: float = parameter(0.9, label="Rho", help="How slowly the running means forget.", ge=0.0, lt=1.0, step=0.01)
    eps: float = _eps(1e-6)
    label = "Adadelta"
    about = "Sets its own step size from past steps and gradients, so that a learning rate of 1 will do (Zeiler 2012)."
    formula = r"w \leftarrow w - \eta\, \frac{\sqrt{E[\Delta^2] + \varepsilon}}{\sqrt{E[g^2] + \varepsilon}}\, g"
    torch_name = "Adadelta"


class RMSprop(Optimizer):
    kind: Literal["rmsprop"]
    lr: float = _lr(0.01)
    alpha: float = parameter(
        0.99, label="Alpha", help="How slowly the running mean of squares forgets.", ge=0.0, lt=1.0, step=0.01
    )
    momentum: float = parameter(
        0.0, label="Momentum", help="Share of the last step that is carried on.", ge=0.0, lt=1.0, step=0.05
    )
    centered: bool = parameter(False, label="Centred", help="Divides by the gradient's spread rather than its size.")
    eps: float = _eps(1e-8)
    label = "RMSprop"
    about = "Divides each gradient by the root of its recent mean square (Hinton 2012)."
    formula = r"w \leftarrow w - \eta\, \frac{g}{\sqrt{E[g^2]} + \varepsilon}"
    torch_name = "RMSprop"


class Rprop(Optimizer):
    kind: Literal["rprop"]
    lr: float = _lr(0.01)
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
    lr: float = _lr(0.01)
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
    lr: float = _lr(1.0)
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
    lr: float = _lr(0.02)
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
