"""The loss on a plane as anyone would find it: a copy of the module, its parameters set point by point."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from playground.lenses.landscape.walking import Part, walk_of

X = np.array([0.0, 0.7, -1.3, 0.4, -0.2])
Y = np.array([0.0, -0.6, 0.3, 1.1, -0.9])


def plane_of(module: nn.Module, seed: int = 0, length: float = 0.5) -> list[torch.Tensor]:
    """The module's parameters, and two directions drawn at random."""
    centre = nn.utils.parameters_to_vector(module.parameters()).detach().clone()
    draw = torch.Generator().manual_seed(seed)
    return [centre, *(length * torch.randn(len(centre), generator=draw) for _ in range(2))]


def naive(module, plane, part: Part, x=X, y=Y, precision=torch.float64) -> tuple[np.ndarray, np.ndarray]:
    """Loss and score at every point."""
    return _looped(module, plane, part, x, y, precision)[:2]


def _looped(module, plane, part: Part, x, y, precision) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """And the share of samples whose class is in doubt: they lie on the border, and may fall to either side."""
    twin = copy.deepcopy(module).eval().to(precision)
    centre, first, second = (vector.to(precision) for vector in plane)
    targets = part.targets.to(precision) if part.targets.is_floating_point() else part.targets
    losses, scores, doubts = [], [], []
    with torch.no_grad():
        for a, b in zip(x, y, strict=True):
            nn.utils.vector_to_parameters(centre + float(a) * first + float(b) * second, twin.parameters())
            outputs = twin(part.x.to(precision))
            losses.append(part.loss(outputs, targets).item())
            scores.append(part.score(outputs, part.labels).item())
            doubts.append(_doubt(outputs, part))
    return np.array(losses), np.array(scores), np.array(doubts)


def _doubt(outputs: torch.Tensor, part: Part) -> float:
    if part.kind == "r2":
        return 0.0
    if outputs.shape[1] == 1:
        margin = (outputs[:, 0] - part.head.threshold).abs()
    else:
        first, second = outputs.topk(2, dim=1).values.T
        margin = first - second
    return (margin <= 1e-4 * (1.0 + outputs.abs().amax(1))).double().mean().item()


def agree(module, part: Part, engine: str, plane=None, x=X, y=Y, tolerance: float = 1e-5):
    """That a walk gives what the loop gives in double precision, to `tolerance` of the losses' size; where the loop in
    single precision is further away than that, to a few times its distance."""
    plane = plane or plane_of(module)
    found = walk_of(module, *plane, part, engine).at(x, y)
    *true, doubt = _looped(module, plane, part, x, y, torch.float64)
    rounded = naive(module, plane, part, x, y, torch.float32)
    for mine, exact, theirs, spare in zip(found, true, rounded, (0.0, doubt), strict=True):
        assert mine.dtype == np.float64 and mine.shape == (len(x),)
        scale, their = np.abs(exact).max() + 1e-3, np.abs(theirs - exact).max()
        off = np.abs(mine - exact)
        allowed = tolerance * scale + 8 * their + spare
        assert (off <= allowed).all(), f"off by {off.max():.2e}, the loop by {their:.2e}, of {scale:.2e}"
