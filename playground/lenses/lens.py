"""What every lens is: a description with options, and the function of its name that looks. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Self

from playground.data.planes import PlaneChoice
from playground.experiment.entry import Entry, parameter
from playground.lenses.cells import Cell
from playground.lenses.picked import Picked


class Unsuited(ValueError):
    """There is nothing of this kind to see of this data, or of this network."""


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

    @classmethod
    def missing(cls, dataset: Any) -> str:
        """What to tell whoever asks for it of data that it does not support."""
        return f"there is none for a {dataset.task}"

    def suited(self, dataset: Any) -> Self:
        """This lens without those of its options (a plane, a cell, an image) that are of other data."""
        unfit = {
            name: None
            for name, value in self.options().items()
            if isinstance(value, PlaneChoice | Cell | Picked) and not value.fits(dataset)
        }
        return self.model_copy(update=unfit) if unfit else self

    def options(self) -> dict[str, Any]:
        """Its options as keyword arguments of its function."""
        return {name: getattr(self, name) for name in self.parameters()}

    def look(self, moment: Any) -> dict[str, Any]:
        """What it shows of a trainer or a moment: named numpy arrays."""
        return getattr(import_module("playground.lenses"), self.kind)(moment, **self.options())


class ImageLens(Lens):
    """A lens that looks at images, or at what a network makes of them."""

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return dataset.image is not None

    @classmethod
    def missing(cls, dataset: Any) -> str:
        return "these data are no images"


class ClassifierLens(ImageLens):
    """A lens that looks at which classes a network takes images for."""

    @classmethod
    def supports(cls, dataset: Any) -> bool:
        return super().supports(dataset) and dataset.task == "classification"


def picked_image() -> Any:
    """The option `image` of a lens that looks at one image."""
    return parameter(None, label="Image", help="The image that is looked at. Empty: the first test image.")
