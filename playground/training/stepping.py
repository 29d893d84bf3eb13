"""`torch.optim`'s steps without what surrounds them, which costs a small network more than the step itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, Adam, AdamW, Optimizer

Step = Callable[[float], object]


class Stepper:
    """Takes the steps of one optimizer, to be called with the learning rate under `torch.no_grad`.

    The first step is always the optimizer's own: it makes what is remembered. From then on the operations that it
    would come to are called directly where they are known (SGD and Adam, on tensors that stay the same). What is
    remembered lies in `optimizer.state` all the time. `forget` must be called when that, or which parameters have a
    gradient, is changed from outside.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._optimizer = optimizer
        # PyTorch wraps every step() in a profiler's hook and in switches of autograd and its compiler.
        self._whole: Callable[..., Any] = inspect.unwrap(type(optimizer).step)
        self._make = _DIRECT.get(type(optimizer))
        self._direct: Step | None = None

    def __call__(self, rate: float) -> None:
        """One step from the present gradients."""
        if self._direct is not None:
            self._direct(rate)
            return
        set_rate(self._optimizer, rate)
        self._whole(self._optimizer)
        if self._make is not None:
            self._direct = self._make(self._optimizer)

    def minimise(self, rate: float, closure: Callable[[], Tensor]) -> Any:
        """One step of an optimizer that asks `closure` for the loss as often as it likes; returns what it found."""
        set_rate(self._optimizer, rate)
        return self._whole(self._optimizer, closure)

    def forget(self) -> None:
        """Look anew at what there is to step."""
        self._direct = None


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """The learning rate of the next step."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def _moving(group: dict[str, Any]) -> list[Tensor]:
    return [p for p in group["params"] if p.grad is not None]


def _sgd(optimizer: SGD) -> Step | None:
    """As `torch.optim.sgd._single_tensor_sgd`, for as much of it as an experiment can describe."""
    (group,) = optimizer.param_groups
    momentum, nesterov, parameters = group["momentum"], group["nesterov"], _moving(group)
    if any(group[name] for name in ("dampening", "weight_decay", "maximize")) or len(parameters) != 1:
        return None
    values, grad = parameters[0].detach(), parameters[0].grad
    if not momentum:
        return lambda rate: values.add_(grad, alpha=-rate)
    buffer = optimizer.state[parameters[0]]["momentum_buffer"]

    def step(rate: float) -> None:
        buffer.mul_(momentum).add_(grad)
        values.add_(grad.add(buffer, alpha=momentum) if nesterov else buffer, alpha=-rate)

    return step


def _adam(optimizer: Adam) -> Step | None:
    """As `torch.optim.adam._fused_adam`: the count, then one kernel."""
    (group,) = optimizer.param_groups
    parameters = _moving(group)
    if not group["fused"] or not parameters:
        return None
    kept = [optimizer.state[p] for p in parameters]
    values, grads = [p.detach() for p in parameters], [p.grad for p in parameters]
    counts = [entry["step"] for entry in kept]
    means, squares = [entry["exp_avg"] for entry in kept], [entry["exp_avg_sq"] for entry in kept]
    largest = [entry["max_exp_avg_sq"] for entry in kept] if group["amsgrad"] else []
    kernel = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_
    (beta1, beta2), names = group["betas"], ("weight_decay", "eps", "amsgrad", "maximize")
    rest = {"beta1": beta1, "beta2": beta2, **{name: group[name] for name in names}}

    def step(rate: float) -> None:
        torch._foreach_add_(counts, 1)
        kernel(values, grads, means, squares, largest, counts, lr=rate, **rest)

    return step


_DIRECT: dict[type[Optimizer], Callable[[Any], Step | None]] = {SGD: _sgd, Adam: _adam, AdamW: _adam}
