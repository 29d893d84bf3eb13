"""Which walker walks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.lenses.landscape.walking.fused_walk import FusedWalk
from playground.lenses.landscape.walking.general import GeneralWalk
from playground.lenses.landscape.walking.part import Part
from playground.lenses.landscape.walking.torch_walk import TorchWalk
from playground.lenses.landscape.walking.walk import Walk
from playground.training.engines.fused import ahead

_WALKERS: dict[str, type[Walk]] = {walker.engine: walker for walker in (FusedWalk, TorchWalk, GeneralWalk)}
ENGINES = ("auto", *_WALKERS)

WORTHWHILE = 20_000
"""Parameters up to which the fused walker is the quicker one: four times at 100 parameters, twice at 4,000, as quick at
17,000 and half as quick at 300,000 (1,000 samples, one thread of a processor with AVX-512)."""


def walk_of(module: nn.Module, centre: Tensor, first: Tensor, second: Tensor, part: Part, engine: str = "auto") -> Walk:
    """A walk about the plane centre + x * first + y * second.

    module: gives the geometry, and its buffers; it is read now and never changed. centre, first, second: (P,) in the
    order of `module.parameters()`, copied. engine: "fused" (small dense networks, CPU), "torch" (every layer of the
    catalogue, plain convolutional stacks), "general" (every module), or "auto": the quickest of them that knows the
    module. Raises ValueError for an engine that does not exist or does not know the module, and for vectors of another
    size.
    """
    if engine not in ENGINES:
        raise ValueError(f"There is no engine {engine!r}; there are: {', '.join(ENGINES)}.")
    planes = _planes(centre, first, second, part)
    size = sum(p.numel() for p in module.parameters())
    if planes.shape[1] != size:
        raise ValueError(f"The plane is of {planes.shape[1]} numbers, the module of {size} parameters.")
    if engine != "auto":
        return _asked(engine, module, planes, part)
    for kind in (FusedWalk, TorchWalk):
        if kind is FusedWalk and not _small(planes, part):
            continue
        try:
            return kind(module, planes, part)
        except KeyError:  # a layer that it does not know
            continue
    return GeneralWalk(module, planes, part)


def _asked(engine: str, module: nn.Module, planes: Tensor, part: Part) -> Walk:
    try:
        return _WALKERS[engine](module, planes, part)
    except KeyError as unknown:
        raise ValueError(f"The {engine} walker does not know {unknown.args[0].__name__}.") from None


def _small(planes: Tensor, part: Part) -> bool:
    """Whether the compiled code is there, and quicker than PyTorch's matrix products."""
    return part.x.device.type == "cpu" and planes.shape[1] <= WORTHWHILE and ahead.is_kept()


def _planes(centre: Tensor, first: Tensor, second: Tensor, part: Part) -> Tensor:
    """The three vectors as one, (3, P) float32, where the part is."""
    return torch.stack([v.detach().to(part.x.device, torch.float32).reshape(-1) for v in (centre, first, second)])
