"""Which layer of one stack became which of another: an alignment of least cost, as `diff` aligns lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PUT_OR_TAKE, ADJUST, EXCHANGE = 2, 2, 3
"""Costs: a layer added or removed; its parameters changed; another kind in its place, which is likelier than one layer
removed and another added just there."""


@dataclass(frozen=True)
class Change:
    """One change of a stack.

    before, after: the layer as it was and as it is, None where it is new or gone; place: its index in the new stack
    (in the old one where it is gone); moved_from: its index in the old stack, where it only moved.
    """

    before: Any
    after: Any
    place: int
    moved_from: int | None = None


def stack_changes(old: Sequence[Any], new: Sequence[Any]) -> list[Change]:
    """The fewest changes that make `new` of `old`, in the order of the stack; n by m comparisons of layers."""
    changes, gone, came = [], [], []
    for i, j in _aligned(old, new):
        if j is None:
            gone.append(i)
        elif i is None:
            came.append(j)
        elif old[i] != new[j]:
            changes.append(Change(old[i], new[j], j))
    for j in came:
        source = next((i for i in gone if old[i] == new[j]), None)
        if source is None:
            changes.append(Change(None, new[j], j))
        else:
            gone.remove(source)
            changes.append(Change(old[source], new[j], j, moved_from=source))
    changes += [Change(old[i], None, i) for i in gone]
    return sorted(changes, key=lambda change: change.place)


def _aligned(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    """Pairs of indices, in order; None on one side for a layer without a counterpart (Needleman and Wunsch 1970)."""
    same = [[a == b for b in new] for a in old]
    costs = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]

    def options(i: int, j: int) -> dict[tuple[int, int], int]:
        """What the first i and j layers can cost, by where one comes from; an unchanged layer is preferred."""
        found = {}
        if i and j:
            step = 0 if same[i - 1][j - 1] else ADJUST if old[i - 1].kind == new[j - 1].kind else EXCHANGE
            found[i - 1, j - 1] = costs[i - 1][j - 1] + step
        if i:
            found[i - 1, j] = costs[i - 1][j] + PUT_OR_TAKE
        if j:
            found[i, j - 1] = costs[i][j - 1] + PUT_OR_TAKE
        return found

    for i in range(len(old) + 1):
        for j in range(len(new) + 1):
            costs[i][j] = min(options(i, j).values(), default=0)
    pairs: list[tuple[int | None, int | None]] = []
    i, j = len(old), len(new)
    while i or j:
        found = options(i, j)
        before_i, before_j = min(found, key=found.__getitem__)
        pairs.append((before_i if before_i < i else None, before_j if before_j < j else None))
        i, j = before_i, before_j
    return pairs[::-1]
