"""Augmentation equals a reference that takes one pixel of one image after another, however images are batched."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data.augmenting import augmented
from playground.experiment.images import Augmentation
from playground.experiment.randomness import key
from playground.training.augmentation import Augmenter

MASK = 0xFFFFFFFF
IMAGES = [(1, 6, 6), (3, 5, 8), (1, 8, 7)]
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def mix(h):
    h ^= h >> 16
    h = h * 0x7FEB352D & MASK
    h ^= h >> 15
    h = h * 0x846CA68B & MASK
    return h ^ (h >> 16)


def hashed(purpose, seed, epoch, element):
    number = key(seed, purpose)
    base = mix(mix((number & MASK) ^ epoch) ^ (number >> 32))
    return mix((base + element * 0x9E3779B1) & MASK)


def reference(spec, image, seed, x, epoch, row):
    """One image (C, H, W) float64 of the row `row`, as the docstring of `data.augmenting` says."""
    channels, height, width = image
    draw = [hashed("augment", seed, epoch, row * 8 + k) / 2**32 for k in range(8)]
    scale = (1 + spec.zoom) ** (2 * draw[3] - 1)
    angle = math.radians(spec.rotate) * (2 * draw[2] - 1)
    shift_x, shift_y = (spec.shift * (2 * draw[k] - 1) for k in (0, 1))
    mirrored = spec.flip and draw[4] < 0.5
    result = np.zeros(image)
    for i in range(height):
        for j in range(width):
            # Pixels from the middle; the shift taken back, then the turn, the zoom and the mirror.
            across, down = j + 0.5 - width / 2 - shift_x * width, i + 0.5 - height / 2 - shift_y * height
            source_x = (math.cos(angle) * across + math.sin(angle) * down) / scale
            source_y = (-math.sin(angle) * across + math.cos(angle) * down) / scale
            source_x = (-source_x if mirrored else source_x) + width / 2 - 0.5
            source_y += height / 2 - 0.5
            source_x, source_y = min(max(source_x, 0), width - 1), min(max(source_y, 0), height - 1)
            left, top = int(source_x), int(source_y)
            right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
            u, v = source_x - left, source_y - top
            for c in range(channels):
                upper = x[c, top, left] * (1 - u) + x[c, top, right] * u
                lower = x[c, bottom, left] * (1 - u) + x[c, bottom, right] * u
                result[c, i, j] = upper * (1 - v) + lower * v
    if spec.noise:
        for place in np.ndindex(image):
            element = row * channels * height * width + np.ravel_multi_index(place, image)
            radius = (hashed("augment noise", seed, epoch, int(element)) + 0.5) / 2**32
            turn = hashed("augment noise angle", seed, epoch, int(element)) / 2**32
            result[place] += spec.noise * math.sqrt(-2 * math.log(radius)) * math.cos(2 * math.pi * turn)
    if spec.cutout:
        high, wide = max(1, round(spec.cutout * height)), max(1, round(spec.cutout * width))
        top, left = int(draw[6] * height) - high // 2, int(draw[5] * width) - wide // 2
        result[:, max(top, 0) : max(top + high, 0), max(left, 0) : max(left + wide, 0)] = 0
    return result


specs = st.builds(
    Augmentation,
    shift=st.sampled_from([0.0, 0.1, 0.5]),
    rotate=st.sampled_from([0.0, 15.0, 180.0]),
    zoom=st.sampled_from([0.0, 0.3, 1.0]),
    flip=st.booleans(),
    noise=st.sampled_from([0.0, 0.5]),
    cutout=st.sampled_from([0.0, 0.1, 0.5, 0.9]),
)


def some(image, count, seed):
    return np.random.default_rng(seed).standard_normal((count, math.prod(image)), np.float32)


@settings(max_examples=15)
@given(spec=specs, image=st.sampled_from(IMAGES), seed=st.integers(0, 2**31 - 1), epoch=st.integers(0, 10_000))
def test_it_equals_the_reference_on_every_device_and_in_numpy(spec, image, seed, epoch):
    rows = np.array([0, 7, 59_999, 3])
    x = some(image, len(rows), 1)
    expected = np.stack(
        [reference(spec, image, seed, x[k].reshape(image).astype(float), epoch, int(row)) for k, row in enumerate(rows)]
    ).reshape(x.shape)
    np.testing.assert_allclose(augmented(spec, image, seed, x, epoch, rows), expected, atol=3e-5)
    for device in DEVICES:
        found = Augmenter(spec, image, seed, device)(torch.from_numpy(x).to(device), epoch, rows)
        np.testing.assert_allclose(found.cpu(), expected, atol=3e-5)


@settings(max_examples=15)
@given(spec=specs, cut=st.integers(1, 19), order=st.permutations(range(20)))
def test_how_images_are_batched_makes_no_difference(spec, cut, order):
    image, x = (3, 6, 6), torch.from_numpy(some((3, 6, 6), 20, 2))
    vary = Augmenter(spec, image, 5)
    before, whole = x.clone(), vary(x, 3, np.arange(20))
    rows = np.array(order)
    parts = [vary(x[part], 3, part) for part in (rows[:cut], rows[cut:])]
    torch.testing.assert_close(torch.cat(parts), whole[rows], rtol=0, atol=0)
    assert torch.equal(x, before)
    # Rows may be a tensor, and images may come as images.
    as_images = vary(x.view(20, *image), 3, torch.arange(20))
    assert as_images.shape == (20, *image) and torch.equal(as_images.view(20, -1), whole)


@pytest.mark.parametrize("name", ["shift", "rotate", "zoom", "flip", "noise", "cutout"])
def test_each_does_something_and_another_epoch_or_seed_something_else(name):
    spec = Augmentation(**{name: True if name == "flip" else 0.4 if name != "rotate" else 40.0})
    image, rows = (1, 8, 8), np.arange(30)
    x = torch.from_numpy(some(image, 30, 3))
    shown = [Augmenter(spec, image, seed)(x, epoch, rows) for seed, epoch in ((1, 0), (1, 1), (2, 0))]
    assert all(not torch.equal(a, b) for a, b in ((shown[0], x), (shown[0], shown[1]), (shown[0], shown[2])))
    if name == "flip":
        mirrored = (shown[0] != x).any(dim=1)
        assert 5 < mirrored.sum() < 25
        back = shown[0].view(-1, *image).flip(-1).view(30, -1)
        assert torch.equal(back[mirrored], x[mirrored])
    if name == "noise":
        assert abs((shown[0] - x).std() - 0.4) < 0.02 and abs((shown[0] - x).mean()) < 0.02


def test_off_it_gives_back_what_it_gets():
    x = torch.ones(2, 16)
    assert Augmenter(Augmentation(), (1, 4, 4), 0)(x, 0, np.arange(2)) is x
