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
        "of": arrays["total"],
        "window": arrays["window"].tolist(),
        "size": list(arrays["output"].shape),
        "given": list(arrays["inputs"].shape[1:]),
    }


def frame(arrays: dict[str, Any], dataset: Any = None, options: BoardOptions = DEFAULT) -> dict[str, Any]:
    """What moves: maps in 8 bits, each kind on a scale of its own; kernels and what is worked out as they are."""
    row, column = arrays["at"].tolist()
    inputs = arrays["inputs"]
    moving = {
        "inputs": signed(inputs),
        "output": signed(arrays["output"][None]),
        "at": [row, column],
        "value": arrays["value"],
        "bias": arrays["bias"],
    }
    if arrays["how"] in ("sum", "stamp"):
        parts = arrays["parts"]
        # What is added is drawn on one scale, so that strong and weak ones can be told apart.
        moving |= {
            "kernels": signed(arrays["kernels"]),
            "numbers": np.asarray(arrays["kernels"], np.float32),
            "parts": signed(parts),
            "adds": [float(part[row, column]) for part in parts],
            "rest": float(arrays["rest"][row, column]),
        }
    elif inputs.shape[1:] == arrays["output"].shape:
        moving["source"] = [float(given[row, column]) for given in inputs]
    if len(arrays["cells"]):
        moving["cells"] = arrays["cells"]
    return moving
