"""Coloured shapes with textures, drawn by chance: the same picture has an outline, a texture and a colour, and any of
the three can be what is to be told apart (after Geirhos et al. 2019, who asked which of them a network looks at)."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from playground.data.images import Pictures
from playground.experiment.randomness import generator

SIDE = 28
OUTLINES = ("circle", "square", "triangle", "cross")
TEXTURES = ("plain", "stripes", "checks", "dots")
COLOURS = ("red", "green", "blue", "yellow")
CLASSES = MappingProxyType({"shape": OUTLINES, "texture": TEXTURES, "colour": COLOURS})

_PAINTS = np.array([[0.85, 0.2, 0.2], [0.2, 0.65, 0.25], [0.25, 0.4, 0.9], [0.9, 0.8, 0.2]], np.float32)
_PERIOD = 5.0
"""Pixels from one stripe, check or dot to the next."""
_CHUNK = 500
_PLACES = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2


def shapes(seed: int, samples: int, noise: float, by: str) -> Pictures:
    """`samples` pictures (n, 3, 28, 28), as many of each class as can be; what makes no class is left to chance.

    by: "shape", "texture" or "colour". noise: standard deviation of a normal noise on every pixel, black to white
    being 1. Place, size, turn, shade and background are drawn for every picture.
    """
    rng = generator(seed, "data", "shapes")
    kinds = {name: rng.integers(len(names), size=samples) for name, names in CLASSES.items()}
    kinds[by] = np.arange(samples) % len(CLASSES[by])
    draws = rng.random((samples, 9), dtype=np.float32)
    images = np.empty((samples, 3, SIDE, SIDE), np.uint8)
    for start in range(0, samples, _CHUNK):
        rows = slice(start, start + _CHUNK)
        drawn = _draw(kinds["shape"][rows], kinds["texture"][rows], kinds["colour"][rows], draws[rows])
        if noise:
            drawn += noise * rng.standard_normal(drawn.shape, dtype=np.float32)
        images[rows] = np.rint(drawn.clip(0, 1) * 255)
    return Pictures(images, kinds[by].astype(np.int64))


def _draw(outline: np.ndarray, texture: np.ndarray, colour: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Pictures (n, 3, 28, 28) in 0..1, float32, from the class of each outline, texture and colour (n,) and nine
    uniform draws (n, 9)."""
    columns = draws.T[:, :, None, None]
    radius = 6.0 + 4.0 * columns[0]
    room = SIDE / 2 - 1 - radius
    x = _PLACES[None, None, :] - (2 * columns[1] - 1) * room
    y = _PLACES[None, :, None] - (2 * columns[2] - 1) * room
    inside = (0.5 - _distance(outline, *_turned(x, y, (columns[3] - 0.5) * 1.2), radius)).clip(0, 1)
    light = _texture(texture, *_turned(x, y, columns[4] * np.pi), columns[5])
    paint = _PAINTS[colour][:, :, None, None] * (0.8 + 0.4 * columns[6][:, None])
    ground = (0.15 + 0.7 * columns[7] + 0.2 * (columns[8] - 0.5) * (x + y) / SIDE)[:, None]
    painted = paint * (0.35 + 0.65 * light[:, None])
    return ground * (1 - inside[:, None]) + painted * inside[:, None]


def _turned(x: np.ndarray, y: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cos, sin = np.cos(angle), np.sin(angle)
    return x * cos + y * sin, y * cos - x * sin


def _distance(outline: np.ndarray, x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """How far outside an outline a place is, in pixels; below 0 inside. All have about the same area."""
    across, down = np.abs(x), np.abs(y)
    half, arm, third = 0.86 * radius, 0.42 * radius, 0.62 * radius
    candidates = [
        np.hypot(x, y) - radius,
        np.maximum(across, down) - half,
        np.maximum(across * 0.866 + y * 0.5, -y) - third,
        np.minimum(np.maximum(across - arm, down - 1.1 * radius), np.maximum(across - 1.1 * radius, down - arm)),
    ]
    return np.choose(outline[:, None, None], np.broadcast_arrays(*candidates))


def _texture(texture: np.ndarray, x: np.ndarray, y: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """How light a place is, 0..1."""
    turn = 2 * np.pi / _PERIOD
    along, across = np.sin(turn * x + 2 * np.pi * phase), np.sin(turn * y + 2 * np.pi * phase)
    candidates = [
        np.ones_like(along),
        (0.5 + 1.5 * along).clip(0, 1),
        (0.5 + 3.0 * along * across).clip(0, 1),
        (1.0 - 3.0 * (along + across - 0.6)).clip(0, 1),
    ]
    return np.choose(texture[:, None, None], np.broadcast_arrays(*candidates))
