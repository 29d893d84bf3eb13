"""Which pixels of the image one value of a layer depends on, worked out backwards through every layer. Torch-free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.network.shapes import HEAD, Path

Span = tuple[int, int]
"""The first and the last pixel along one side; they may lie beyond the image, in the padding."""


def fields(layers: Sequence[Any], path: Path, image: tuple[int, int, int], spots: np.ndarray, sides: Any) -> np.ndarray:
    """(n, 2, 2) int64: (first, last) row and (first, last) column that values at `spots` (n, 2) of a layer depend on.

    layers: the stack's entries; sides: {path: (height, width)} of the maps that go into a layer. What a norm mixes in
    from the whole image is not counted. Of a value that has no place in an image: the whole image.
    """
    spans = [
        [_through(layers, path, (at, at), axis, sides, image[1 + axis]) for axis, at in enumerate(spot)]
        for spot in spots.tolist()
    ]
    return np.array(spans, np.int64).reshape(-1, 2, 2)


def _through(layers: Sequence[Any], path: Path, span: Span, axis: int, sides: Any, whole: int) -> Span:
    """What a span after the layer at `path` depends on in the image."""
    if path == HEAD:
        return 0, whole - 1
    prefix: tuple[int, ...] = path[:-1]
    inside = layers if not prefix else _inner(layers, prefix)
    for index in range(path[-1], -1, -1):
        span = _back(inside[index], (*prefix, index), span, axis, sides)
        if span is None:
            return 0, whole - 1
    return span if not prefix else _before_block(layers, prefix, span, axis, sides, whole)


def _before_block(layers: Sequence[Any], path: tuple[int, ...], span: Span, axis: int, sides: Any, whole: int) -> Span:
    """What a span that goes into the block at `path` depends on."""
    if path[-1]:
        return _through(layers, (*path[:-1], path[-1] - 1), span, axis, sides, whole)
    return span if len(path) == 1 else _before_block(layers, path[:-1], span, axis, sides, whole)


def _inner(layers: Sequence[Any], path: tuple[int, ...]) -> Sequence[Any]:
    for index in path:
        layers = layers[index].layers
    return layers


def _back(layer: Any, path: tuple[int, ...], span: Span, axis: int, sides: Any) -> Span | None:
    """What a span after a layer depends on before it; None where there are no places after it."""
    first, last = span
    if layer.kind in ("linear", "flatten"):
        return None
    if layer.kind == "residual":
        return _around(layer, path, span, axis, sides)
    if layer.kind == "conv_transpose2d":
        reach, step = layer.kernel - 1 - layer.padding, layer.stride
        return math.ceil((first - reach) / step), math.floor((last + layer.padding) / step)
    if layer.kind == "upsample":
        if layer.mode == "nearest":
            return first // layer.factor, last // layer.factor
        return tuple(math.floor((at + 0.5) / layer.factor - 0.5) + more for at, more in ((first, 0), (last, 1)))
    if layer.kind == "global_avg_pool":
        return 0, sides[path][axis] - 1
    if hasattr(layer, "kernel"):
        reach = getattr(layer, "dilation", 1) * (layer.kernel - 1)
        return first * layer.stride - layer.padding, last * layer.stride - layer.padding + reach
    return span


def _around(block: Any, path: tuple[int, ...], span: Span, axis: int, sides: Any) -> Span | None:
    """A residual block sees what goes through it and what goes around it."""
    inside: Span | None = span
    for index in range(len(block.layers) - 1, -1, -1):
        inside = _back(block.layers[index], (*path, index), inside, axis, sides)
        if inside is None:
            return None
    before, after = sides[path][axis], sides[(*path, "after")][axis]
    step = next(s for s in range(1, before + 1) if (before - 1) // s + 1 == after)  # of a projection's 1 x 1 kernel
    return min(inside[0], span[0] * step), max(inside[1], span[1] * step)
