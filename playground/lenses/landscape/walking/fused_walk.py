"""The walker of small dense networks: the fused engine's compiled code."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from torch import Tensor, nn

from playground.lenses.landscape.walking.part import Part
from playground.lenses.landscape.walking.walk import Walk
from playground.network.network import Network
from playground.training.engines.fused.surveyor import Surveyor


class FusedWalk(Walk):
    """See `Surveyor`. Raises KeyError, with the class, for a module or a part that it does not know."""

    engine: ClassVar[str] = "fused"

    def __init__(self, module: nn.Module, planes: Tensor, part: Part) -> None:
        if type(module) is not Network:
            raise KeyError(type(module))
        if part.spec is None or part.head is None:
            raise KeyError(Part)
        self._surveyor = Surveyor(module, part.x, part.targets, part.spec, part.head, part.kind, list(planes))
        super().__init__(planes, part, planes.shape[1] * len(part.x))

    def _sums(self, where: np.ndarray, first: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        return self._surveyor.sums(where[:, 1:], first, end)
