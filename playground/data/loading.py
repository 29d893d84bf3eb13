"""The one place that knows which description makes which data: `load(spec)`."""

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from playground.data import album, classic, csv, downloadable, features, patterns, store
from playground.data import shapes as drawn_shapes
from playground.data.cache import ByteCache
from playground.data.columns import Table, table_of
from playground.data.curves import REACH, curve
from playground.data.dataset import Dataset, Plane
from playground.data.download import require
from playground.data.image_sets import DIGITS, digits, mnist_5k
from playground.data.images import Pictures, image_data, pixel_names
from playground.data.painted import painted
from playground.data.prepare import Recipe, prepare
from playground.data.split import mislabelled, ranked, shuffled
from playground.data.tables import TABLES
from playground.experiment.data import task_of
from playground.experiment.images import Augmentation
from playground.experiment.randomness import generator

PLANE_DOMAIN = ((-6.0, 6.0), (-6.0, 6.0))
CLASS_LETTERS = "ABCDE"

_datasets: ByteCache[Dataset] = ByteCache(128 * 1024**2)
_images: ByteCache[Dataset] = ByteCache(256 * 1024**2)
"""By themselves: whoever waits for many images is not waited for by those who load a few points."""
_tables: ByteCache[Table] = ByteCache(64 * 1024**2)

_TWO_CLASSES = {
    "circle": classic.circle,
    "xor": classic.xor,
    "gaussian": classic.gaussian,
    "moons": patterns.moons,
}
_SEVERAL_CLASSES = {
    "spiral": patterns.spiral,
    "checkerboard": patterns.checkerboard,
    "rings": patterns.rings,
    "blobs": patterns.blobs,
}
_SURFACES = {"plane": classic.plane, "multi_gaussian": classic.multi_gaussian}


def load(spec: Any) -> Dataset:
    """The data set that `spec` (an entry of the "data" registry) describes; kept for the next time.

    The same description always gives the same arrays, bit for bit, whatever else was loaded before.
    Raises TableError for a person's table or images that are not here or cannot be used so.
    """
    if spec.family == "image":
        # However the images are to vary while training: what they are does not depend on it.
        plain = spec.model_copy(update={"augment": Augmentation()})
        return _images.get(plain, partial(LOADERS[spec.kind], plain))
    return _datasets.get(spec, partial(LOADERS[spec.kind], spec))


def input_names(spec: Any) -> tuple[str, ...]:
    """Display names of the network's inputs. Loads nothing but a person's own table, whose levels make its inputs."""
    if spec.family == "curve":
        # With one coordinate there is nothing to number.
        return tuple(label.replace("₁", "") for label in features.labels(spec.features))
    if spec.family == "plane":
        return features.labels(spec.features)
    if spec.family == "image":
        return pixel_names(spec.shape)
    if spec.kind in TABLES:
        return TABLES[spec.kind].inputs
    return load(spec).inputs


def input_shape(spec: Any) -> tuple[int, ...]:
    """The shape of what the network sees of one sample: (C, H, W) of an image, else (number of inputs,).

    Loads nothing but a person's own table.
    """
    return tuple(spec.shape) if spec.family == "image" else (len(input_names(spec)),)


def class_names(spec: Any) -> tuple[str, ...]:
    """Names of the classes in the order of their index; empty for a regression. Loads only a person's own data.

    Raises TableError where data have to be downloaded first, too.
    """
    if task_of(spec) == "regression":
        return ()
    if spec.kind in TABLES:
        return TABLES[spec.kind].classes
    if spec.family == "table":
        return load(spec).classes
    if spec.family == "image":
        return _image_classes(spec)
    return tuple(f"class {letter}" for letter in CLASS_LETTERS[: getattr(spec, "classes", 2)])


def table(digest: str) -> Table:
    """The columns of a stored table. Raises TableError where it is not here or is no table."""
    return _tables.get(digest, lambda: table_of(csv.read(store.get(digest))))


def forget() -> None:
    """Empty the caches (tests, or a server short of memory)."""
    _datasets.clear()
    _images.clear()
    album.forget()
    _tables.clear()


def _classified(spec: Any) -> Dataset:
    rng = generator(spec.seed, "data", "points")
    if spec.kind in _TWO_CLASSES:
        points, labels = _TWO_CLASSES[spec.kind](rng, spec.samples, spec.noise)
    else:
        points, labels = _SEVERAL_CLASSES[spec.kind](rng, spec.samples, spec.noise, spec.classes)
    return _on_plane(spec, points, labels)


def _surface(spec: Any) -> Dataset:
    rng = generator(spec.seed, "data", "points")
    points, values = _SURFACES[spec.kind](rng, spec.samples, spec.noise)
    return _on_plane(spec, points, values.astype(np.float32))


def _on_plane(spec: Any, points: np.ndarray, targets: np.ndarray) -> Dataset:
    return _synthetic(spec, points, targets, _plane(spec))


def _plane(spec: Any) -> Plane:
    return Plane("xy", PLANE_DOMAIN, ("x₁", "x₂"), partial(features.compute, spec.features))


def _painted(spec: Any) -> Dataset:
    points, targets, draws = painted(spec)
    labels = None if task_of(spec) == "regression" else targets
    parts = ranked(draws, labels, len(points), spec.test_fraction)
    return _parted(spec, points, targets, _plane(spec), *parts)


def _curve(spec: Any) -> Dataset:
    rng = generator(spec.seed, "data", "points")
    x, y = curve(rng, spec.samples, spec.noise, spec.shape)
    # The axis holds the curve itself with some air, and every noisy point.
    heights = (min(-1.2, float(y.min()) - 0.1), max(1.2, float(y.max()) + 0.1))
    plane = Plane("line", ((-REACH, REACH), heights), ("x", "y"), partial(features.compute, spec.features))
    return _synthetic(spec, x, y.astype(np.float32), plane)


def _synthetic(spec: Any, points: np.ndarray, targets: np.ndarray, plane: Plane) -> Dataset:
    """Points and targets as they were drawn, shuffled and split."""
    train, test = shuffled(generator(spec.seed, "data", "split"), spec.samples, spec.test_fraction)
    return _parted(spec, points, targets, plane, train, test)


def _parted(
    spec: Any, points: np.ndarray, targets: np.ndarray, plane: Plane, train: np.ndarray, test: np.ndarray
) -> Dataset:
    """The data set of these rows; the training labels are made wrong if so chosen."""
    classes = class_names(spec)
    y_train = targets[train]
    if classes and spec.label_noise:
        rng = generator(spec.seed, "data", "label noise")
        y_train = mislabelled(rng, y_train, spec.label_noise, len(classes))
    # Inputs are computed from the rounded points, so that they are just what the plane gives for those.
    points = points.astype(np.float32)
    return Dataset(
        task=task_of(spec),
        classes=classes,
        inputs=input_names(spec),
        x_train=plane.inputs(points[train]),
        y_train=y_train,
        x_test=plane.inputs(points[test]),
        y_test=targets[test],
        train_points=points[train],
        test_points=points[test],
        plane=plane,
    )


def _built_in(spec: Any) -> Dataset:
    columns, target = TABLES[spec.kind].read()
    return prepare(columns, target, _recipe(spec))


def _uploaded(spec: Any) -> Dataset:
    held = table(spec.table)
    target = held.column(spec.target, "target")
    return prepare([held.column(name) for name in spec.columns], target, _recipe(spec))


def _recipe(spec: Any) -> Recipe:
    options = ("missing", "balance", "label_noise")
    chosen = {name: getattr(spec, name) for name in options if hasattr(spec, name)}
    return Recipe(task=task_of(spec), test_fraction=spec.test_fraction, seed=spec.seed, **chosen)


def _image_classes(spec: Any) -> tuple[str, ...]:
    if spec.kind == "shapes":
        return drawn_shapes.CLASSES[spec.by]
    if spec.kind == "images":
        return album.kept(spec.images).classes
    if spec.kind in downloadable.COLLECTIONS:
        require(downloadable.COLLECTIONS[spec.kind])
    return downloadable.CLASSES.get(spec.kind, DIGITS)


def _pictured(spec: Any) -> Dataset:
    return image_data(spec, class_names(spec), PICTURES[spec.kind](spec))


PICTURES: MappingProxyType[str, Callable[[Any], Pictures]] = MappingProxyType(
    {
        "digits": lambda _: digits(),
        "mnist_5k": lambda _: mnist_5k(),
        "shapes": lambda spec: drawn_shapes.shapes(spec.seed, spec.samples, spec.noise, spec.by),
        "images": album.pictures,
        **dict.fromkeys(downloadable.COLLECTIONS, lambda spec: downloadable.read(spec.kind)),
    }
)
"""Where the pictures of each kind of the family "image" come from."""

LOADERS: MappingProxyType[str, Callable[[Any], Dataset]] = MappingProxyType(
    {
        **dict.fromkeys((*_TWO_CLASSES, *_SEVERAL_CLASSES), _classified),
        **dict.fromkeys(_SURFACES, _surface),
        **dict.fromkeys(TABLES, _built_in),
        "curve": _curve,
        "painted": _painted,
        "csv": _uploaded,
        **dict.fromkeys(PICTURES, _pictured),
    }
)
"""Kind to what loads it: one entry for every kind of the "data" registry."""
