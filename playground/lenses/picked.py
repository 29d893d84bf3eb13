"""The image that somebody looks at: one of the data set, or pixels of their own. Torch-free."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from playground.experiment.entry import Model
from playground.lenses.cells import Part

MOST_VALUES = 3 * 64 * 64
"""Of the largest image that any data set has."""
MOST_ROWS = 10_000_000
"""Beyond any data: only that a number from a stranger is one."""


class Picked(Model):
    """Either row `index` of a `part`, or `pixels`: base64 of C*H*W bytes, 0 to 255, channel first, row by row."""

    part: Part | None = None
    index: int | None = Field(default=None, ge=0, lt=MOST_ROWS)
    pixels: str | None = Field(default=None, max_length=(MOST_VALUES + 2) // 3 * 4)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.part is None) != (self.index is None) or (self.part is None) == (self.pixels is None):
            raise ValueError("an image is a row of a part (part and index), or pixels")
        if self.pixels is not None:
            self.values()
        return self

    def values(self) -> np.ndarray:
        """Its own pixels (C*H*W,) uint8. Raises ValueError where they are no base64."""
        try:
            return np.frombuffer(b64decode(self.pixels or "", validate=True), np.uint8)
        except binascii.Error:
            raise ValueError("pixels are base64 of bytes") from None

    def fits(self, dataset: Any) -> bool:
        """Whether `dataset` has this row, or images of this size."""
        if dataset.image is None:
            return False
        if self.pixels is not None:
            return len(self.values()) == int(np.prod(dataset.image))
        return self.index < len(getattr(dataset, f"x_{self.part}"))


def pixels_of(dataset: Any, picked: Picked | dict[str, Any] | None = None) -> tuple[np.ndarray, int | None]:
    """(x, label): the picked image (1, C*H*W) float32 as the network takes it, and its class; None of one's own pixels.

    Without a choice it is the first test image (the first to train on where there are none to test on). Raises
    ValueError for data that are no images, and for an image that `dataset` does not have.
    """
    if dataset.image is None:
        raise ValueError("these data are no images")
    if picked is None:
        picked = Picked(part="test" if len(dataset.x_test) else "train", index=0)
    picked = Picked.model_validate(picked)
    if not picked.fits(dataset):
        raise ValueError("the data have no such image")
    if picked.pixels is not None:
        mean, deviation = dataset.input_scale
        return ((picked.values() / 255.0 - mean) / deviation).astype(np.float32)[None], None
    x, y = getattr(dataset, f"x_{picked.part}"), getattr(dataset, f"y_{picked.part}")
    return x[picked.index : picked.index + 1], int(y[picked.index])


def pictures(dataset: Any, x: np.ndarray) -> np.ndarray:
    """Images as the network takes them, (n, C*H*W), as pictures to draw: uint8, (n, H, W) in grey or (n, H, W, 3).

    Where there are neither one nor three channels the first is drawn.
    """
    mean, deviation = dataset.input_scale
    values = np.clip(np.rint((x * deviation + mean) * 255.0), 0, 255).astype(np.uint8)
    return as_tiles(values.reshape(len(x), *dataset.image))


def as_tiles(images: np.ndarray) -> np.ndarray:
    """Images (n, C, H, W) as tiles: (n, H, W) of one channel, (n, H, W, 3) of three, the first channel of others."""
    if images.shape[1] == 3:
        return np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    return np.ascontiguousarray(images[:, 0])
