"""Colours over pictures: what speaks for a class in blue, what speaks against it in orange."""

from __future__ import annotations

import numpy as np

from playground.figures import theme

DARKEST, LIGHTEST = 70, 215
"""Of the picture below: both colours are seen on it."""
BEND = 0.7
"""The exponent of strength: below 1 makes what is faint easier to see."""


def overlaid(picture: np.ndarray, maps: np.ndarray, reach: np.ndarray | float) -> np.ndarray:
    """A picture, uint8 (h, w) or (h, w, 3), below each of the maps (n, h, w): (n, h, w, 3) uint8.

    A map's colour covers the picture where its size is that of `reach`, a number or (n,).
    """
    grey = picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=-1)
    ground = DARKEST + grey.astype(np.float32) * ((LIGHTEST - DARKEST) / 255)
    strength = _strength(maps, reach)[..., None]
    return np.rint(ground * (1 - strength) + _colours(maps) * strength).astype(np.uint8)


def signed(maps: np.ndarray, reach: np.ndarray | float) -> np.ndarray:
    """Maps (n, h, w) in orange, white and blue, (n, h, w, 3) uint8, as full as they can be at `reach`."""
    strength = _strength(maps, reach, 1.0)[..., None]
    return np.rint(255 * (1 - strength) + _colours(maps) * strength).astype(np.uint8)


def reach_of(maps: np.ndarray) -> np.ndarray:
    """The largest size in each map, (n,), never 0: what is full colour."""
    finite = np.nan_to_num(np.abs(maps), nan=0.0, posinf=0.0)
    return np.maximum(finite.reshape(len(maps), -1).max(axis=1, initial=0.0), 1e-12)


def _strength(maps: np.ndarray, reach: np.ndarray | float, bend: float = BEND) -> np.ndarray:
    limits = np.asarray(reach, np.float32).reshape(-1, 1, 1)
    return np.clip(np.nan_to_num(np.abs(maps)) / limits, 0.0, 1.0).astype(np.float32) ** bend


def _colours(maps: np.ndarray) -> np.ndarray:
    positive, negative = (np.array(theme.channels(colour), np.float32) for colour in (theme.POSITIVE, theme.NEGATIVE))
    return np.where((maps >= 0)[..., None], positive, negative)
