"""A look into a set of images before any network is there: some of the training part, as they are and as they vary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.data.augmenting import augmented
from playground.data.cache import ByteCache
from playground.data.images import LEVELS, channel_scale, parts, standardised
from playground.data.loading import PICTURES, class_names
from playground.experiment.images import Augmentation

SHOWN = 24


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """x: (k, C*H*W) some standardised images of the training part, classes taking turns; rows: (k,) which ones; image:
    (C, H, W); means, deviations: (C,); classes: names; train, test: (classes,) how many images each has; notes: what a
    person should know of the data."""

    x: np.ndarray
    rows: np.ndarray
    image: tuple[int, int, int]
    means: np.ndarray
    deviations: np.ndarray
    classes: tuple[str, ...]
    train: np.ndarray
    test: np.ndarray
    notes: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of what is large."""
        return self.x.nbytes

    def pixels(self, x: np.ndarray) -> np.ndarray:
        """Standardised images (n, C*H*W) as (n, C, H, W) uint8, cut off at black and white."""
        images = x.reshape(-1, *self.image)
        values = images * self.deviations[:, None, None] + self.means[:, None, None]
        return np.rint(values * (LEVELS - 1)).clip(0, LEVELS - 1).astype(np.uint8)

    def as_they_are(self, count: int) -> np.ndarray:
        """The first `count` images, (n, C, H, W) uint8."""
        return self.pixels(self.x[:count])

    def varied(self, augment: Augmentation, seed: int, epoch: int, count: int) -> np.ndarray:
        """The same as a network of an experiment with this seed sees them in `epoch` (0 is the first)."""
        return self.pixels(augmented(augment, self.image, seed, self.x[:count], epoch, self.rows[:count]))


_glimpses: ByteCache[Glimpse] = ByteCache(16 * 1024**2)


def glimpse(spec: Any) -> Glimpse:
    """A look at the images that `spec`, an entry of the family "image", describes. Raises TableError as `load` does."""
    plain = spec.model_copy(update={"augment": Augmentation(), "label_noise": 0.0})
    return _glimpses.get(plain, lambda: _look(plain))


def _look(spec: Any) -> Glimpse:
    classes = class_names(spec)
    pictures = PICTURES[spec.kind](spec)
    train, test = parts(spec, pictures)
    means, deviations = channel_scale(pictures.images[train])
    labels = pictures.labels[train]
    rows = _in_turn(labels)[:SHOWN]
    return Glimpse(
        x=standardised(pictures.images[train[rows]], means, deviations),
        rows=rows,
        image=tuple(pictures.images.shape[1:]),
        means=means,
        deviations=deviations,
        classes=classes,
        train=np.bincount(labels, minlength=len(classes)),
        test=np.bincount(pictures.labels[test], minlength=len(classes)),
        notes=pictures.notes,
    )


def _in_turn(labels: np.ndarray) -> np.ndarray:
    """Row numbers: the first of every class, then the second of every class, and so on."""
    order = np.argsort(labels, kind="stable")
    firsts = np.searchsorted(labels[order], labels[order])
    turn = np.empty(len(labels), np.int64)
    turn[order] = np.arange(len(labels)) - firsts
    return np.lexsort((labels, turn))
