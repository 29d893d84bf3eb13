"""The patches of the training images that excite one filter most (Zeiler and Fergus 2014)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from playground.lenses.gradual import gradually
from playground.lenses.lens import Unsuited
from playground.lenses.moment import device_of, looking, moment_of
from playground.lenses.picked import pictures
from playground.lenses.vision.fields import fields
from playground.lenses.vision.stack import Place, at_path, places_of, until

MOST_IMAGES = 1024
"""Training images that are gone through, evenly spaced, always the same ones."""
AT_ONCE = 32


def patches(run: Any, path: tuple[int, ...] = (), unit: int = 0, shown: int = 12) -> dict[str, Any]:
    """Where unit `unit` of the layer at `path` (() is the head) answers most strongly, at most once in an image.

    - pictures: uint8 (n, h, w) or (n, h, w, 3), n <= shown: what it sees there, its receptive field; where that is
      over the edge grey, and the whole image where it is larger than that;
    - values (n,) float32, falling: its answer there; rows (n,) int64: which training images; labels (n,) int64: their
      classes; corners (n, 2) int64: row and column of the patch's first pixel in its image;
    - looked: how many images were gone through; field (2,) int64: height and width of the patch;
    - label: of the layer; unfinished: whether there is more to go through.

    Raises Unsuited where there is no such layer or unit; ValueError for data that are no images.
    """
    moment_of(run)
    if run.dataset.image is None:
        raise ValueError("these data are no images")
    found, unfinished = gradually(
        run, ("patches", tuple(path), unit, shown), lambda now: _search(now, path, unit, shown)
    )
    return {**found, "unfinished": unfinished}


def _search(moment: Any, path: tuple[int, ...], unit: int, shown: int) -> Iterator[dict[str, Any] | None]:
    """Go through the images some at a time; what is shown changes only when all are through, but for the first."""
    place = at_path(moment, path)
    x = moment.dataset.x_train
    rows = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_IMAGES)).round().astype(np.int64))
    values, spots = np.zeros(0, np.float32), np.zeros((0, 2), np.int64)
    for start in range(0, len(rows), AT_ONCE):
        some = x[rows[start : start + AT_ONCE]]
        with looking(moment.module) as module:
            answer = until(module, place.path, torch.tensor(some, device=device_of(module)))
        if not 0 <= unit < answer.shape[1]:
            raise Unsuited("This layer has no such unit.")
        found, where = _strongest(answer[:, unit])
        values, spots = np.concatenate([values, found]), np.concatenate([spots, where])
        last = start + AT_ONCE >= len(rows)
        yield _best(moment, place, rows, values, spots, shown) if last or not start else None


def _strongest(answer: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The largest answer (n,) in each image, and where it is (n, 2); of (n, h, w), or of (n,) without places."""
    maps = answer.reshape(len(answer), 1, -1)[:, 0]
    values, at = torch.nan_to_num(maps, nan=-torch.inf).max(dim=1)
    width = answer.shape[-1] if answer.ndim == 3 else 1
    at = at.cpu().numpy()
    return values.float().cpu().numpy(), np.stack([at // width, at % width], axis=1)


def _best(
    moment: Any, place: Place, rows: np.ndarray, values: np.ndarray, spots: np.ndarray, shown: int
) -> dict[str, Any]:
    best = np.argsort(-values, kind="stable")[:shown]
    chosen = rows[best]
    images = pictures(moment.dataset, moment.dataset.x_train[chosen])
    size, corners = field_of(moment, place, spots[best])
    return {
        "label": place.label,
        "pictures": np.stack([_cut(*pair, size) for pair in zip(images, corners, strict=True)]),
        "values": values[best],
        "rows": chosen,
        "labels": moment.dataset.y_train[chosen],
        "corners": corners,
        "field": np.array(size),
        "looked": len(values),
    }


def field_of(moment: Any, place: Place, spots: np.ndarray) -> tuple[tuple[int, int], np.ndarray]:
    """(size, corners): height and width of what values at `spots` (n, 2) of a layer see, and where that begins (n, 2).

    A side on which they see more than the image has is the image's.
    """
    image = moment.dataset.image
    sides: dict[Any, Any] = {}
    for other in places_of(moment)[:-1]:
        sides[other.path], sides[(*other.path, "after")] = other.card.before[1:], other.card.after[1:]
    if len(place.card.after) != 3:
        return tuple(image[1:]), np.zeros_like(spots)
    spans = fields(moment.experiment.network, place.path, image, spots, sides)
    size, corners = (spans[:, :, 1] - spans[:, :, 0] + 1).max(axis=0), spans[:, :, 0].copy()
    whole = size > image[1:]
    corners[:, whole] = 0
    return tuple(np.where(whole, image[1:], size).tolist()), corners


def _cut(picture: np.ndarray, corner: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The patch of this size whose first pixel is at `corner`; grey where it is over the edge."""
    patch = np.full((*size, *picture.shape[2:]), 128, np.uint8)
    sides = [
        slice(max(at, 0), min(at + seen, side)) for at, seen, side in zip(corner, size, picture.shape, strict=False)
    ]
    inside = picture[sides[0], sides[1]]
    top, left = sides[0].start - corner[0], sides[1].start - corner[1]
    patch[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return patch
