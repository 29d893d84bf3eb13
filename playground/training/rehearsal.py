"""A step of the past taken once more, on a copy: how far it moved the weights."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from playground.network.clone import clone
from playground.network.network import Network
from playground.training.changes import Told
from playground.training.core import Core
from playground.training.moment import Moment
from playground.training.packing import Packed
from playground.training.watch import EpochWatch

if TYPE_CHECKING:
    from playground.training.trainer import Trainer


class Rehearsal:
    """A run's core with a network and an optimizer of its own: whatever it does, the run does not notice."""

    def __init__(self, core: Core) -> None:
        self._core = copy(core)
        self._core.module = clone(core.module, core.module.flat.values)
        self._core.engine = type(core.engine)(core.experiment, self._core.module, core.task, core.order)
        self._core.watch = EpochWatch(core.experiment.training)

    @property
    def module(self) -> Network:
        """The copy."""
        return self._core.module

    def stand_at(self, packed: Packed, moment: Moment) -> None:
        """Be at a moment with what the tape kept of it, under the recipe that held then."""
        self._core.load(packed, moment.step)
        self._core.use(Told(moment.experiment, moment.silenced))

    def take(self) -> bool:
        """Take the step that the run takes from there; False, with nothing moved, where numbers would overflow."""
        self._core.take(1)
        return self._core.divergence is None


def rehearsal_of(trainer: Trainer) -> Rehearsal:
    """The rehearsal of a trainer's present run, made at the first call."""
    core = trainer._core
    if core not in _rehearsals:
        _rehearsals[core] = Rehearsal(core)
    return _rehearsals[core]


_rehearsals: WeakKeyDictionary[Core, Rehearsal] = WeakKeyDictionary()
