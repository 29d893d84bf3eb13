"""What every lens is: a description with options, and the function of its name that looks. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Self

from playground.data.planes import PlaneChoice
from playground.experiment.entry import Entry
from playground.lenses.cells import Cell


class Lens(Entry):
    """A way of looking. Its fields are its options; `kind` is the name of its function in `playground.lenses`."""

    live_only: ClassVar[bool] = False
    """Whether it needs the trainer itself (its history), not just a moment of it."""

    @classmethod
    def with_options(cls, options: Mapping[str, Any]) -> Self:
        """This lens with those of `options` that it has. Raises pydantic.ValidationError where one is out of range."""
        known = {name: value for name, value in options.items() if name in cls.parameters()}
        return cls.model_validate({"kind": cls.model_fields["kind"].annotation.__args__[0], **known})

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        """Whether there is something to see of this `playground.data.Dataset`."""
        return True

    def suited(self, dataset: Any) -> Self:
        """This lens without those of its options (a plane, a cell) that are of other data."""
        unfit = {
            name: None
            for name, value in self.options().items()
            if isinstance(value, PlaneChoice | Cell) and not value.fits(dataset)
        }
        return self.model_copy(update=unfit) if unfit else self

    def options(self) -> dict[str, Any]:
        """Its options as keyword arguments of its function."""
        return {name: getattr(self, name) for name in self.parameters()}

    def look(self, moment: Any) -> dict[str, Any]:
        """What it shows of a trainer or a moment: named numpy arrays."""
        return getattr(import_module("playground.lenses"), self.kind)(moment, **self.options())
