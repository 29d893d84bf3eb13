"""The tape: snapshots of a run, from which it is rewound and every earlier moment is shown."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import torch

from playground.training.packing import Packed, plan_from, plan_text

LEAST = 2
"""Snapshots that are kept even if they alone are more than the limit: the first, without which nothing could be
rewound, and the last."""


class Tape:
    """Snapshots by step, at most `limit` bytes of them: when there are more, the older half loses every second one.

    Which are lost depends only on which came before, so the same run has the same tape. The first and the last always
    stay.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.steps: list[int] = []
        self._packed: list[Packed] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def nbytes(self) -> int:
        """Bytes of all snapshots together."""
        return self._bytes

    def add(self, step: int, packed: Packed) -> None:
        """Append the state at `step`, which must be later than all others (else it is ignored: it is there)."""
        if self.steps and step <= self.steps[-1]:
            return
        packed = packed.cpu()
        self.steps.append(step)
        self._packed.append(packed)
        self._bytes += packed.nbytes
        while self._bytes > self.limit and len(self.steps) > LEAST:
            self._thin()

    def before(self, step: int) -> tuple[int, Packed]:
        """The latest snapshot at or before `step`. Raises LookupError where there is none."""
        index = bisect_right(self.steps, step) - 1
        if index < 0:
            raise LookupError(f"the tape holds nothing at or before step {step}")
        return self.steps[index], self._packed[index]

    def nearest(self, step: int) -> tuple[int, Packed]:
        """The snapshot nearest to `step`, the earlier of two. Raises LookupError for an empty tape."""
        if not self.steps:
            raise LookupError("the tape is empty")
        index = min(bisect_right(self.steps, step), len(self.steps) - 1)
        if index and step - self.steps[index - 1] <= abs(self.steps[index] - step):
            index -= 1
        return self.steps[index], self._packed[index]

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        keep = bisect_right(self.steps, step)
        del self.steps[keep:], self._packed[keep:]
        self._bytes = sum(packed.nbytes for packed in self._packed)

    def _thin(self) -> None:
        half = max(3, len(self.steps) // 2)
        gone = set(range(1, half, 2))
        self.steps = [step for index, step in enumerate(self.steps) if index not in gone]
        self._packed = [packed for index, packed in enumerate(self._packed) if index not in gone]
        self._bytes = sum(packed.nbytes for packed in self._packed)

    def state(self) -> list[dict[str, Any]]:
        """All snapshots, those of one plan as one matrix: tensors, text and lists only."""
        groups: dict[Any, list[int]] = {}
        for index, packed in enumerate(self._packed):
            groups.setdefault(packed.plan, []).append(index)
        return [
            {
                "plan": plan_text(plan),
                "steps": torch.tensor([self.steps[i] for i in members], dtype=torch.int64),
                "vectors": torch.stack([self._packed[i].vector for i in members]),
                "numbers": torch.tensor([self._packed[i].numbers for i in members], dtype=torch.float64),
            }
            for plan, members in groups.items()
        ]

    def load(self, state: list[dict[str, Any]]) -> None:
        """Hold what `state()` returned, and nothing else."""
        found: dict[int, Packed] = {}
        for group in state:
            plan = plan_from(group["plan"])
            numbers = group["numbers"].tolist()
            for step, vector, row in zip(group["steps"].tolist(), group["vectors"], numbers, strict=True):
                found[step] = Packed(vector.clone(), tuple(row), plan)
        self.steps = sorted(found)
        self._packed = [found[step] for step in self.steps]
        self._bytes = sum(packed.nbytes for packed in self._packed)
