"""What an optimizer remembers, as arrays for the compiled code and as `torch.optim` names it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from playground.network.flat import ROOM
from playground.network.network import Network
from playground.training.engines.fused import updates

_NUMBERS = 3


class Memory:
    """The state of the optimizer `entry` for all parameters of a network.

    kind, options: as `updates` takes them. slots (3, P and some room): what is remembered of each element.
    parts (k, 3): from where to where, and whether it is stepped; numbers (k, 3): what is remembered of each part as a
    whole, its steps first. One part is the whole network, until a layer is frozen for the first time: from then on
    each parameter is one.
    """

    def __init__(self, entry: Any, network: Network) -> None:
        self._entry = entry
        self.kind = updates.KINDS.index(entry.kind)
        self.options = np.array(updates.options(entry))
        self._rows, self._names = updates.rows(entry), updates.numbers(entry.kind)
        self._shapes = [tuple(p.shape) for p in network.parameters()]
        self._ends = np.cumsum([0, *(p.numel() for p in network.parameters())])
        self.restart()

    def restart(self) -> None:
        """Nothing is remembered, and nothing held."""
        self.slots = np.zeros((updates.MOST_ROWS, self._ends[-1] + ROOM), np.float32)
        if self._entry.kind == "adagrad":
            self.slots[0] = self._entry.initial_accumulator_value
        self._divide(apart=False)

    def hold(self, held: Sequence[bool]) -> None:
        """From now on every parameter is a part, and those that are `held` are not stepped."""
        if not self.apart:
            known = self.numbers
            self._divide(apart=True)
            self.numbers[:] = known  # each goes on with the count that was kept once
        self.parts[:, 2] = ~np.array(held, bool)

    def _divide(self, apart: bool) -> None:
        self.apart = apart
        ends = self._ends if apart else self._ends[[0, -1]]
        self.parts = np.stack([ends[:-1], ends[1:], np.ones(len(ends) - 1, np.int64)], 1)
        self.numbers = np.zeros((len(self.parts), _NUMBERS))

    def state(self) -> dict[str, Any]:
        """As the torch engine gives it; views, not copies."""
        return {"apart": self.apart, "optimizers": [[self._entry_of(part) for part in range(len(self.parts))]]}

    def _entry_of(self, part: int) -> dict[str, torch.Tensor] | None:
        untouched = self.numbers[part, 0] == 0 and self._entry.kind != "adagrad"
        if untouched or not (self._names or self._rows):
            return None
        found = {name: torch.tensor(self.numbers[part, i], dtype=torch.float32) for i, name in enumerate(self._names)}
        start, end, _ = self.parts[part]
        for name, row in zip(self._rows, self.slots, strict=False):
            piece = torch.from_numpy(row[start:end])
            found[name] = piece.view(self._shapes[part]) if self.apart else piece
        return found

    def load(self, state: dict[str, Any]) -> None:
        """Remember what `state()` of either engine said; nothing is held then."""
        self.restart()
        self._divide(state["apart"])
        (entries,) = state["optimizers"]
        for part, entry in enumerate(entries):
            if entry is None:
                continue
            self.numbers[part, 0] = 1.0  # where no steps are counted it only matters that there were some
            for i, name in enumerate(self._names):
                self.numbers[part, i] = float(entry[name])
            start, end, _ = self.parts[part]
            for name, row in zip(self._rows, self.slots, strict=False):
                row[start:end] = entry[name].reshape(-1).numpy()
