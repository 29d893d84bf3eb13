"""From an optimizer's description to `torch.optim` on one flat parameter."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from playground.network.network import Network

OPTIONS: dict[str, dict[str, bool]] = {
    # One kernel does it all: the quickest on a single tensor.
    "adam": {"fused": True},
    "adamw": {"fused": True},
    # On a GPU PyTorch would take its version for many tensors; `stepping` follows this one, to the bit.
    "sgd": {"foreach": False},
}


def takes_parts(entry: Any) -> bool:
    """Whether it steps every parameter by itself in any case."""
    return entry.kind == "muon"


def make_optimizers(entry: Any, network: Network, apart: bool = False) -> list[Optimizer]:
    """The optimizers that step `network` as `entry` describes, their gradients being `network.flat.grads`.

    All but Muon look at each element alone (or, L-BFGS, at all of them as one vector), so stepping ONE parameter that
    holds the whole network is the same as stepping its parts, and quicker. Muon takes the weight matrices; what is no
    matrix follows AdamW with the same learning rate and no weight decay.

    apart: step every parameter by itself, so that `hold` can have some stand still.
    """
    if takes_parts(entry):
        return _muon(entry, pieces(network))
    options = OPTIONS.get(entry.kind, {})
    stepped = pieces(network) if apart else [_piece(network.flat.parameters, network.flat.grads)]
    return [getattr(torch.optim, entry.torch_name)(stepped, **entry.arguments(), **options)]


def _muon(entry: Any, parts: list[nn.Parameter]) -> list[Optimizer]:
    matrices = [p for p in parts if p.dim() == 2]
    others = [p for p in parts if p.dim() != 2]
    made: list[Optimizer] = [torch.optim.Muon(matrices, **entry.arguments())]
    if others:
        made.append(torch.optim.AdamW(others, lr=entry.lr, weight_decay=0.0))
    return made


def pieces(network: Network) -> list[nn.Parameter]:
    """The network's parameters, in order, as an optimizer's own: what is done to their `grad` does not reach the
    network's."""
    return [_piece(parameter.detach(), parameter.grad) for parameter in network.parameters()]


def _piece(values: torch.Tensor, grad: torch.Tensor) -> nn.Parameter:
    piece = nn.Parameter(values)
    piece.grad = grad
    return piece


def hold(optimizers: list[Optimizer], network: Network, held: set[int]) -> None:
    """Have optimizers that step every parameter by itself pass over those whose number (in the order of
    `network.parameters()`) is in `held`: as PyTorch does for a parameter without a gradient, with all it remembers."""
    places = {p.data_ptr(): (index, p.grad) for index, p in enumerate(network.parameters())}
    for optimizer in optimizers:
        for piece in _parameters(optimizer):
            index, grad = places[piece.data_ptr()]
            piece.grad = None if index in held else grad


def taken_apart(state: list[list[dict[str, Any] | None]], network: Network) -> list[list[dict[str, Any] | None]]:
    """What one optimizer of the whole network remembers, as one that steps every parameter by itself remembers it."""
    ((whole,),) = state
    parts, start = [], 0
    for parameter in network.parameters():
        end = start + parameter.numel()
        parts.append(whole and {name: _part(what, start, end, parameter.shape) for name, what in whole.items()})
        start = end
    return [parts]


def _part(what: Any, start: int, end: int, shape: torch.Size) -> Any:
    """A part of what is kept for each element; a counter that is kept once is for each part its own."""
    if not isinstance(what, torch.Tensor):
        return what
    return what[start:end].view(shape).clone() if what.dim() else what.clone()


def optimizer_state(optimizers: list[Optimizer]) -> list[list[dict[str, Any] | None]]:
    """What the optimizers remember, by their parameters in order; live tensors, not copies."""
    return [[dict(o.state[p]) if p in o.state else None for p in _parameters(o)] for o in optimizers]


def load_optimizer_state(optimizers: list[Optimizer], state: list[list[dict[str, Any] | None]]) -> None:
    """Make the optimizers remember what `state` says; its tensors become theirs, on the device each belongs on."""
    for optimizer, entries in zip(optimizers, state, strict=True):
        known = {index: entry for index, entry in enumerate(entries) if entry is not None}
        # PyTorch's own way: it knows which counters a fused or a GPU version wants where.
        optimizer.load_state_dict({"state": known, "param_groups": optimizer.state_dict()["param_groups"]})


def _parameters(optimizer: Optimizer) -> list[torch.Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]
