"""From an optimizer's description to `torch.optim` on one flat parameter."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from playground.network.network import Network

FUSED = ("adam", "adamw")
"""Where PyTorch's one-kernel version is quicker on a single tensor."""


def make_optimizers(entry: Any, network: Network) -> list[Optimizer]:
    """The optimizers that step `network` as `entry` describes, their gradients being `network.flat.grads`.

    All but Muon look at each element alone (or, L-BFGS, at all of them as one vector), so stepping ONE parameter that
    holds the whole network is the same as stepping its parts. Muon takes the weight matrices; what is no matrix
    follows AdamW with the same learning rate and no weight decay.
    """
    if entry.kind == "muon":
        return _muon(entry, network)
    whole = nn.Parameter(network.flat.parameters)
    whole.grad = network.flat.grads
    options = {"fused": True} if entry.kind in FUSED else {}
    return [getattr(torch.optim, entry.torch_name)([whole], **entry.arguments(), **options)]


def _muon(entry: Any, network: Network) -> list[Optimizer]:
    matrices = [p for p in network.parameters() if p.dim() == 2]
    others = [p for p in network.parameters() if p.dim() != 2]
    made: list[Optimizer] = [torch.optim.Muon(matrices, **entry.arguments())]
    if others:
        made.append(torch.optim.AdamW(others, lr=entry.lr, weight_decay=0.0))
    return made


def set_rate(optimizers: list[Optimizer], rate: float) -> None:
    """The learning rate of the next step."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate


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
