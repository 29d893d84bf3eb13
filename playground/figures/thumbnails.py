"""A small picture of a data set's points or images, for the picker: SVG on white, alike on a light and a dark page."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import svg, theme
from playground.figures.image_thumbnails import image_thumbnail
from playground.figures.points import subset

MOST_DOTS = 240
SHADES = 9
"""Colours that the values of a regression are rounded to: every colour is one path."""
EDGE = 0.06
"""Empty share on each side."""


def data_thumbnail(spec: Any, size: float = 72.0) -> str:
    """The points of a data description (of the experiment), or some of its images, as SVG text, `size` pixels square.

    Raises what `playground.data.load` raises (a table that is not there).
    """
    if spec.family == "image":
        return image_thumbnail(spec, size)
    from playground.data import load  # pandas comes with it

    return dataset_thumbnail(load(spec), spec.label, size)


def dataset_thumbnail(dataset: Any, title: str, size: float = 72.0) -> str:
    """The training points of a loaded data set as SVG text."""
    chosen = subset(len(dataset.train_points), MOST_DOTS)
    places, targets = dataset.train_points[chosen], dataset.y_train[chosen]
    line = dataset.plane.kind == "line"
    if line:
        places = np.stack([places[:, 0], targets], axis=1)
    pixels = _pixels(places, size)
    paths = [
        f'<path d="{svg.dots(pixels[rows])}" stroke="{colour}"/>' for colour, rows in _colours(dataset, targets, line)
    ]
    ground = f'<rect width="{svg.number(size)}" height="{svg.number(size)}" rx="4" fill="{theme.ZERO}"/>'
    dots = f'<g fill="none" stroke-linecap="round" stroke-width="{svg.number(size / 22)}">{"".join(paths)}</g>'
    return svg.drawing(size, size, title, [ground, dots])


def _pixels(places: np.ndarray, size: float) -> np.ndarray:
    """Places to pixels, the vertical axis upwards; what the points span fills the picture."""
    low, high = places.min(axis=0), places.max(axis=0)
    share = (places - low) / np.where(high > low, high - low, 1.0)
    share = EDGE + share * (1 - 2 * EDGE)
    share[:, 1] = 1 - share[:, 1]
    return share * size


def _colours(dataset: Any, targets: np.ndarray, line: bool) -> list[tuple[str, np.ndarray]]:
    """Each colour with the rows that have it."""
    if line:
        return [(theme.POSITIVE, np.arange(len(targets)))]
    if dataset.classes:
        kinds = [(theme.class_colour(k), np.flatnonzero(targets == k)) for k in range(len(dataset.classes))]
    else:
        reach = float(np.abs(targets).max()) or 1.0
        half = SHADES // 2
        shades = np.rint(targets / reach * half).astype(int)
        kinds = [(_shade(s / half), np.flatnonzero(shades == s)) for s in range(-half, half + 1)]
    return [(colour, rows) for colour, rows in kinds if len(rows)]


def _shade(value: float) -> str:
    """Colour of a value from -1 to 1; near zero not quite white, which would not be seen."""
    return theme.mix(theme.NEGATIVE if value < 0 else theme.POSITIVE, max(abs(value), 0.22))
