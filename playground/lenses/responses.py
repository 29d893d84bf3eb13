"""What every neuron answers over the data's plane."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch

from playground.data import input_names
from playground.data.features import FEATURES
from playground.data.planes import PlaneChoice, on_plane
from playground.experiment.head import head_of
from playground.lenses.effort import affordable
from playground.lenses.grids import Grid, grid, middles
from playground.lenses.lens import Unsuited
from playground.lenses.moment import device_of, looking, moment_of
from playground.network.diagram import Column, Diagram, columns
from playground.network.shapes import HEAD

FROM_MINUS_ONE_TO_ONE = ("tanh", "hardtanh", "softsign", "sine", "sigmoid")
"""Activations whose values are drawn on the fixed scale from -1 to +1 (a sigmoid's use its upper half)."""


def neurons(
    moment: Any, resolution: int = 24, shown: int = 12, plane: PlaneChoice | dict | None = None
) -> dict[str, Any]:
    """The responses of the first `shown` units of every column of the network diagram.

    - diagram: `playground.network.Diagram`, which says what the columns are;
    - tiles: a list, for each column (units, r, r) float32 over a plane (row 0 is the lowest y) or (units, r) over a
      line: the units' values as the next linear layer receives them; column 0 holds the inputs, the last the outputs;
    - left_out: (columns,) int64, how many units of each column are not shown;
    - ranges: (columns, 2) float32, the values between which a column's colours are fixed; NaN where they are not;
    - for data whose inputs are features of its coordinates: feature_names and feature_titles, tuples of all that it
      could be fed, and features (F, r, r) or (F, r), their values, also of those that are switched off.

    `plane`: of a table, another plane than that of its principal components (see `playground.data.planes`); raises
    ValueError where the data has no such plane, and `Unsuited` for a network that works on images: its neurons are
    maps, see `lenses.feature_maps`.
    """
    moment = moment_of(moment)
    if moment.module.image is not None:
        raise Unsuited("this network works on images: its neurons are maps, which the feature maps show")
    dataset, module = on_plane(moment.dataset, plane), moment.module
    diagram = diagram_of(moment)
    places = grid(dataset.plane, affordable(moment, resolution), device_of(module))
    with looking(module):
        values = module.trace(places.inputs)
        values[()] = places.inputs
        tiles = [_tiles(values[column.end_path], shown, places.shape) for column in diagram.columns]
    arrays = {
        "diagram": diagram,
        "tiles": tiles,
        "left_out": np.array([max(column.units - shown, 0) for column in diagram.columns]),
        "ranges": np.array([_range(column, moment) for column in diagram.columns], np.float32),
    }
    if hasattr(moment.experiment.data, "allowed"):
        arrays |= _features(moment.experiment.data, dataset.plane, places)
    return arrays


def diagram_of(moment: Any) -> Diagram:
    """The columns of a moment's network."""
    return _diagram(moment.experiment, moment.dataset.inputs, moment.dataset.classes)


# An experiment hashes all its fields: a few microseconds, against the hundred that working it out anew takes.
@lru_cache(maxsize=256)
def _diagram(experiment: Any, inputs: tuple[str, ...], classes: tuple[str, ...]) -> Diagram:
    return columns(experiment, inputs, classes or 0)


def _tiles(values: torch.Tensor, shown: int, shape: tuple[int, ...]) -> np.ndarray:
    """(m, units) values at the places of a grid as (at most shown, *shape), in memory of their own."""
    first = values[:, :shown].t().clone(memory_format=torch.contiguous_format)
    return first.cpu().numpy().reshape(-1, *shape)


def _range(column: Column, moment: Any) -> tuple[float, float]:
    if column.kind == "head":
        head = head_of(moment.experiment, len(moment.dataset.classes))
        # White is undecided, as on the map: the middle between the two targets.
        return {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}.get(head.activation, (np.nan, np.nan))
    layer = _layer(moment.experiment.network, column.end_path)
    return (-1.0, 1.0) if layer is not None and layer.kind in FROM_MINUS_ONE_TO_ONE else (np.nan, np.nan)


def _layer(layers: Any, path: Any) -> Any:
    """The description of the layer at `path`; None for the inputs and the head."""
    if path in ((), HEAD):
        return None
    layer = layers[path[0]]
    return layer if len(path) == 1 else _layer(layer.layers, path[1:])


def _features(spec: Any, plane: Any, places: Grid) -> dict[str, Any]:
    """All features that a data description allows, with their values over the grid."""
    return {
        "feature_names": spec.allowed,
        "feature_titles": input_names(spec.model_copy(update={"features": spec.allowed})),
        "features": _feature_maps(spec.allowed, plane.domain[: plane.dimensions], places.shape[0]),
    }


@lru_cache(maxsize=32)
def _feature_maps(names: tuple[str, ...], domain: tuple[Any, ...], resolution: int) -> np.ndarray:
    """(F, r, r) or (F, r) float32; they never change, so they are worked out once."""
    axes = [middles(*interval, resolution) for interval in domain]
    x, y = np.meshgrid(*axes) if len(axes) == 2 else (axes[0], axes[0])
    maps = np.stack([FEATURES[name].value(x, y) for name in names]).astype(np.float32)
    maps.flags.writeable = False
    return maps
