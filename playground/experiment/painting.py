"""Painted points as a short text: 32 bits a point, base64url.

A point is x (12 bits), y (12 bits) and a label (8 bits), its 4 bytes most significant first. Equal sets of points have
equal texts: the points are sorted, and what is there twice is there once.
"""

from __future__ import annotations

import base64
import binascii

import numpy as np

REACH = 6.0
"""Points lie in [-REACH, REACH] on both axes."""
STEPS = 4095
"""The grid they lie on has so many steps an axis: 0.003 each."""
VALUE_STEPS = 127
"""A label of 0, 127, 254 is the value -1, 0, +1 of a regression."""
MOST_CLASSES = 5
RECORD_BYTES = 4


def encode(places: np.ndarray, labels: np.ndarray) -> str:
    """The text of points at `places` (n, 2), moved to the grid (and into it), with `labels` (n,) from 0 to 255."""
    # Half a step goes up, as JavaScript rounds: the browser finds its points again.
    steps = np.floor((np.clip(places, -REACH, REACH) + REACH) * STEPS / (2 * REACH) + 0.5).astype(np.uint32)
    return _text(steps[:, 0] << 20 | steps[:, 1] << 8 | np.asarray(labels, np.uint32))


def decode(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Places (n, 2) float64 and labels (n,) uint8 of a text that `encode` wrote. Raises ValueError for any other."""
    records = unpack(text)
    steps = np.stack([records >> 20, records >> 8 & 0xFFF], axis=1)
    return steps * (2 * REACH / STEPS) - REACH, (records & 0xFF).astype(np.uint8)


def unpack(text: str) -> np.ndarray:
    """The points of a text as 32-bit numbers (n,). Raises ValueError, in plain words, where it holds no points."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("the text of these points is damaged: it is not base64url") from error
    if len(raw) % RECORD_BYTES:
        raise ValueError("the text of these points is damaged: its end is missing")
    return np.frombuffer(raw, ">u4").astype(np.uint32)


def canonical(text: str) -> str:
    """The one text for these points. Raises ValueError as `unpack` does."""
    return _text(unpack(text))


def _text(records: np.ndarray) -> str:
    return base64.urlsafe_b64encode(np.unique(records).astype(">u4").tobytes()).rstrip(b"=").decode()


def values_of(labels: np.ndarray) -> np.ndarray:
    """The values of a regression, (n,) float64 in [-1, 1], that labels from 0 to 254 stand for."""
    return (labels.astype(np.float64) - VALUE_STEPS) / VALUE_STEPS


def labels_of(values: np.ndarray) -> np.ndarray:
    """The labels (n,) uint8 of values, which are kept within [-1, 1]."""
    return np.rint((np.clip(values, -1.0, 1.0) + 1.0) * VALUE_STEPS).astype(np.uint8)


def converted(text: str, task: str) -> str:
    """Points of one task made points of the other, which is `task`.

    Classes become values evenly spread from -1 to +1; values become two classes by their sign.
    """
    places, labels = decode(text)
    if task == "regression":
        last = max(int(labels.max(initial=0)), 1)
        return encode(places, labels_of(labels / last * 2.0 - 1.0))
    return encode(places, values_of(labels) >= 0)


def problem(labels: np.ndarray, task: str, most: int) -> str | None:
    """Why points with these labels cannot be trained on, in plain words; None where they can."""
    if len(labels) > most:
        return f"{len(labels):,} painted points are too many; up to {most:,} are possible"
    if task == "classification" and len(labels) and labels.max() >= MOST_CLASSES:
        return f"a point has class {labels.max() + 1}; up to {MOST_CLASSES} classes are possible"
    if task == "regression" and (labels > 2 * VALUE_STEPS).any():
        return "a point has a value outside of -1 to +1"
    if len(labels) < 2:
        return "at least two points are needed"
    if task == "classification" and (labels == labels[0]).all():
        return "all points are of one class; paint some of another"
    return None


def smile() -> str:
    """What a canvas that nobody has painted on shows: a ring of class A around two eyes and a smile of class B."""
    around = np.arange(52) * (2 * np.pi / 52)
    ring = 4.9 * np.stack([np.sin(around), np.cos(around)], axis=1)
    within = np.arange(8)
    turn = within * 2.4  # the golden angle, nearly: a disc evenly filled
    eye = np.sqrt(0.06 * (within + 0.5))[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    bend = np.linspace(-1.15, 1.15, 24)
    mouth = np.stack([2.9 * np.sin(bend), 0.4 - 2.9 * np.cos(bend)], axis=1)
    eyes = [np.add(eye, centre) for centre in ((-1.5, 1.6), (1.5, 1.6))]
    inside = np.concatenate([*eyes, mouth])
    return encode(np.concatenate([ring, inside]), np.repeat([0, 1], [len(ring), len(inside)]))
