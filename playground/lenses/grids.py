"""The places at which a network is asked: a grid over the data's plane, made once and shared by all runs on it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

MOST_BYTES = 64 * 2**20
"""Grids kept in memory, all together."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """x (r,) and, on a plane, y (r,): the coordinates along the axes, float32, at the middle of r equal cells.

    inputs: (r, d) on a line, (r * r, d) on a plane, float32, what the network is fed there; the first r rows are
    those of the lowest y. Read only: many runs share it.
    """

    x: np.ndarray
    y: np.ndarray | None
    inputs: torch.Tensor
    shape: tuple[int, ...]
    """(r,) or (r, r): the shape of one value a place."""


class _Grids:
    """The grids used last, bounded by bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._grids: OrderedDict[tuple, Grid] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, plane: Any, resolution: int, device: torch.device) -> Grid:
        key = (plane, resolution, device)  # a plane is equal to itself only, and kept alive by being a key
        with self._lock:
            if key in self._grids:
                self._grids.move_to_end(key)
                return self._grids[key]
        made = _make(plane, resolution, device)
        with self._lock:
            if key not in self._grids:
                self._grids[key] = made
                self._bytes += made.inputs.nbytes
            while self._bytes > self._most_bytes and len(self._grids) > 1:
                self._bytes -= self._grids.popitem(last=False)[1].inputs.nbytes
        return made


def _make(plane: Any, resolution: int, device: torch.device) -> Grid:
    x, *rest = (middles(*interval, resolution) for interval in plane.domain[: plane.dimensions])
    if not rest:
        places, y, shape = x[:, None], None, (resolution,)
    else:
        y, shape = rest[0], (resolution, resolution)
        places = np.stack([np.tile(x, resolution), np.repeat(y, resolution)], axis=1)
    x, y = x.astype(np.float32), None if y is None else y.astype(np.float32)
    for axis in (x, y):
        if axis is not None:
            axis.flags.writeable = False  # handed to everyone who asks
    inputs = torch.from_numpy(np.ascontiguousarray(plane.inputs(places))).to(device)
    return Grid(x, y, inputs, shape)


def middles(low: float, high: float, count: int) -> np.ndarray:
    """The middles of `count` equal cells from low to high, (count,) float64."""
    cell = (high - low) / count
    return low + cell * (np.arange(count) + 0.5)


_grids = _Grids(MOST_BYTES)


def grid(plane: Any, resolution: int, device: torch.device | str = "cpu") -> Grid:
    """The grid of `resolution` places along each axis of the plane's domain."""
    return _grids.get(plane, resolution, torch.device(device))
