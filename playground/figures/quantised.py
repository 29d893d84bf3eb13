"""The mark on a map that may travel in 8 bits: figures set it, `playground.runs.wire` writes it."""

from typing import NamedTuple

import numpy as np

Bound = float | tuple[float, ...] | None


class Quantised(NamedTuple):
    """A map of floats that a screen shows in at most 256 colours anyway.

    Byte b stands for lo + b / 255 * (hi - lo). Without bounds they are the least and the greatest finite value;
    a tuple holds one bound for each of the leading tiles of `array`.
    """

    array: np.ndarray
    lo: Bound = None
    hi: Bound = None
