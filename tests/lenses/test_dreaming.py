"""Dreams: gradient ascent on pixels, against a plain loop; they end where they must."""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch import nn

from playground.lenses.dreaming.ascent import BLUR_GAP, RATE, Dream, Recipe, blurred

GROUND = torch.full((1, 1, 1), 0.4)
PLAIN = Recipe(jitter=0, blur=0.0, decay=0.0, seed=0)
SHAPE = (1, 7, 6)


def test_a_linear_unit_dreams_of_its_own_weights():
    torch.manual_seed(0)
    weights = torch.randn(2, *SHAPE)
    dream = Dream(PLAIN, GROUND, SHAPE, range(2))
    for _ in range(400):
        dream.step(lambda images, _first: (images * weights).sum(dim=(1, 2, 3)))
    clear = weights.abs() > 0.1
    assert torch.equal(dream.images[clear], (weights > 0).float()[clear])


def test_each_step_is_the_one_of_a_plain_loop():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh())
    recipe = Recipe(jitter=2, blur=0.7, decay=0.05, seed=4)
    dream, alone = Dream(recipe, GROUND, SHAPE, range(3)), Dream(recipe, GROUND, SHAPE, range(2, 3))
    assert torch.equal(dream.images[2:], alone.images)
    image = dream.images[2].numpy().astype(np.float64)
    for step in range(1, 2 * BLUR_GAP + 1):
        down, right = dream._shift()
        found = dream.step(lambda images, first: net(images).mean(dim=(2, 3))[:, first:].diagonal(), bite=2)
        x = torch.tensor(np.roll(image, (down, right), (1, 2)), dtype=torch.float32)[None].requires_grad_()
        value = net(x)[0, 2].mean()
        np.testing.assert_allclose(found[2].item(), value.item(), atol=1e-5)
        (slope,) = torch.autograd.grad(value, x)
        slope = np.roll(slope[0].numpy().astype(np.float64), (-down, -right), (1, 2))
        image = image + RATE * slope / np.sqrt((slope**2).mean())
        if step % BLUR_GAP == 0:
            image = gaussian_filter(image, (0, 0.7, 0.7), mode="nearest", radius=(0, 3, 3))
        image = np.clip(0.4 + 0.95 * (image - 0.4), 0, 1)
        np.testing.assert_allclose(dream.images[2].numpy(), image, atol=1e-5)


def test_the_shift_goes_both_ways_and_depends_on_the_seed_and_the_step_only():
    dream = Dream(Recipe(3, 0.0, 0.0, seed=1), GROUND, SHAPE, range(1))
    shifts = []
    for step in range(60):
        dream.steps = step
        shifts.append(dream._shift())
    again = Dream(Recipe(3, 0.0, 0.0, seed=1), GROUND, SHAPE, range(1))
    assert again._shift() == shifts[0]
    assert {one for pair in shifts for one in pair} == set(range(-3, 4))


def test_a_unit_that_answers_nothing_leaves_its_dream_alone():
    dream = Dream(PLAIN, GROUND, SHAPE, range(1))
    before = dream.images.clone()
    dream.step(lambda images, _first: (images * 0).sum(dim=(1, 2, 3)))
    assert torch.equal(dream.images, before)


def test_blur_is_a_gaussian():
    images = torch.rand(2, 3, 5, 9)
    for deviation in (0.4, 1.0, 2.5):
        expected = gaussian_filter(images.numpy(), (0, 0, deviation, deviation), mode="nearest", truncate=4.0)
        radius = int(np.ceil(4 * deviation))
        expected = gaussian_filter(images.double().numpy(), (0, 0, deviation, deviation), mode="nearest",
                                   radius=(0, 0, radius, radius))  # fmt: skip
        np.testing.assert_allclose(blurred(images, deviation).numpy(), expected, atol=1e-5)
