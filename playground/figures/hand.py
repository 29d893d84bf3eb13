"""One convolution by hand, as `playground/web/static/hand.js` draws it. The sums are worked out in the browser.

Base: nothing that a picked image or a network could change. Frame: the image, the network's convolutions, and the one
that was asked for, exactly as the network has it.
"""

from __future__ import annotations

from typing import Any

from playground.experiment.entry import Model

LEARNT = ("layer", "filter", "inputs", "weights", "bias", "geometry")


class HandOptions(Model):
    """How it is drawn: all that can be chosen is chosen in the browser."""


DEFAULT = HandOptions()


def base(arrays: dict[str, Any], dataset: Any, options: HandOptions = DEFAULT) -> dict[str, Any]:
    """What stands still."""
    return {}


def frame(arrays: dict[str, Any], dataset: Any, options: HandOptions = DEFAULT) -> dict[str, Any]:
    """What moves: pixels, layers, and learnt, the filter (None where none was asked for, or there is none)."""
    learnt = {name: arrays[name] for name in LEARNT} if "layer" in arrays else None
    return {"pixels": arrays["pixels"], "layers": arrays["layers"], "learnt": learnt}
