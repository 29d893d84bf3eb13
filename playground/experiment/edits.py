"""Edits of a layer stack: each takes a tuple of layers and gives a new one. A path is a tuple of indices.

(2,) is the third layer; (2, 0) is the first layer inside the residual block at 2. All raise IndexError for a path
that leads nowhere.
"""

from __future__ import annotations

import math
from typing import Any

from playground.experiment.data import Curve, Plane, task_of
from playground.experiment.experiment import Experiment
from playground.experiment.layers import Linear, Residual
from playground.experiment.registry import layer_kinds, losses_for
from playground.settings import settings

Path = tuple[int, ...]
Stack = tuple[Any, ...]


def layer_at(stack: Stack, path: Path) -> Any:
    """The layer at `path`."""
    layer = _at(stack, _first(path))
    return layer if len(path) == 1 else layer_at(_inside(layer), path[1:])


def _first(path: Path) -> int:
    # A path may come from a browser, so it may hold anything.
    if not path or any(type(index) is not int for index in path):
        raise IndexError("this is not the place of a layer")
    return path[0]


def _at(stack: Stack, index: int) -> Any:
    if not 0 <= index < len(stack):
        raise IndexError(f"there is no layer at position {index + 1}")
    return stack[index]


def _inside(layer: Any) -> Stack:
    if not isinstance(layer, Residual):
        raise IndexError("this layer holds no others")
    return layer.layers


def _splice(stack: Stack, path: Path, cut: int, put: Stack) -> Stack:
    """`cut` layers from `path` on replaced by `put`, in the stack that `path` lies in."""
    index = _first(path)
    if len(path) > 1:
        block = _at(stack, index)
        inner = _splice(_inside(block), path[1:], cut, put)
        return (*stack[:index], block.model_copy(update={"layers": inner}), *stack[index + 1 :])
    if not 0 <= index <= len(stack) - cut:
        raise IndexError(f"there is no layer at position {index + 1}")
    return (*stack[:index], *put, *stack[index + cut :])


def insert(stack: Stack, path: Path, layer: Any) -> Stack:
    """`layer` put in so that it stands at `path`."""
    return _splice(stack, path, 0, (layer,))


def replace(stack: Stack, path: Path, layer: Any) -> Stack:
    """`layer` in place of the one at `path`."""
    return _splice(stack, path, 1, (layer,))


def remove(stack: Stack, path: Path) -> Stack:
    """Without the layer at `path`."""
    return _splice(stack, path, 1, ())


def duplicate(stack: Stack, path: Path) -> Stack:
    """The layer at `path` twice in a row."""
    return insert(stack, path, layer_at(stack, path))


def move(stack: Stack, source: Path, target: Path) -> Stack:
    """The layer at `source` taken out and put in so that it stands before what is at `target` now.

    Raises IndexError where `target` lies inside the block that moves.
    """
    layer = layer_at(stack, source)
    _first(target)
    if target[: len(source)] == source and len(target) > len(source):
        raise IndexError("a block cannot be moved into itself")
    if len(source) <= len(target) and target[: len(source) - 1] == source[:-1]:
        at = len(source) - 1
        if target[at] > source[at]:
            target = (*target[:at], target[at] - 1, *target[at + 1 :])
    return insert(remove(stack, source), target, layer)


def fresh(kind: str, shape: tuple[int, ...] = (8,), keeping: bool = False) -> Any:
    """A layer of `kind` as the palette adds it where samples of `shape` arrive, (values,) or (channels, height, width):
    it fits there without further ado.

    keeping: what leaves it is of the same shape, if it can be. Raises KeyError for an unknown kind.
    """
    entry = layer_kinds()[kind]
    if entry is Residual:
        return _fresh_block(shape)
    if kind == "linear" and keeping and math.prod(shape) <= settings.max_units:
        return entry(kind=kind, units=math.prod(shape))
    return entry(kind=kind, **_window(entry, shape, keeping)) if len(shape) == 3 else entry(kind=kind)


def _fresh_block(shape: tuple[int, ...]) -> Residual:
    """A block whose layers leave the shape as it is, or one with a projection where a linear layer cannot."""
    image = len(shape) == 3
    layers = [("conv2d", "relu"), ("linear", "tanh")][not image]
    shortcut = "identity" if image or shape[0] <= settings.max_units else "projection"
    return Residual(kind="residual", layers=tuple(fresh(kind, shape, True) for kind in layers), shortcut=shortcut)


def _window(entry: type, shape: tuple[int, ...], keeping: bool) -> dict[str, int]:
    """What a layer with a window, or with channels, begins with on an image of this shape."""
    known, (channels, height, width) = entry.parameters(), shape
    given = {}
    if "kernel" in known and keeping:
        given = {"kernel": 3, "stride": 1, "padding": 1}
    elif "kernel" in known:
        given = {"kernel": min(known["kernel"].default, height, width)}
    if "channels" in known and keeping:
        given["channels"] = min(channels, settings.max_channels)
    return given


def resize(stack: Stack, path: Path, delta: int) -> Stack:
    """`delta` more units (fewer when negative) for the linear layer at `path`, kept within 1 and the limit."""
    layer = layer_at(stack, path)
    if not isinstance(layer, Linear):
        raise IndexError("only a linear layer has units")
    units = min(max(layer.units + delta, 1), settings.max_units)
    return replace(stack, path, layer.model_copy(update={"units": units}))


def toggle_feature(data: Plane, name: str) -> Plane:
    """`data` with the input `name` switched on or off; the last one stays on."""
    chosen = set(data.features) ^ {name}
    if not chosen:
        return data
    return type(data).model_validate({**dict(data), "features": tuple(chosen)})


def with_data(experiment: Experiment, data: Any) -> Experiment:
    """`experiment` on other data, keeping everything else that still makes sense.

    Inputs the new data knows stay chosen; points, noise, test part and seed are kept; where the loss does not fit the
    new task, the task's first loss takes its place.
    """
    old = experiment.data
    kept = {name: getattr(old, name) for name in type(data).parameters() if _kept(name, old, data)}
    features = _features(old, data)
    if features:
        kept["features"] = features
    return fit_loss(experiment, type(data).model_validate({**dict(data), **kept}))


def _kept(name: str, old: Any, new: Any) -> bool:
    if name == "test_fraction":
        # Tables, images and drawn points have different sensible test parts.
        return _made_alike(old) == _made_alike(new)
    if name in ("samples", "noise"):
        # 500 points are many, 500 images few; noise on a pixel is no noise on a point.
        return hasattr(old, name) and "image" not in (old.family, new.family)
    return name in ("label_noise", "seed", "augment") and hasattr(old, name)


def _made_alike(data: Any) -> str:
    return data.family if data.family in ("table", "image") else "drawn"


def _features(old: Any, new: Any) -> tuple[str, ...]:
    """The inputs of `old` that carry over to `new`. Those of a curve do not: a plane without x2 would be a surprise."""
    if not (isinstance(old, Plane) and isinstance(new, Plane)) or (isinstance(old, Curve) and old.family != new.family):
        return ()
    return tuple(name for name in old.features if name in new.allowed)


def fit_loss(experiment: Experiment, data: Any) -> Experiment:
    """`experiment` on `data`; a loss that does not fit its task gives way to the first that does."""
    training, head = experiment.training, experiment.head
    task = task_of(data)
    if task not in training.loss.tasks:
        kind, entry = next(iter(losses_for(task).items()))
        training = training.model_copy(update={"loss": entry(kind=kind)})
    try:
        return experiment.replace(data=data, training=training)
    except ValueError:
        # The chosen output activation does not fit: the automatic one always does.
        return experiment.replace(data=data, training=training, head=head.model_copy(update={"activation": None}))
