"""What was done to a run while it trained, each with its step, so that it can be rewound and resumed exactly."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from torch import Tensor

from playground.experiment import Experiment
from playground.network.places import path_of
from playground.network.shapes import Path
from playground.training.knobs import patched

Kind = Literal["recipe", "weight", "silence", "load"]
MOST = 10_000
"""Changes that one run remembers."""
MOST_LOADED = 16
"""Of them, those that replace all of the network's numbers and have to keep them ..."""
MOST_NUMBERS = 1_000_000
"""... or more, up to so many numbers in all."""


class Change(NamedTuple):
    """One change. value, plain JSON: of a "recipe" a patch as `knobs.patched` takes it; of a "weight" {path, unit,
    input, value}; of a "silence" {path, unit, on}; of a "load" the place of its numbers among `Changes.loaded`."""

    step: int
    kind: Kind
    value: Any


class Told(NamedTuple):
    """What the changes up to some step say, besides the numbers they set: the experiment as it was then, and the
    (path, unit) of every neuron that was silenced, in the order in which they were."""

    experiment: Experiment
    silenced: tuple[tuple[Path, int], ...] = ()

    def after(self, change: Change) -> Told:
        """The same once a change is made. Raises as `knobs.patched` does."""
        if change.kind == "recipe":
            return Told(patched(self.experiment, change.value), self.silenced)
        if change.kind == "silence":
            neuron = path_of(change.value["path"]), change.value["unit"]
            others = tuple(known for known in self.silenced if known != neuron)
            return Told(self.experiment, (*others, neuron) if change.value["on"] else others)
        return self


class Changes:
    """All changes of a run in the order in which they were made, which is that of their steps.

    origin: what the run began with. loaded: the numbers (as in `FlatParameters.values`, in main memory) of each change
    of the kind "load".
    """

    def __init__(self, origin: Experiment) -> None:
        self.origin = origin
        self.loaded: list[Tensor] = []
        self._all: list[Change] = []
        self._told: list[Told] = []  # after each of them

    def __iter__(self) -> Iterator[Change]:
        return iter(self._all)

    def told(self, step: int) -> Told:
        """What was so at `step`, all that was done there included."""
        index = bisect_right(self._all, step, key=attrgetter("step"))
        return self._told[index - 1] if index else Told(self.origin)

    def since(self, step: int) -> Iterator[tuple[Change, Told]]:
        """The changes made after `step`, and what was so after each."""
        index = bisect_right(self._all, step, key=attrgetter("step"))
        return zip(self._all[index:], self._told[index:], strict=True)

    def add(self, step: int, kind: Kind, value: Any, numbers: Tensor | None = None) -> tuple[Change, Told]:
        """Remember a change: as it is remembered, and what is so from then on. numbers: of a "load".

        Raises as `Told.after` does, and ValueError, in words for a person, where the run holds as many made by hand as
        it can; nothing has changed then.
        """
        change = Change(step, kind, json.loads(json.dumps(value, default=float)))
        if kind == "recipe":
            return self._append(change)
        self._make_room(change)
        if len(self._all) >= MOST:
            raise ValueError(f"This run remembers {MOST:,} changes made by hand, no more. Reset it to make others.")
        if kind == "load":
            most = max(MOST_LOADED, MOST_NUMBERS // max(numbers.numel(), 1))
            if len(self.loaded) >= most:
                raise ValueError(f"This run remembers {most:,} sets of weights, no more. Reset it to load others.")
            change = change._replace(value=len(self.loaded))
            self.loaded.append(numbers.detach().cpu().clone())
        return self._append(change)

    def _append(self, change: Change) -> tuple[Change, Told]:
        told = (self._told[-1] if self._told else Told(self.origin)).after(change)
        self._all.append(change)
        self._told.append(told)
        return change, told

    def _make_room(self, change: Change) -> None:
        """Forget a last change that this one, at the same step, makes meaningless: a weight that is dragged is one
        change."""
        last = self._all[-1] if self._all else None
        if last is None or (last.step, last.kind) != (change.step, change.kind):
            return
        if change.kind == "load" or _target(last.value) == _target(change.value):
            self._forget_last()

    def _forget_last(self) -> None:
        self._told.pop()
        if self._all.pop().kind == "load":
            self.loaded.pop()

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        while self._all and self._all[-1].step > step:
            self._forget_last()

    def state(self) -> dict[str, Any]:
        """Text and tensors, for `load`."""
        return {"text": json.dumps(self._all, separators=(",", ":")), "loaded": list(self.loaded)}

    def load(self, state: dict[str, Any]) -> None:
        """Hold what `state()` returned, and nothing else."""
        self._all, self._told = [], []
        for change in json.loads(state["text"]):
            self._append(Change(*change))
        self.loaded = [numbers.clone() for numbers in state["loaded"]]


def _target(value: dict[str, Any]) -> list[Any]:
    """What a weight or silence is about."""
    return [value["path"], value["unit"], value.get("input")]
