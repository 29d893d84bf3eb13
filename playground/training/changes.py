"""What was done to a run while it trained, each with its step, so that it can be rewound and resumed exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
"""Of them, those that replace all of the network's numbers and have to keep them."""


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
    """All changes of a run in the order in which they were made, which is that of their steps."""

    def __init__(self) -> None:
        self._all: list[Change] = []
        self.loaded: list[Tensor] = []
        """The numbers (as in `FlatParameters.values`, in main memory) of each change of the kind "load"."""

    def __iter__(self) -> Iterator[Change]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, step: int, kind: Kind, value: Any, numbers: Tensor | None = None) -> Change:
        """Remember a change, and return it as it is remembered. numbers: of a "load".

        Raises ValueError, in words for a person, where the run holds as many made by hand as it can.
        """
        self._make_room(step, kind, value)
        if kind == "load":
            if len(self.loaded) >= MOST_LOADED:
                raise ValueError(f"This run remembers {MOST_LOADED} sets of weights, no more. Reset it to load others.")
            value = len(self.loaded)
            self.loaded.append(numbers.detach().cpu().clone())
        if len(self._all) >= MOST and kind != "recipe":
            raise ValueError(f"This run remembers {MOST:,} changes made by hand, no more. Reset it to make others.")
        change = Change(step, kind, json.loads(json.dumps(value, default=float)))
        self._all.append(change)
        return change

    def _make_room(self, step: int, kind: Kind, value: Any) -> None:
        """Forget a last change that the next one, at the same step, makes meaningless: a weight that is dragged is one
        change."""
        if not self._all or self._all[-1].step != step or self._all[-1].kind != kind:
            return
        if kind == "load" or (kind != "recipe" and _target(self._all[-1].value) == _target(value)):
            self._forget_last()

    def _forget_last(self) -> None:
        if self._all.pop().kind == "load":
            self.loaded.pop()

    def told(self, origin: Experiment, step: int) -> Told:
        """What was so at `step`, all that was done there included."""
        told = Told(origin)
        for change in self._all:
            if change.step > step:
                break
            told = told.after(change)
        return told

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        while self._all and self._all[-1].step > step:
            self._forget_last()

    def state(self) -> dict[str, Any]:
        """Text and tensors, for `load`."""
        return {"text": json.dumps(self._all, separators=(",", ":")), "loaded": list(self.loaded)}

    def load(self, state: dict[str, Any]) -> None:
        """Hold what `state()` returned, and nothing else."""
        self._all = [Change(*change) for change in json.loads(state["text"])]
        self.loaded = [numbers.clone() for numbers in state["loaded"]]


def _target(value: dict[str, Any]) -> list[Any]:
    """What a weight or silence is about."""
    path = value["path"]
    return [path if isinstance(path, str) else list(path), value["unit"], value.get("input")]
