"""Many cells that train side by side, in one frame: their pictures, their curves and their numbers.

All pictures travel as bytes. A map is one byte a place, coloured in the browser by the scale of its data, as the
boundary's figure colours it; of data with one input a picture is its fitted curve; of images, the filters of the first
layer. Curves are 16-bit numbers between the least and the greatest, on a logarithmic scale where they are losses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import theme
from playground.figures.boundary import value_reach
from playground.figures.fit import value_range
from playground.figures.points import subset
from playground.figures.units import original

MOST_POINTS = 240
"""Points drawn in one picture, and ..."""
POINTS_IN_ALL = 4_000
"""... in all of them together."""
FULL = 65_534


def frame(tally: Any, **more: Any) -> dict[str, Any]:
    """The numbers and the curves of a `playground.lenses.tally.Tally`; more: what else the frame has."""
    curves = [squeezed(curve, log=row < 2) for row, curve in enumerate(tally.curves)]
    return {
        "times": tally.epochs,
        "curves": curves,
        "now": tally.now,
        "best": tally.best,
        "reach": tally.reach,
        "epoch": tally.epoch,
        **more,
    }


def squeezed(values: np.ndarray, *, log: bool) -> dict[str, Any]:
    """Numbers as 16 bits each: 0 stands for none, 1 for `low`, 65,535 for `high`."""
    values = np.asarray(values, np.float64)
    usable = np.isfinite(values) & ((values > 0) if log else True)
    floor = 1e-12
    low, high = (float(values[usable].min()), float(values[usable].max())) if usable.any() else (0.0, 1.0)
    if log:
        usable = np.isfinite(values)
        low, high = max(low, floor), max(high, floor)
        values = np.maximum(values, low)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.log(values / low) / np.log(high / low) if log and high > low else values * 0.0
        if not log and high > low:
            share = (values - low) / (high - low)
    levels = np.where(usable, 1 + np.rint(np.clip(np.nan_to_num(share), 0, 1) * FULL), 0)
    return {"v": levels.astype(np.uint16), "low": low, "high": high, "log": log}


def ground(datasets: list[Any]) -> list[dict[str, Any]]:
    """What lies under the pictures of each data set: which kind they are, their colours, and its training points."""
    most = max(20, min(MOST_POINTS, POINTS_IN_ALL // max(len(datasets), 1)))
    return [_ground(dataset, most) for dataset in datasets]


def _ground(dataset: Any, most: int) -> dict[str, Any]:
    if dataset.image is not None:
        return {"kind": "filters", "scale": theme.DIVERGING}
    classes = len(dataset.classes)
    chosen = subset(len(dataset.train_points), most)
    places, targets = dataset.train_points[chosen], dataset.y_train[chosen]
    if dataset.plane.dimensions == 1:
        low, high = value_range(dataset)
        heights = (original(targets, dataset) - low) / (high - low)
        across = _share(places[:, 0], dataset.plane.domain[0])
        return {
            "kind": "fit",
            "x": _byte(across),
            "y": _byte(heights),
            "colour": theme.TRAIN_POINT,
            "line": theme.FITTED,
        }
    x, y = (_byte(_share(places[:, axis], dataset.plane.domain[axis])) for axis in (0, 1))
    colours = [theme.class_colour(index) for index in range(classes)]
    scale = theme.region_scale(classes) if classes > 2 else theme.REGION_DIVERGING
    shades = targets if classes else _byte(np.clip(targets / value_reach(dataset), -1, 1) / 2 + 0.5)
    top = classes * theme.region_levels(classes) - 1 if classes > 2 else 255
    return {
        "kind": "map", "scale": scale, "top": top, "x": x, "y": y, "colours": colours, "point_scale": theme.DIVERGING,
        "targets": np.asarray(shades, np.uint8),
    }  # fmt: skip


def levels(value: np.ndarray, classes: np.ndarray, dataset: Any) -> np.ndarray:
    """Pictures of cells with this data as bytes (row 0 the lowest y). value, classes: (n, r, r), of
    `playground.lenses.boundaries`. Of a fitted curve the bytes are heights, (n, r, r) as well."""
    count = len(dataset.classes)
    value = np.nan_to_num(value, nan=0.0)
    if dataset.plane.dimensions == 1:
        low, high = value_range(dataset)
        return _byte((original(value, dataset) - low) / (high - low))
    if count > 2:
        shades = theme.region_levels(count)
        return (classes * shades + np.rint(np.clip(value, 0, 1) * (shades - 1))).astype(np.uint8)
    return _byte(np.clip(value / value_reach(dataset), -1, 1) / 2 + 0.5)


def _share(values: np.ndarray, interval: tuple[float, float]) -> np.ndarray:
    low, high = interval
    return (values - low) / (high - low)


def _byte(share: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(share, 0.0, 1.0) * 255).astype(np.uint8)
