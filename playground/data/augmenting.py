"""How images vary, in numpy: what is drawn for each, and what becomes of them. `training.augmentation` does the same on
the device that trains; this is what it draws from, and what a page shows of it.

What is drawn is a function of (seed, epoch, row of the training part) and nothing else, so how rows are put into
batches does not matter, and a run that is resumed goes on with the images it would have seen. The hash is that of
`experiment.randomness`, in unsigned 32-bit arithmetic that wraps around:

    base    = mix(mix(low(key) ^ epoch) ^ high(key))             key = randomness.key(seed, "augment")
    uniform = mix(base + (row * 8 + k) * 0x9e3779b1) / 2**32     k = 0: shift x, 1: shift y, 2: turn, 3: zoom,
                                                                 4: mirrored, 5: cutout x, 6: cutout y
    normal  = sqrt(-2 ln a) cos(2 pi b)                          a, b: likewise of row * pixels + pixel, with the keys
                                                                 of "augment noise" and "augment noise angle"

First an image is mirrored, zoomed, turned and shifted, all at once (bilinear; beyond the edge there is more of the
edge), then noise is added, then a square is set to 0, which is the mean.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playground.experiment.images import Augmentation
from playground.experiment.randomness import hashed, key

DRAWS = 8


class Drawn(NamedTuple):
    """What was drawn for n images.

    affine: (n, 2, 3) float32, from a place in the result to the place in the image, both (x, y, 1) from -1 at one edge
    to 1 at the other: `torch.nn.functional.affine_grid`'s theta. mirrored: (n,) bool, which is in `affine`, too.
    corner: (n, 2) int64, upper left pixel (row, column) of what is blanked out, which may lie outside.
    """

    affine: np.ndarray
    mirrored: np.ndarray
    corner: np.ndarray


def draw(spec: Augmentation, image: tuple[int, int, int], seed: int, epoch: int, rows: np.ndarray) -> Drawn:
    """What is drawn in `epoch` for images (C, H, W) that are these rows (n,) of the training part."""
    _, height, width = image
    elements = rows.astype(np.int64)[:, None] * DRAWS + np.arange(DRAWS)
    uniform = hashed(key(seed, "augment"), epoch, elements).T / 2.0**32
    both = 2 * uniform - 1  # from -1 to 1
    x, y = 2 * spec.shift * both[0], 2 * spec.shift * both[1]
    angle = np.deg2rad(spec.rotate) * both[2]
    scale = (1 + spec.zoom) ** -both[3]
    mirrored = (uniform[4] < 0.5) & spec.flip
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    tall = height / width
    affine = np.array(
        [
            [cos, sin * tall, -(cos * x + sin * tall * y)],
            [-sin / tall, cos, -(cos * y - sin / tall * x)],
        ]
    )
    affine[0] *= np.where(mirrored, -1.0, 1.0)
    sides = cut(spec, image)
    corner = np.stack(
        [
            (uniform[6] * height).astype(np.int64) - sides[0] // 2,
            (uniform[5] * width).astype(np.int64) - sides[1] // 2,
        ],
        axis=1,
    )
    return Drawn(np.ascontiguousarray(affine.transpose(2, 0, 1), np.float32), mirrored, corner)


def cut(spec: Augmentation, image: tuple[int, int, int]) -> tuple[int, int]:
    """Height and width in pixels of what is blanked out; (0, 0) for nothing."""
    if not spec.cutout:
        return 0, 0
    return max(1, round(spec.cutout * image[1])), max(1, round(spec.cutout * image[2]))


def normal(seed: int, epoch: int, rows: np.ndarray, pixels: int) -> np.ndarray:
    """The noise of these rows, (n, pixels) float32, of mean 0 and deviation 1 (Box and Muller 1958)."""
    elements = rows.astype(np.int64)[:, None] * pixels + np.arange(pixels)
    radius = (hashed(key(seed, "augment noise"), epoch, elements) + np.float32(0.5)) / np.float32(2**32)
    angle = hashed(key(seed, "augment noise angle"), epoch, elements) * np.float32(2 * np.pi / 2**32)
    return np.sqrt(-2 * np.log(radius, dtype=np.float32)) * np.cos(angle, dtype=np.float32)


def augmented(
    spec: Augmentation, image: tuple[int, int, int], seed: int, x: np.ndarray, epoch: int, rows: np.ndarray
) -> np.ndarray:
    """Standardised images x (n, C*H*W) float32, which are these rows of the training part, as `epoch` shows them."""
    drawn = draw(spec, image, seed, epoch, rows)
    images = x.reshape(-1, *image)
    if spec.moves:
        images = _moved(images, drawn.affine)
    elif spec.flip:
        images = np.where(drawn.mirrored[:, None, None, None], images[..., ::-1], images)
    if spec.noise:
        images = images + np.float32(spec.noise) * normal(seed, epoch, rows, x.shape[1]).reshape(images.shape)
    if spec.cutout:
        images = np.where(blanked(drawn.corner, cut(spec, image), image)[:, None], np.float32(0), images)
    return images.reshape(x.shape)


def blanked(corner: np.ndarray, sides: tuple[int, int], image: tuple[int, int, int]) -> np.ndarray:
    """Which pixels lie in the square that is blanked out, (n, H, W) bool."""
    down = np.arange(image[1]) - corner[:, :1]
    across = np.arange(image[2]) - corner[:, 1:]
    return ((down >= 0) & (down < sides[0]))[:, :, None] & ((across >= 0) & (across < sides[1]))[:, None, :]


def _moved(images: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """As `grid_sample(images, affine_grid(affine), padding_mode="border", align_corners=False)`."""
    count, channels, height, width = images.shape
    across = (2 * np.arange(width) + 1) / width - 1
    down = (2 * np.arange(height) + 1) / height - 1
    places = np.stack(np.broadcast_arrays(across[None, :], down[:, None], 1.0), axis=-1)
    x, y = np.einsum("nij,hwj->inhw", affine.astype(np.float64), places)
    x = (((x + 1) * width - 1) / 2).clip(0, width - 1)
    y = (((y + 1) * height - 1) / 2).clip(0, height - 1)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    part_x, part_y = (x - left)[:, None], (y - top)[:, None]
    image, channel = np.arange(count)[:, None, None, None], np.arange(channels)[None, :, None, None]

    def at(row: np.ndarray, column: np.ndarray) -> np.ndarray:
        return images[image, channel, row[:, None], column[:, None]]

    upper = at(top, left) * (1 - part_x) + at(top, right) * part_x
    lower = at(bottom, left) * (1 - part_x) + at(bottom, right) * part_x
    return (upper * (1 - part_y) + lower * part_y).astype(np.float32)
