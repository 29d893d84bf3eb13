"""The whole network at once: how wide it is, how deep, with which activation and how much dropout.

A network is a list of blocks: a layer with weights, or a residual block, with all that follows it until the next. Of a
network that begins with convolutions those are its depth, and what comes after them stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from playground.experiment.registry import REGISTRIES
from playground.settings import settings

Layers = tuple[Any, ...]
CONVOLUTIONS = ("conv2d", "conv_transpose2d", "separable_conv2d")
DROPOUTS = ("dropout", "dropout2d")


def width_of(layers: Layers) -> int | None:
    """The units or channels that most layers with weights have (of several as common, the first); None without any."""
    sizes = Counter(_size(layer) for layer in _all(layers) if _size(layer) is not None)
    return sizes.most_common(1)[0][0] if sizes else None


def widest(layers: Layers) -> int:
    """The largest width possible."""
    convolutions = any(hasattr(layer, "channels") for layer in _all(layers))
    return min(settings.max_units, settings.max_channels) if convolutions else settings.max_units


def with_width(layers: Layers, width: int) -> Layers:
    """Every layer with so many units or channels; not yet checked."""

    def change(layer: Any) -> Layers:
        name = next((name for name in ("units", "channels") if hasattr(layer, name)), None)
        return (layer.model_copy(update={name: width}),) if name else (layer,)

    return _each(layers, change)


def depth_of(layers: Layers) -> int:
    """How many blocks there are; of convolutions, where the network begins with them."""
    return len(_split(layers)[1])


def is_convolutional(layers: Layers) -> bool:
    """Whether the blocks that count are convolutions."""
    blocks = _split(layers)[1]
    return bool(blocks) and _convolves(blocks[0][0])


def shallowest(layers: Layers) -> int:
    """The least depth possible: a network of convolutions keeps one, any other can do with its head alone."""
    return 1 if is_convolutional(layers) else 0


def deepest(layers: Layers) -> int:
    """The largest depth that the limit of layers leaves room for."""
    _, blocks, _ = _split(layers)
    room = settings.max_layers - sum(1 for _ in _all(layers))
    return len(blocks) + room // sum(1 for _ in _all(blocks[-1]))


def with_depth(layers: Layers, depth: int) -> Layers:
    """So many blocks: the last one repeated, or the last ones left out."""
    before, blocks, after = _split(layers)
    blocks = [*blocks[:depth], *[blocks[-1]] * (depth - len(blocks))]
    return (*before, *(layer for block in blocks for layer in block), *after)


def activation_of(layers: Layers) -> str | None:
    """The kind of activation that is most common (of several as common, the first); None without any."""
    kinds = Counter(layer.kind for layer in _all(layers) if layer.kind in REGISTRIES["activation"])
    return kinds.most_common(1)[0][0] if kinds else None


def with_activation(layers: Layers, kind: str) -> Layers:
    """Every activation of this kind, those that already are it as they are. Raises KeyError for an unknown one."""
    entry = REGISTRIES["activation"][kind]

    def change(layer: Any) -> Layers:
        other = layer.kind in REGISTRIES["activation"] and layer.kind != kind
        return (entry(kind=kind),) if other else (layer,)

    return _each(layers, change)


def dropout_of(layers: Layers) -> float:
    """The share that the first dropout layer silences; 0 without any."""
    return next((layer.p for layer in _all(layers) if layer.kind in DROPOUTS), 0.0)


def with_dropout(layers: Layers, p: float) -> Layers:
    """Every dropout layer with this share; without any, one after every activation, if it is more than 0."""
    if any(layer.kind in DROPOUTS for layer in _all(layers)):
        return _each(layers, lambda layer: (layer.model_copy(update={"p": p}),) if layer.kind in DROPOUTS else (layer,))
    if p == 0:
        return layers
    after = REGISTRIES["activation"]
    dropout = REGISTRIES["layer"]["dropout"].model_construct(kind="dropout", p=p)
    return _each(layers, lambda layer: (layer, dropout) if layer.kind in after else (layer,))


def _all(layers: Iterable[Any]) -> Iterator[Any]:
    for layer in layers:
        yield layer
        yield from _all(getattr(layer, "layers", ()))


def _each(layers: Layers, change: Callable[[Any], Layers]) -> Layers:
    """Every layer replaced by those that `change` makes of it, inside blocks too."""
    found: Layers = ()
    for layer in layers:
        if layer.kind == "residual":
            layer = layer.model_copy(update={"layers": _each(layer.layers, change)})
        found += change(layer)
    return found


def _size(layer: Any) -> int | None:
    return getattr(layer, "units", getattr(layer, "channels", None))


def _convolves(layer: Any) -> bool:
    return any(inner.kind in CONVOLUTIONS for inner in _all((layer,)))


def _split(layers: Layers) -> tuple[Layers, list[Layers], Layers]:
    """What comes before the blocks, the blocks that count, and what comes after them."""
    starts = [index for index, layer in enumerate(layers) if _size(layer) is not None or layer.kind == "residual"]
    if not starts:
        return layers, [], ()
    first, end = starts[0], len(layers)
    if _convolves(layers[first]):
        lists = (i for i in range(first, end) if _makes_list(layers[i]))
        end = next(lists, end)
        starts = [index for index in starts if index < end]
    blocks = [layers[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    return layers[:first], blocks, layers[end:]


def _makes_list(layer: Any) -> bool:
    """Whether what leaves a layer is no image any more, or soon is not."""
    return layer.kind in ("flatten", "global_avg_pool") or (layer.kind == "linear")
