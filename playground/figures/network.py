"""The network diagram, as `playground/web/static/network-view.js` draws it: columns of tiles, and lines for weights.

Not a Plotly figure. Base: what stands still as long as the network is the same one. Frame: the tiles of every column in
8 bits, and the weights and biases between the units that are shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.experiment.entry import Model
from playground.figures.quantised import Quantised
from playground.network.diagram import Column, Diagram


class NetworkOptions(Model):
    """How the diagram is drawn: nothing to choose; how much of it is shown is up to the lens."""


DEFAULT = NetworkOptions()
LEAST_REACH = 1e-6
"""The scale of a column that is zero everywhere: white, not noise blown up."""
STANDARD_REACH = 2.0
"""The least scale of a table's inputs in a plane of two of them: standard deviations."""
STRONGEST = 8
"""So many of a neuron's strongest weights are sent where some of those before it are not shown."""


def base(arrays: dict[str, Any], dataset: Any, options: NetworkOptions = DEFAULT) -> dict[str, Any]:
    """Columns, links, skips and the plane. arrays: of the lens `network`."""
    diagram: Diagram = arrays["diagram"]
    shown = [len(tiles) for tiles in arrays["tiles"]]
    described = [
        _column(column, count, bounds)
        for column, count, bounds in zip(diagram.columns, shown, arrays["ranges"], strict=True)
    ]
    if "features" in arrays:
        described[0]["features"] = _features(arrays, diagram.columns[0])
    return {
        "columns": described,
        "links": [list(link) for link in diagram.links],
        "skips": [list(skip) for skip in diagram.skips],
        "plane": {"kind": dataset.plane.kind},
    }


def frame(arrays: dict[str, Any], dataset: Any, options: NetworkOptions = DEFAULT) -> dict[str, Any]:
    """What moves. Tiles of inputs that are features stand in the base and are left out here.

    strongest: for each link whose first column is too tall to be shown whole, the strongest of all weights that lead
    into each unit: units (out, s) int64 and weights (out, s) float32, in the order of the units; None for the others.
    """
    diagram: Diagram = arrays["diagram"]
    tiles = [
        _tiles(values, bounds, column, dataset.plane.kind)
        for values, bounds, column in zip(arrays["tiles"], arrays["ranges"], diagram.columns, strict=True)
    ]
    if _inputs_stand_still(arrays, diagram.columns[0]):
        tiles[0] = None
    shown = [len(values) for values in arrays["tiles"]]
    weights = [
        weight[: shown[to], : shown[start]]
        for weight, (start, to) in zip(arrays["weights"], diagram.links, strict=True)
    ]
    biases = [
        None if bias is None else bias[: shown[to]]
        for bias, (_, to) in zip(arrays["biases"], diagram.links, strict=True)
    ]
    strongest = [
        _strongest(weight[: shown[to]]) if shown[start] < diagram.columns[start].units else None
        for weight, (start, to) in zip(arrays["weights"], diagram.links, strict=True)
    ]
    return {"tiles": tiles, "weights": weights, "biases": biases, "strongest": strongest}


def _column(column: Column, shown: int, bounds: np.ndarray) -> dict[str, Any]:
    described = {
        "kind": column.kind,
        "label": column.label,
        "units": column.units,
        "shown": shown,
        "names": list(column.names[:shown]) or [_name(column, unit) for unit in range(shown)],
        "path": column.unit_path if isinstance(column.unit_path, str) else list(column.unit_path),
        "editable": column.kind == "hidden",
        "functions": list(column.functions),
    }
    if column.names[shown:]:
        described["others"] = list(column.names[shown:])  # no tiles, but they are spoken of
    if np.isfinite(bounds).all():
        described["range"] = [float(bound) for bound in bounds]
    return described


def _name(column: Column, unit: int) -> str:
    if column.kind == "head":
        return "output" if column.units == 1 else f"output {unit + 1}"
    return f"unit {unit + 1}"


def _tiles(values: np.ndarray, bounds: np.ndarray, column: Column, plane: str) -> Quantised:
    """On the column's fixed scale; otherwise symmetric around zero, so that white is zero: each input for itself,
    units of a layer on one scale, so that they can be compared."""
    if np.isfinite(bounds).all():
        return Quantised(values, float(bounds[0]), float(bounds[1]))
    if column.kind == "inputs":
        # Where all inputs but two stand still, each in its one colour: how far it is from its mean.
        least = STANDARD_REACH if plane == "features" else LEAST_REACH
        reach = tuple(max(_reach(tile), least) for tile in values)
        return Quantised(values, tuple(-r for r in reach), reach)
    reach = _reach(values)
    return Quantised(values, -reach, reach)


def _strongest(weights: np.ndarray) -> dict[str, np.ndarray]:
    most = min(STRONGEST, weights.shape[1])
    units = np.sort(np.argpartition(-np.abs(weights), most - 1, axis=1)[:, :most], axis=1)
    return {"units": units, "weights": np.take_along_axis(weights, units, axis=1)}


def _reach(values: np.ndarray) -> float:
    """The largest finite size among values."""
    most = max(float(values.max()), -float(values.min()))
    if not np.isfinite(most):
        finite = np.abs(values[np.isfinite(values)])
        most = float(finite.max()) if finite.size else 0.0
    return max(most, LEAST_REACH)


def _inputs_stand_still(arrays: dict[str, Any], inputs: Column) -> bool:
    """Whether the first column shows the features themselves: no layer comes before the first linear one."""
    return "features" in arrays and inputs.end_path == ()


def _features(arrays: dict[str, Any], inputs: Column) -> list[dict[str, Any]]:
    """All inputs that the data has, on or off, with their tiles."""
    still = _inputs_stand_still(arrays, inputs)
    described = []
    for name, title, values in zip(arrays["feature_names"], arrays["feature_titles"], arrays["features"], strict=True):
        on = title in inputs.names
        feature = {"name": name, "title": title, "on": on}
        if still or not on:  # otherwise the frame has what becomes of it
            reach = _reach(values)
            feature["tile"] = Quantised(values, -reach, reach)
        described.append(feature)
    return described
