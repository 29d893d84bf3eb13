"""ONE flat float32 tensor that holds all of a network: its parameters are views of it.

An optimizer then steps one tensor, a snapshot is one copy, and a compiled engine works on the very memory that every
lens and export sees as an ordinary `nn.Module`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

ROOM = 16
"""Numbers that may be read beyond the last one of `FlatParameters.values` and `grads`."""


@dataclass(frozen=True, slots=True, eq=False)
class FlatParameters:
    """Where a module's numbers lie.

    values (P + B,): P parameters in the order of `module.parameters()`, then B elements of float buffers in the order
    of `module.buffers()`. parameters (P,): the first part of it. grads (P,): the gradients, `p.grad` of every parameter
    being a view. weight_mask (P,): 1 for weights of linear layers and convolutions (what regularisers act on), 0 for
    biases, scales and shifts of norms, and PReLU slopes.
    """

    values: Tensor
    parameters: Tensor
    grads: Tensor
    weight_mask: Tensor


def flatten(module: nn.Module, device: torch.device | str = "cpu") -> FlatParameters:
    """Make all parameters and float buffers of `module` views of one tensor on `device`, values kept.

    What lies on `meta` is allocated here, once, and is not initialised. Gradients are zero. Raises TypeError for
    a parameter or buffer that is not float32.
    """
    tensors = [*module.parameters(), *module.buffers()]
    for tensor in tensors:
        if tensor.dtype != torch.float32:
            raise TypeError(f"a network's numbers are float32, but one is {tensor.dtype}")
    values = _with_room(sum(t.numel() for t in tensors), device)
    place_on(module, values)
    count = sum(p.numel() for p in module.parameters())
    grads = _with_room(count, device).zero_()
    _attach(module, grads)
    return FlatParameters(values, values[:count], grads, _weight_mask(module, device))


def _with_room(count: int, device: torch.device | str) -> Tensor:
    """Memory for `count` numbers and a few more, which compiled code may read along with the last ones."""
    return torch.zeros(count + ROOM, device=device)[:count]


def place_on(module: nn.Module, values: Tensor, keep: bool = True) -> None:
    """Make the parameters and buffers of `module` views of `values`.

    keep: first copy into `values` what they held (nothing from `meta`).
    """
    offset = 0
    for owner, name, old in _owned(module):
        view = values[offset : offset + old.numel()].view(old.shape)
        offset += old.numel()
        if keep and not old.is_meta:
            with torch.no_grad():
                view.copy_(old)
        if isinstance(old, nn.Parameter):
            owner._parameters[name] = nn.Parameter(view)
        else:
            owner._buffers[name] = view


def _owned(module: nn.Module) -> list[tuple[nn.Module, str, Tensor]]:
    """(owner, name, tensor) of every parameter, then of every buffer, in the order of `module.parameters()`."""
    modules = list(module.modules())
    parameters = [(m, name, p) for m in modules for name, p in m._parameters.items() if p is not None]
    return parameters + [(m, name, b) for m in modules for name, b in m._buffers.items() if b is not None]


def _attach(module: nn.Module, grads: Tensor) -> None:
    offset = 0
    for parameter in module.parameters():
        parameter.grad = grads[offset : offset + parameter.numel()].view(parameter.shape)
        offset += parameter.numel()


def _weight_mask(module: nn.Module, device: torch.device | str) -> Tensor:
    parts = [
        torch.full((p.numel(),), float(isinstance(owner, nn.Linear | _ConvNd) and name == "weight"))
        for owner, name, p in _owned(module)
        if isinstance(p, nn.Parameter)
    ]
    return torch.cat(parts).to(device) if parts else torch.empty(0, device=device)
