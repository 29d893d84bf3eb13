"""How one map is made, as `playground/web/static/maps-detail.js` draws it."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures.vision.boards import DEFAULT, BoardOptions, signed


def base(arrays: dict[str, Any], dataset: Any = None, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What stands still: how, label, unit, channels, total of the maps that go in, and the sliding window."""
    return {
        "how": arrays["how"],
        "label": arrays["label"],
        "unit": arrays["unit"],
        "channels": arrays["channels"].tolist(),
        "window": arrays["window"].tolist(),
        "size": list(arrays["output"].shape),
        "given": list(arrays["inputs"].shape[1:]),
    }


def frame(arrays: dict[str, Any], dataset: Any = None, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: maps in 8 bits, each kind on a scale of its own; kernels and what is worked out as they are."""
    moving = {
        "inputs": signed(arrays["inputs"]),
        "output": signed(arrays["output"][None]),
        "at": arrays["at"].tolist(),
        "value": arrays["value"],
        "bias": arrays["bias"],
    }
    if arrays["how"] in ("sum", "stamp"):
        parts, at = arrays["parts"], tuple(arrays["at"])
        # What is added is drawn on one scale, so that strong and weak ones can be told apart.
        moving |= {
            "kernels": signed(arrays["kernels"]),
            "numbers": np.asarray(arrays["kernels"], np.float32),
            "parts": signed(parts),
            "adds": [float(part[at]) for part in parts],
            "rest": float(arrays["rest"][at]),
        }
    if len(arrays["cells"]):
        moving["cells"] = arrays["cells"]
    return moving
