"""The walker that knows every module: `vmap` over `functional_call`, and where `vmap` cannot, a plain loop."""

from __future__ import annotations

import copy
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from playground.lenses.landscape.walking import part as parts
from playground.lenses.landscape.walking.part import Part
from playground.lenses.landscape.walking.walk import Walk
from playground.settings import settings

_MOST_ROWS = 1024
_TEMPORARIES = 3
"""How many times the numbers that its layers give a network holds at once, at most."""


class GeneralWalk(Walk):
    """Works on a copy of the module, in evaluation mode."""

    engine: ClassVar[str] = "general"

    def __init__(self, module: nn.Module, planes: Tensor, part: Part) -> None:
        self._twin = _copy(module)
        self._shapes = {name: p.shape for name, p in self._twin.named_parameters()}
        self._per_row = _numbers_of_a_row(self._twin, part.x)
        self._batched = True
        """Whether `vmap` can; until it has failed."""
        super().__init__(planes, part, (planes.shape[1] + self._per_row) * len(part.x))

    def _sums(self, where: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        coordinates = torch.tensor(where, dtype=torch.float32, device=self._planes.device)
        losses, scores = np.zeros(len(where)), np.zeros(len(where))
        rows = self._most_rows()
        for start in range(first, end, rows):
            piece = self.part.rows(slice(start, min(start + rows, end)))
            step = self._most_points(len(piece.x))
            for point in range(0, len(where), step):
                here = slice(point, point + step)
                found = self._chunk(coordinates[here] @ self._planes, piece)
                losses[here] += found[0].double().cpu().numpy()
                scores[here] += found[1].double().cpu().numpy()
        return losses, scores

    def _most_rows(self) -> int:
        """Rows that are worked on at once: so many that one point stays within the bound."""
        return max(1, min(_MOST_ROWS, settings.survey_bytes // (4 * _TEMPORARIES * max(self._per_row, 1))))

    def _most_points(self, rows: int) -> int:
        """Points that are worked on at once."""
        if not self._batched:
            return 1
        numbers = 2 * self._planes.shape[1] + _TEMPORARIES * self._per_row * rows
        return max(1, settings.survey_bytes // (4 * max(numbers, 1)))

    def _chunk(self, values: Tensor, piece: Part) -> tuple[Tensor, Tensor]:
        """Sums at the networks with these parameters (G, P)."""
        if self._batched:
            try:
                return vmap(lambda flat: self._one(flat, piece))(values)
            except Exception:  # whatever vmap cannot do; what is wrong in itself is so in the loop too
                self._batched = False
        found = [self._one(flat, piece) for flat in values]
        return torch.stack([loss for loss, _ in found]), torch.stack([score for _, score in found])

    def _one(self, flat: Tensor, piece: Part) -> tuple[Tensor, Tensor]:
        """Sums at one network with the parameters (P,)."""
        outputs = functional_call(self._twin, self._named(flat), (piece.x,))
        rows = len(piece.x)
        return piece.loss(outputs, piece.targets) * rows, _score(outputs, piece, rows)

    def _named(self, flat: Tensor) -> dict[str, Tensor]:
        sizes = [shape.numel() for shape in self._shapes.values()]
        return {
            name: value.reshape(shape)
            for (name, shape), value in zip(self._shapes.items(), flat.split(sizes), strict=True)
        }


def _score(outputs: Tensor, piece: Part, rows: int) -> Tensor:
    if piece.kind == "r2":
        return (outputs.reshape(rows, -1)[:, 0] - piece.labels).square().sum()
    if piece.score is None:
        return parts.no_score(1, outputs.device)[0]
    return piece.score(outputs, piece.labels).float() * rows


def _copy(module: nn.Module) -> nn.Module:
    """A copy in evaluation mode whose parameters want no gradient."""
    return copy.deepcopy(module).eval().requires_grad_(False)


def _numbers_of_a_row(module: nn.Module, x: Tensor) -> int:
    """About how many numbers the layers of `module` give for one row."""
    found = 0

    def count(layer: nn.Module, given: object, result: object) -> None:
        nonlocal found
        found += sum(t.numel() for t in _tensors(result))

    leaves = [layer for layer in module.modules() if not any(layer.children())]
    hooks = [layer.register_forward_hook(count) for layer in leaves]
    rows = min(2, len(x))
    try:
        with torch.inference_mode():
            module(x[:rows])
    finally:
        for hook in hooks:
            hook.remove()
    return max(1, (found + x[:rows].numel()) // max(rows, 1))


def _tensors(result: object) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, tuple | list):
        return [tensor for item in result for tensor in _tensors(item)]
    return []
