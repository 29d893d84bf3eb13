"""Losses: (outputs, targets) to the loss and, beside it, the gradient of the outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from playground.training.engines.pairs.pair import kernel
from playground.training.tasks.losses import LEAST, LossFunction, hinge, log_cosh

LossPair = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]

_nn = torch._C._nn
_MEAN = 1  # ATen's number for the mean over all elements
_IGNORED = -100  # a class that no sample has
_mse_backward, _huber_backward = kernel("mse_loss_backward"), kernel("huber_loss_backward")
_nll, _nll_backward = kernel("nll_loss_forward"), kernel("nll_loss_backward")


def loss_pair(spec: Any, function: LossFunction, device: torch.device) -> LossPair:
    """The pair of the loss that `spec` (an entry of `experiment.losses`) describes and `function` computes.

    The gradient is that of the mean over samples and outputs, (n, K) as the outputs.
    """
    make = _PAIRS.get(spec.kind)
    return by_autograd(function) if make is None else make(spec, torch.ones((), device=device))


def by_autograd(function: LossFunction) -> LossPair:
    """Any loss."""

    def pair(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            y = outputs.detach().requires_grad_()
            loss = function(y, targets)
        (grad,) = torch.autograd.grad(loss, y)
        return loss.detach(), grad

    return pair


def _cross_entropy(smoothing: float, one: Tensor) -> LossPair:
    kept = one * (1.0 - smoothing)

    def pair(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        log_p = torch.log_softmax(y, 1)
        loss, count = _nll(log_p, t, None, _MEAN, _IGNORED)
        grad = _nll_backward(kept, log_p, t, None, _MEAN, _IGNORED, count)
        if smoothing:  # that share of the target lies on all classes alike
            loss = kept * loss - smoothing * log_p.mean()
            grad.sub_(smoothing / log_p.numel())
        return loss, torch._log_softmax_backward_data(grad, log_p, 1, y.dtype)

    return pair


def _focal(spec: Any, one: Tensor) -> LossPair:
    gamma = spec.gamma
    if gamma == 0:
        return _cross_entropy(0.0, one)

    def pair(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        every = torch.log_softmax(y, 1)
        log_p = every.gather(1, t[:, None])
        beside = torch.expm1(log_p).neg_()  # 1 - p, see `tasks.losses.focal`
        away = beside.clamp_min(LEAST)
        power = away.pow(gamma)
        # The derivative of 1 - p by ln p is -p, but none where it was cut.
        slope = power - gamma * away.pow(gamma - 1.0) * log_p * log_p.exp() * (beside >= LEAST)
        grad = torch.zeros_like(every).scatter_(1, t[:, None], slope.div_(-len(t)))
        return -(power * log_p).mean(), torch._log_softmax_backward_data(grad, every, 1, y.dtype)

    return pair


def _binary_cross_entropy(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    loss = torch.binary_cross_entropy_with_logits(y, t, None, None, _MEAN)
    return loss, torch.sigmoid(y).sub_(t).div_(y.numel())


def _hinge(spec: Any, _one: Tensor) -> LossPair:
    margin = spec.margin

    def pair(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        # At the margin itself the gradient still flows, as autograd has it.
        return hinge(y, t, margin), (t * y <= margin).mul(t).div_(-y.numel())

    return pair


def _mse(_spec: Any, one: Tensor) -> LossPair:
    return lambda y, t: (_nn.mse_loss(y, t, _MEAN), _mse_backward(one, y, t, _MEAN))


def _half_mse(_spec: Any, one: Tensor) -> LossPair:
    half = one * 0.5  # a tensor: a number would have to be made one at every step
    return lambda y, t: (_nn.mse_loss(y, t, _MEAN) * half, _mse_backward(half, y, t, _MEAN))


def _mae(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    return _nn.l1_loss(y, t, _MEAN), (y - t).sign_().div_(y.numel())


def _huber(spec: Any, one: Tensor) -> LossPair:
    delta = spec.delta
    return lambda y, t: (_nn.huber_loss(y, t, _MEAN, delta), _huber_backward(one, y, t, _MEAN, delta))


def _log_cosh(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    return log_cosh(y, t), (y - t).tanh_().div_(y.numel())


_PAIRS: dict[str, Callable[[Any, Tensor], LossPair]] = {
    "cross_entropy": lambda spec, one: _cross_entropy(spec.label_smoothing, one),
    "bce": lambda _spec, _one: _binary_cross_entropy,
    "hinge": _hinge,
    "focal": _focal,
    "mse": _mse,
    "half_mse": _half_mse,
    "mae": lambda _spec, _one: _mae,
    "huber": _huber,
    "log_cosh": lambda _spec, _one: _log_cosh,
}
