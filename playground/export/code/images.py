"""Images in a script: the pixels themselves, packed; many of them as a file beside it. And how they vary."""

from __future__ import annotations

import base64
import io
import zlib
from functools import lru_cache
from typing import Any

import numpy as np

from playground.data import load
from playground.data.augmenting import cut
from playground.data.dataset import Dataset
from playground.experiment import Head
from playground.export.code.cell import Cell
from playground.export.code.targets import coded
from playground.export.code.writing import block, digits, lines, listed, literal

MOST_BYTES = 150_000
"""Pixels that a script may hold (some 100 kB of text); more come as a file beside it."""
IMAGES_FILE = "images.npz"
MEASURED, PIXELS_MEASURED = 1_000, 1_000_000
"""Of each part so many images are measured along a run, or more while they have no more pixels; as in `training`."""


def many(dataset: Dataset) -> bool:
    """Whether the images are a file of their own, see `images_file`."""
    return dataset.x_train.size + dataset.x_test.size > MOST_BYTES


def images_file(dataset: Dataset) -> bytes:
    """The .npz that the script reads: `x` (n, C, H, W) uint8, those to train on first, and `y` (n,), their classes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=pixels(dataset), y=_labels(dataset).astype(np.uint8))
    return buffer.getvalue()


def pixels(dataset: Dataset) -> np.ndarray:
    """All images as they were before they were standardised, (n, C, H, W) uint8."""
    mean, deviation = dataset.input_scale
    given = np.concatenate([dataset.x_train, dataset.x_test])
    found = np.empty(given.shape, np.uint8)
    for row, image in enumerate(given):  # one by one: in double precision all would take a great deal of room
        found[row] = np.rint((image * deviation + mean) * 255)
    return found.reshape(-1, *dataset.image)


def _labels(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.y_train, dataset.y_test])


def measured(spec: Any) -> tuple[int | None, int | None]:
    """How many of the training and of the test samples are measured; None for all."""
    if spec.family != "image":
        return None, None
    dataset = load(spec)
    most = max(MEASURED, PIXELS_MEASURED // dataset.x_train.shape[1])
    return tuple(most if count > most else None for count in (len(dataset.x_train), len(dataset.x_test)))


def image_cells(spec: Any, head: Head, as_images: bool) -> tuple[Cell, Cell | None]:
    """The cell that defines `load_data` for images, and one with their pixels (None where they are a file).

    as_images: whether the network takes (n, C, H, W), otherwise a list of pixels.
    """
    dataset = load(spec)
    count, train = len(dataset.x_train) + len(dataset.x_test), len(dataset.x_train)
    channels, height, width = dataset.image
    read, imports, kept = _packed(spec), ("import base64", "import zlib"), None
    if many(dataset):
        kept = f'file = np.load("{IMAGES_FILE}")  # keep it beside this file\npixels, labels = file["x"], file["y"]'
    loader = block(
        f'''
        def load_data():
            """{count:,} images of {width} x {height} pixels: the first {train:,} train, the others test."""
            <read>
            # What the network sees of the 256 values that a pixel can have.
            <seen>
            x = torch.tensor(x{"" if as_images else ".reshape(len(x), -1)"})
            labels = labels.astype(int)
            y = {coded("labels", head, len(dataset.classes))}
            return x[:{train}], y[:{train}], x[{train}:], y[{train}:]
        ''',
        seen=_COLOUR if channels > 1 else _GREY,
        read=kept or read[0].format(count=count, shape=f"{count}, {channels}, {height}, {width}"),
    )
    known = lines(
        listed("CLASSES = [", map(literal, dataset.classes), "]"),
        *_scale(dataset),
    )
    text = "Every channel has mean 0 and standard deviation 1 over the images that train."
    needs = ("import numpy as np", "import torch") if kept else (*imports, "import numpy as np", "import torch")
    data = Cell("Data", f"{spec.about} {text}", f"{known}\n\n\n{loader}", needs)
    if kept:
        return data, None
    return data, Cell("The images", "Their pixels, packed: nothing has to be downloaded.", digits("IMAGES", read[1]))


_GREY = "x = ((np.arange(256) / 255 - MEAN) / DEVIATION).astype(np.float32)[pixels]"
_COLOUR = """\
x = np.empty(pixels.shape, np.float32)
for channel, (mean, deviation) in enumerate(zip(MEAN, DEVIATION)):
    values = ((np.arange(256) / 255 - mean) / deviation).astype(np.float32)
    x[:, channel] = values[pixels[:, channel]]"""


def _scale(dataset: Dataset) -> list[str]:
    """Mean and deviation of each channel, as assignments."""
    places = dataset.x_train.shape[1] // dataset.image[0]
    named = zip(("MEAN", "DEVIATION"), dataset.input_scale, strict=True)
    found = []
    for name, values in named:
        each = [repr(float(value)) for value in values[::places]]
        found.append(f"{name} = {each[0]}" if len(each) == 1 else listed(f"{name} = [", each, "]"))
    return found


@lru_cache(maxsize=4)
def _packed(spec: Any) -> tuple[str, str]:
    """How few images are read, and their pixels and labels as text; nothing for many."""
    dataset = load(spec)
    if many(dataset):
        return "", ""
    found = pixels(dataset).tobytes() + _labels(dataset).astype(np.uint8).tobytes()
    read = lines(
        'packed = zlib.decompress(base64.b85decode("".join(IMAGES.split())))',
        "packed = np.frombuffer(packed, np.uint8)",
        "pixels, labels = packed[:-{count}].reshape({shape}), packed[-{count}:]",
    )
    return read, base64.b85encode(zlib.compress(found, 9)).decode()


# Augmentation --------------------------------------------------------------------------------------------------------


def varied(spec: Any) -> bool:
    """Whether training images are augmented."""
    return spec.family == "image" and not spec.augment.off


def augmentation_cell(spec: Any, as_images: bool) -> Cell | None:
    """The cell that defines `augmented`; None where images stay as they are."""
    if not varied(spec):
        return None
    augment, image = spec.augment, load(spec).image
    code = block(
        f'''
        def augmented(x, epoch, rows):
            """Images as an epoch shows them: a function of the epoch and their rows."""
            shape = x.shape
            x, rows = x.view(-1, {", ".join(map(str, image))}), rows.numpy()
            <drawn>
            <moved>
            <noise>
            <cutout>
            return x.view(shape)
        ''',
        drawn=_DRAWN if augment.moves or augment.flip or augment.cutout else "",
        moved=_moved(augment),
        noise=_NOISE.format(pixels=int(np.prod(image))) if augment.noise else "",
        cutout=_cutout(augment, image) if augment.cutout else "",
    )
    if as_images:
        code = code.replace("    shape = x.shape\n", "").replace("    return x.view(shape)", "    return x")
        view = f"    x, rows = x.view(-1, {', '.join(map(str, image))}), rows.numpy()\n"
        code = code.replace(view, "    rows = rows.numpy()\n")
    numbers = [
        f"{name.upper()} = {getattr(augment, name)!r}"
        for name in (*(("shift", "rotate", "zoom") if augment.moves else ()), *(("noise",) if augment.noise else ()))
    ]
    whole = "\n\n\n".join(["\n".join(numbers), HASHED.strip("\n"), code] if numbers else [HASHED.strip("\n"), code])
    text = "Training images vary from epoch to epoch, so that none can be learnt by heart."
    return Cell("Augmentation", text, whole, ("import numpy as np", "import torch", "from torch import nn"))


HASHED = '''
def hashed(purpose, epoch, elements):
    """Whole numbers from 0 to 2**32, for each of these elements in this epoch."""
    key = seed_for(SEED, purpose)
    start = mix(mix(key & 0xFFFFFFFF ^ epoch) ^ key >> 32)
    return mix(start + elements * 0x9E3779B1 & 0xFFFFFFFF)
'''

_DRAWN = """\
drawn = hashed("augment", epoch, rows[:, None] * 8 + np.arange(8)).T / 2**32"""

_AFFINE = """\
across, down, turn, size = 2 * drawn[:4] - 1
across, down = 2 * SHIFT * across, 2 * SHIFT * down
turn, size = np.deg2rad(ROTATE) * turn, (1 + ZOOM) ** -size
cos, sin = np.cos(turn) * size, np.sin(turn) * size
theta = np.array(
    [
        [cos, sin, -(cos * across + sin * down)],
        [-sin, cos, -(cos * down - sin * across)],
    ]
)"""
_SAMPLED = """\
theta = torch.tensor(theta.transpose(2, 0, 1), dtype=torch.float32)
grid = nn.functional.affine_grid(theta, x.shape, align_corners=False)
border = {"padding_mode": "border", "align_corners": False}
x = nn.functional.grid_sample(x, grid, **border)"""
_MIRRORED = "mirrored = torch.tensor(drawn[4] < 0.5)[:, None, None, None]\nx = torch.where(mirrored, x.flip(-1), x)"

_NOISE = """\
places = rows[:, None] * {pixels} + np.arange({pixels})
one, two = (
    torch.tensor(hashed(purpose, epoch, places)).float()
    for purpose in ("augment noise", "augment noise angle")
)
size, angle = ((one + 0.5) / 2**32).log().mul(-2).sqrt(), two * (2 * np.pi / 2**32)
x = x + (size * angle.cos() * NOISE).view(x.shape)"""


def _moved(augment: Any) -> str:
    if not augment.moves:
        return _MIRRORED if augment.flip else ""
    flip = "theta[0] *= np.where(drawn[4] < 0.5, -1.0, 1.0)  # mirrored" if augment.flip else ""
    return lines(_AFFINE, flip, _SAMPLED)


def _cutout(augment: Any, image: tuple[int, int, int]) -> str:
    _, height, width = image
    high, wide = cut(augment, image)
    return block(
        f"""
        # A square of {high} x {wide} pixels is blanked out.
        top = (drawn[6] * {height}).astype(int)[:, None] - {high // 2}
        left = (drawn[5] * {width}).astype(int)[:, None] - {wide // 2}
        down, across = np.arange({height}) - top, np.arange({width}) - left
        inside = ((down >= 0) & (down < {high}))[:, :, None]
        inside = inside & ((across >= 0) & (across < {wide}))[:, None, :]
        x = x.masked_fill(torch.tensor(inside)[:, None], 0.0)
        """
    )
