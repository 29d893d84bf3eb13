"""The lenses of networks that see, by name. Torch-free."""

from __future__ import annotations

from typing import Any, Literal

from playground.experiment.entry import parameter
from playground.lenses.cells import MOST_CLASSES, Cell, Part
from playground.lenses.lens import ImageLens, picked_image
from playground.lenses.picked import MOST_ROWS, Picked
from playground.settings import settings

LayerPath = tuple[int, ...]
"""Where a layer stands in the stack; () is the head."""


def _shown(default: int, what: str) -> int:
    return parameter(default, label="Shown", help=f"Most {what} that are drawn.", ge=1, le=64, step=1)


def _part() -> Part:
    return parameter("test", label="Part", help="The images it trains on, or those kept back to test on.")


def _path(help: str) -> Any:
    return parameter((), label="Layer", help=help, max_length=settings.max_depth + 1)


def _unit() -> int:
    return parameter(0, label="Unit", help="Which of its filters or maps, from 0.", ge=0, lt=1_000_000, step=1)


class Filters(ImageLens):
    kind: Literal["filters"]
    what: Literal["weights", "change"] = parameter(
        "weights", label="What", help="The weights themselves, or how they have changed since the start."
    )
    layer: int | None = parameter(
        None,
        label="Layer",
        help="Which convolution, from 0, with every channel by itself; empty: all of them.",
        ge=0,
        le=settings.max_layers,
    )
    shown: int = _shown(16, "filters of a layer")
    label = "Filters"
    about = "The weights of every convolution as small pictures: which pattern each filter looks for."


class Patches(ImageLens):
    kind: Literal["patches"]
    path: LayerPath = _path("The path of the layer whose filter it is. Empty: the head.")
    unit: int = _unit()
    shown: int = _shown(12, "patches")
    label = "Patches that excite a filter"
    about = "The places in the training images at which one filter answers most: what it has learnt to find."


class FeatureMaps(ImageLens):
    kind: Literal["feature_maps"]
    image: Picked | None = picked_image()
    shown: int = _shown(16, "maps of a layer")
    label = "Feature maps"
    about = "One image on its way through every layer: each map shows where its filter found its pattern."


class MapDetail(ImageLens):
    kind: Literal["map_detail"]
    path: LayerPath = _path("The path of the layer whose map it is.")
    unit: int = _unit()
    image: Picked | None = picked_image()
    row: int | None = parameter(None, label="Row", help="Of the pixel worked out. Empty: the strongest.", ge=0, lt=4096)
    column: int | None = parameter(None, label="Column", help="Of the pixel that is worked out.", ge=0, lt=4096)
    shown: int = _shown(16, "maps that go into it")
    label = "How a map is made"
    about = "The maps and kernels that made one map, what each adds, and the sum of one pixel written out."


class Mistakes(ImageLens):
    kind: Literal["mistakes"]
    part: Part = _part()
    mark: Cell | None = parameter(None, label="Cell", help="A cell of the confusion matrix. Empty: every mistake.")
    shown: int = _shown(24, "images")
    label = "Mistakes"
    about = "The images that it gets wrong and is surest of: some are hard for people, too."


class Samples(ImageLens):
    kind: Literal["samples"]
    part: Part = _part()
    label_of: int | None = parameter(
        None, label="Class", help="Only images of this class. Empty: of all.", ge=0, lt=MOST_CLASSES
    )
    wrong: bool = parameter(False, label="Wrong ones", help="Only images that the network takes for another class now.")
    first: int = parameter(0, label="First", help="The image to begin with, from 0.", ge=0, lt=MOST_ROWS, step=1)
    shown: int = _shown(24, "images")
    label = "Images"
    about = "Images of the data set, to pick one from."


class Embedding(ImageLens):
    kind: Literal["embedding"]
    dimensions: Literal[2, 3] = parameter(2, label="Dimensions", help="Principal components that are drawn.")
    rows: int = parameter(300, label="Images", help="Most images that are drawn.", ge=10, le=1000, step=10)
    part: Part = _part()
    label = "Last hidden layer"
    about = "What the last layer sees of every image: classes that come apart here are easy to tell."


VISION = (Filters, Patches, FeatureMaps, MapDetail, Mistakes, Samples, Embedding)
