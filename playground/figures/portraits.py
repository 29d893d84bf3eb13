"""Small pictures of what networks do, to stand side by side: a map with its points, a curve, a table of confusions."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures import svg, theme
from playground.figures.bitmaps import png_uri
from playground.figures.boundary import value_reach
from playground.figures.points import subset
from playground.figures.thumbnails import SHADES

SIDE = 160.0
"""Pixels along each side; it is sharp at any size."""
MOST_DOTS = 160
DOT = 5.6
RIGHT, WRONG = theme.POSITIVE, theme.NEGATIVE
"""What is taken for what it is, and what is not, in a table of confusions."""


def portrait(arrays: dict[str, Any], dataset: Any, title: str) -> str:
    """What `playground.lenses.portraits.portrait` saw, as SVG text; `title` is what a screen reader says."""
    if "counts" in arrays:
        parts = [_image(_confused(arrays["counts"]), sharp=True)]
    elif dataset.plane.dimensions == 1:
        parts = _curve(arrays, dataset)
    else:
        parts = [_image(_coloured(arrays, dataset)[::-1]), *_points(dataset)]
    return svg.drawing(SIDE, SIDE, title, parts)


def _image(pixels: np.ndarray, *, sharp: bool = False) -> str:
    """Pixels over the whole drawing, smooth unless they are to be told apart."""
    side, style = svg.number(SIDE), ' style="image-rendering: pixelated"' if sharp else ""
    return f'<image href="{png_uri(pixels)}" width="{side}" height="{side}" preserveAspectRatio="none"{style}/>'


def _coloured(arrays: dict[str, Any], dataset: Any) -> np.ndarray:
    """A map as the boundary's figure colours it: (r, r, 3) uint8, row 0 the lowest y."""
    if "classes" not in arrays:
        value = np.clip(np.nan_to_num(arrays["value"] / value_reach(dataset)), -1.0, 1.0)[..., None]
        end = np.where(value < 0, _rgb(theme.NEGATIVE), _rgb(theme.POSITIVE))
        return _mixed(end, np.abs(value) * theme.REGION_TONE)
    colours = np.array([_rgb(theme.class_colour(index)) for index in range(len(dataset.classes))])
    sure = np.clip(np.nan_to_num(arrays["confidence"]), 0.0, 1.0)[..., None]
    tone = theme.UNSURE_TONE + (theme.REGION_TONE - theme.UNSURE_TONE) * sure
    return _mixed(colours[arrays["classes"]], tone)


def _mixed(colours: np.ndarray, share: np.ndarray) -> np.ndarray:
    """So much of the colours in white."""
    return np.rint(255.0 + (colours - 255.0) * share).astype(np.uint8)


def _rgb(colour: str) -> np.ndarray:
    return np.array(theme.channels(colour), np.float64)


def _confused(counts: np.ndarray) -> np.ndarray:
    """Shares of each actual class, the right ones blue and the wrong ones orange, (K, K, 3) uint8."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(len(counts), dtype=bool)[..., None]
    # A tenth of a class that is taken for another is much, and shall be seen.
    tone = np.where(right, shares[..., None], np.sqrt(shares)[..., None])
    return _mixed(np.where(right, _rgb(RIGHT), _rgb(WRONG)), tone)


def _points(dataset: Any) -> list[str]:
    """The training points in their colours, with white edges."""
    chosen = subset(len(dataset.train_points), MOST_DOTS)
    pixels = _pixels(dataset.train_points[chosen], dataset.plane.domain)
    targets = dataset.y_train[chosen]
    # Points of a regression may be as white as the map.
    edges = _dots(pixels, theme.POINT_EDGE if dataset.classes else theme.FAINT, DOT + 1.8)
    return [edges, *(_dots(pixels[rows], colour, DOT) for colour, rows in _colours(dataset, targets))]


def _dots(pixels: np.ndarray, colour: str, size: float) -> str:
    width = svg.number(size)
    return f'<path d="{svg.dots(pixels)}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'


def _colours(dataset: Any, targets: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Each colour with the points that have it."""
    if dataset.classes:
        kinds = [(theme.class_colour(index), targets == index) for index in range(len(dataset.classes))]
    else:
        half = SHADES // 2
        shades = np.rint(np.clip(targets / value_reach(dataset), -1.0, 1.0) * half).astype(int)
        kinds = [
            (theme.mix(theme.NEGATIVE if shade < 0 else theme.POSITIVE, abs(shade) / half), shades == shade)
            for shade in range(-half, half + 1)
        ]
    return [(colour, np.flatnonzero(rows)) for colour, rows in kinds if rows.any()]


def _curve(arrays: dict[str, Any], dataset: Any) -> list[str]:
    """The fitted curve over the training points, on white as the maps are."""
    chosen = subset(len(dataset.train_points), MOST_DOTS)
    points = np.stack([dataset.train_points[chosen, 0], dataset.y_train[chosen]], axis=1)
    low, high = float(dataset.y_train.min()), float(dataset.y_train.max())
    room = 0.12 * ((high - low) or 1.0)
    domain = (dataset.plane.domain[0], (low - room, high + room))
    finite = np.isfinite(arrays["y"])
    line = _pixels(np.stack([arrays["x"], np.nan_to_num(arrays["y"])], axis=1), domain, clip=True)
    way = svg.path(tuple(place) if there else None for place, there in zip(line, finite, strict=True))
    side = svg.number(SIDE)
    return [
        f'<rect width="{side}" height="{side}" fill="{theme.ZERO}"/>',
        _dots(_pixels(points, domain), theme.TRAIN_POINT, DOT),
        f'<path d="{way}" fill="none" stroke="{theme.FITTED}" stroke-width="4" stroke-linejoin="round"/>',
    ]


def _pixels(places: np.ndarray, domain: Any, *, clip: bool = False) -> np.ndarray:
    """Places of the plane to pixels, the vertical axis upwards. clip: what lies outside is put at the edge."""
    low, high = np.array(domain, np.float64).T
    share = (places - low) / (high - low)
    if clip:
        share = np.clip(share, -0.05, 1.05)
    share[:, 1] = 1.0 - share[:, 1]
    return share * SIDE
