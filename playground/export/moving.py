"""What moves in a figure, frame by frame, packed for a file: small numbers, differences, deflated, base64.

`player/player.js` unpacks it. A part {"trace", "path", "kind", "shape", "lo", "hi", "data"} is one attribute of one
trace; once inflated, `data` holds frames * prod(shape) numbers in C order:

- kind "map": bytes; each frame after the first is the difference (mod 256) to the one before it, as most of a map stays
  what it was. Byte b stands for lo + b / 255 * (hi - lo).
- kind "line": unsigned 16-bit little-endian; u stands for lo[k] + u / 65535 * (hi[k] - lo[k]) in frame k.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.figures.quantised import Quantised

HUGE = 1e30
"""What is larger is drawn there: far outside of any plot, and differences of two are still numbers."""


def packed(frames: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts that move in `frames` (at least one), each as a figure's `frame` gives it.

    Only `traces` are looked at; every frame has the same ones, of the same shapes. Raises ValueError where they differ.
    """
    parts = []
    for index, patch in frames[0]["traces"].items():
        for path in patch:
            values = [frame["traces"][index][path] for frame in frames]
            pack = _map if isinstance(values[0], Quantised) else _line
            parts.append({"trace": int(index), "path": path, **pack(values)})
    return parts


def _map(values: Sequence[Quantised]) -> dict[str, Any]:
    lo, hi = values[0].lo, values[0].hi
    if any((value.lo, value.hi) != (lo, hi) for value in values):
        raise ValueError("the colours of a map that moves must mean the same in every frame")
    stack = np.stack([np.asarray(value.array, np.float64) for value in values])
    levels = np.rint(_share(stack, lo, hi) * 255).astype(np.uint8)
    moved = np.diff(levels, axis=0, prepend=np.zeros_like(levels[:1]))  # of bytes: wraps around, as it is undone
    return {"kind": "map", "shape": list(stack.shape[1:]), "lo": lo, "hi": hi, "data": _text(moved)}


def _line(values: Sequence[np.ndarray]) -> dict[str, Any]:
    stack = np.stack([np.asarray(value, np.float64) for value in values])
    stack = np.clip(np.nan_to_num(stack, nan=0.0), -HUGE, HUGE)
    places = tuple(range(1, stack.ndim))
    lo, hi = stack.min(axis=places, initial=HUGE), stack.max(axis=places, initial=-HUGE)
    if not stack.size:
        lo = hi = np.zeros(len(values))
    span = (slice(None), *(None,) * len(places))
    levels = np.rint(_share(stack, lo[span], hi[span]) * 65535).astype("<u2")
    return {
        "kind": "line",
        "shape": list(stack.shape[1:]),
        "lo": lo.tolist(),
        "hi": hi.tolist(),
        "data": _text(levels),
    }


def _share(values: np.ndarray, lo: Any, hi: Any) -> np.ndarray:
    """Where each value lies from lo to hi, in [0, 1]; NaN as zero would, 0 where there is nothing between them."""
    span = np.asarray(hi, np.float64) - lo
    share = np.divide(np.nan_to_num(values, nan=0.0, posinf=HUGE, neginf=-HUGE) - lo, np.where(span > 0, span, np.inf))
    return np.clip(share, 0.0, 1.0)


def _text(numbers: np.ndarray) -> str:
    return b64encode(zlib.compress(np.ascontiguousarray(numbers).tobytes(), 9)).decode("ascii")
