"""The trainer: an experiment, step by step, with everything that is remembered of it."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch

from playground.data import load
from playground.experiment import Experiment
from playground.network.building import sizes_of
from playground.network.clone import clone
from playground.network.places import LARGEST_WEIGHT, check_unit, check_weight, path_of
from playground.network.shapes import Path
from playground.training import checkpoint
from playground.training.changes import Change, Changes, Kind, Told
from playground.training.guard import Divergence
from playground.training.moment import Moment
from playground.training.numbers import same_shapes, values_from, weights_of
from playground.training.packing import Packed, plan_from, plan_text
from playground.training.progress import Progress

MOMENTS = 4
"""Past moments kept ready."""
LANDMARKS = 4
"""Points in the space of the parameters that are kept beside one run."""


class Trainer(Progress):
    """Trains an experiment: pause it whenever you like, rewind it to any step, save it and go on elsewhere.

    The same experiment on the same engine gives the same run, bit for bit, however it is cut into calls of `advance`.
    Raises NetworkError, DeviceError or `playground.data.TableError` where the experiment cannot be built here, and
    ValueError for an engine that cannot train it; their messages are for people.
    """

    def __init__(self, experiment: Experiment, device: str = "auto", engine: str = "auto") -> None:
        self._asked = (str(device), engine)
        self.landmarks: dict[str, torch.Tensor] = {}
        self._begin(experiment, load(experiment.data))

    def _begin(self, experiment: Experiment, dataset: Any) -> None:
        """Be a new run of `experiment`."""
        self._changes = Changes(experiment)
        self._moments: OrderedDict[int, Moment] = OrderedDict()
        super().__init__(experiment, dataset, *self._asked)

    def _moved(self) -> None:
        super()._moved()
        self._live: Moment | None = None

    # Changing --------------------------------------------------------------------------------------------------

    def update(self, patch: dict[str, Any]) -> None:
        """Change the recipe in the middle of the run: `l1`, `l2`, `weight_decay`, `clip_norm`, the learning rate as
        `lr` or {"optimizer": {"lr": ...}}, and as `frozen` the paths of all layers that are frozen from now on. The
        change is kept with its step, so rewinding and resuming are exact.

        Raises ValueError for anything else, and pydantic.ValidationError for a value that is out of range.
        """
        self._change("recipe", patch)

    def set_weight(self, path: Path, unit: int, input: int | None, value: float) -> None:
        """Set one weight of the linear layer at `path` ("head" for the head) by hand: the one by which `unit`
        multiplies the value `input` before it; input None is the unit's bias.

        What training does to it from then on is not held back: freeze the layer for that. A run that has diverged, or
        was stopped early, can go on. Raises ValueError, in words for a person, where there is no such weight and for a
        value that is not finite or beyond a million.
        """
        path = path_of(path)
        check_weight(self.experiment, self._sizes, path, unit, input)
        if not abs(value) <= LARGEST_WEIGHT:
            raise ValueError(f"A weight is a number between -{LARGEST_WEIGHT:,.0f} and {LARGEST_WEIGHT:,.0f}.")
        self._change("weight", {"path": path, "unit": unit, "input": input, "value": float(value)})

    def silence(self, path: Path, unit: int, on: bool = True) -> None:
        """Have one neuron answer 0 to what comes after it, in training and in every lens, as if it were gone; or (`on`
        False) let it answer again. It is named by the linear layer at `path`, and silent after whatever follows that
        before the next linear layer. Raises ValueError, in words for a person, where there is none."""
        path = path_of(path)
        check_unit(self.experiment, self._sizes, path, unit)
        if on != ((path, unit) in self.silenced):
            self._change("silence", {"path": path, "unit": unit, "on": bool(on)})

    def use_engine(self, engine: str) -> None:
        """Go on with another engine, which takes over all that the optimizer remembers: a name of `ENGINES`, or "auto"
        for the best one now. Raises ValueError, in words for a person, for one that cannot train this."""
        self._core.use_engine(engine)
        self._asked = (self._asked[0], engine)

    @property
    def engine_asked(self) -> str:
        """The engine that was asked for; "auto" may mean another one later."""
        return self._asked[1]

    def weights(self) -> dict[str, np.ndarray]:
        """All numbers of the network by their names in `module.state_dict()`: float32 copies."""
        return weights_of(self.module)

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Go on with these numbers, as `weights()` gives them; the optimizer starts anew, the step count goes on.

        A run that has diverged, or was stopped early, can go on. Raises ValueError, in words for a person, for the
        first name, shape or number that does not fit; nothing has changed then.
        """
        self.move_to(values_from(self.module, weights))

    def move_to(self, values: torch.Tensor) -> None:
        """Go on with other numbers, (P + B,) as `module.flat.values` holds them: a point of a loss landscape, say.

        As `load_weights`; raises ValueError, in words for a person, for a number that is not finite.
        """
        if values.shape != self.module.flat.values.shape or not values.isfinite().all():
            raise ValueError("At this point there is a weight that is not finite.")
        self._change("load", None, values)

    def inherit(self, other: Trainer) -> bool:
        """Go on with the numbers of another run, and with its silences, where all shapes agree; whether they do.

        Not from a run that has diverged: it would diverge again.
        """
        if other.divergence is not None or not same_shapes(self.module, other.module):
            return False
        self.load_weights(other.weights())
        for path, unit in other.silenced:
            self.silence(path, unit)
        return True

    def keep_landmark(self, name: str, weights: Mapping[str, Any] | None = None) -> None:
        """Keep the present weights, or those of another run (as its `weights()` gives them), as a point to look at
        from here. It is kept beside the run: no rewind forgets it, and no checkpoint holds it.

        The four kept last stay. Raises ValueError, in words for a person, for weights of another shape.
        """
        values = self.module.flat.values if weights is None else values_from(self.module, weights)
        self.landmarks.pop(name, None)
        if len(self.landmarks) >= LANDMARKS:
            del self.landmarks[next(iter(self.landmarks))]
        self.landmarks[name] = values.detach().cpu().clone()

    @property
    def _sizes(self) -> tuple[Any, int]:
        return sizes_of(self.dataset)

    def _change(self, kind: Kind, value: Any, numbers: torch.Tensor | None = None) -> None:
        self._make(*self._changes.add(self.step, kind, value, numbers))

    def _make(self, change: Change, told: Told) -> None:
        """Make a change at the present step: what is remembered of the step holds it from then on."""
        self._core.make(change, told, self._changes.loaded[change.value] if change.kind == "load" else None)
        self._live = None  # a moment shows the experiment, too
        self._moments.pop(self.step, None)
        if change.kind != "recipe":
            self._moved()
            self._record_again()
        self._photograph_again()

    # Rewinding -------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Back to the same initial weights. Changes of the recipe stay, as part of the experiment; what was done to
        single weights and neurons, and weights that were loaded, are forgotten."""
        self._begin(self.experiment, self.dataset)

    def rewind(self, step: int) -> None:
        """Back to exactly `step` (0 to the present one); everything after it is forgotten.

        From the nearest snapshot before it the steps are taken again, with the changes made on the way. Raises
        ValueError for a step outside that range.
        """
        if not 0 <= step <= self.step:
            raise ValueError(f"the run can go back to a step from 0 to {self.step}, not to {step}")
        self._history.truncate(step)
        self.tape.truncate(step)
        for past in [past for past in self._moments if past > step]:
            del self._moments[past]
        self._changes.truncate(step)
        start, packed = self.tape.before(step)
        self._core.load(packed, start)
        self._core.use(self._changes.told(start))
        self._moved()
        for change, told in self._changes.since(start):  # those up to it are in the snapshot
            self._advance_to(change.step)
            self._make(change, told)
        self._advance_to(step)

    def at(self, step: int | None = None) -> Moment:
        """The network at the snapshot nearest to `step`, or as it is now (None, or a step that is nearer to now)."""
        if step is None or step >= self.step:
            return self._now()
        found, packed = self.tape.nearest(step)
        if abs(found - step) > self.step - step:
            return self._now()
        if found not in self._moments:
            self._moments[found] = self._moment(found, self._core.values_of(packed), self._changes.told(found))
            if len(self._moments) > MOMENTS:
                self._moments.popitem(last=False)
        self._moments.move_to_end(found)
        return self._moments[found]

    def _now(self) -> Moment:
        if self._live is None:
            self._live = self._moment(self.step, self.module.flat.values, self._core.told)
        return self._live

    def _moment(self, step: int, values: torch.Tensor, told: Told) -> Moment:
        module = clone(self.module, values)
        self._core.silence(module, told.silenced)
        epoch = step / self.steps_per_epoch
        return Moment(step, epoch, module, self.dataset, self.task, told.experiment, told.silenced, weakref.ref(self))

    # Saving ----------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The whole run, history and tape included: tensors, numbers, text, lists and dicts only."""
        now = self._core.snapshot().cpu()
        return {
            "v": checkpoint.VERSION,
            "experiment": self._changes.origin.model_dump_json(),
            "device": str(self.device),
            "engine": self.engine_name,
            "asked": self.engine_asked,
            "step": self.step,
            "changes": self._changes.state(),
            "divergence": self.divergence.as_dict() if self.divergence else None,
            "now": [now.vector, list(now.numbers), plan_text(now.plan)],
            "history": torch.from_numpy(self._history.table()),
            "tape": self.tape.state(),
        }

    @classmethod
    def restore(cls, state: dict[str, Any], device: str | None = None) -> Self:
        """A trainer that goes on from `state_dict()`, bit for bit, on the device it was on if that is there (or on
        `device`). Raises CheckpointError for anything that is no such state."""
        state = checkpoint.checked(state)
        if device is None:
            device = state["device"] if torch.cuda.is_available() else "cpu"
        trainer = cls(Experiment.model_validate_json(state["experiment"]), device, state["engine"])
        trainer._asked = (trainer._asked[0], state["asked"])
        trainer._changes.load(state["changes"])
        trainer._core.use(trainer._changes.told(state["step"]))
        vector, numbers, plan = state["now"]
        trainer._core.load(Packed(vector, tuple(numbers), plan_from(plan)), state["step"])
        trainer._core.divergence = Divergence(**state["divergence"]) if state["divergence"] else None
        trainer._history.load(state["history"].numpy())
        trainer.tape.load(state["tape"])
        trainer._moved()
        return trainer

    def dumps(self) -> bytes:
        """`state_dict()` as bytes."""
        return checkpoint.to_bytes(self.state_dict())

    @classmethod
    def loads(cls, data: bytes, device: str | None = None) -> Self:
        """The trainer that `dumps` saved; see `restore`. Never runs code from the bytes."""
        return cls.restore(checkpoint.from_bytes(data), device)
