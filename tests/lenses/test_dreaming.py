"""Dreams: gradient ascent on pixels, against a plain loop; they end where they must."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import nn

from playground import lenses
from playground.lenses.dreaming.ascent import BLUR_GAP, RATE, Dream, Recipe, blurred
from playground.lenses.dreaming.dreams import colours_of
from playground.lenses.hurry import a_little_at_a_time
from playground.lenses.pixels import PixelNetwork
from playground.training import Trainer
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import LAST, digits, trainer

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


def test_colours_change_together_as_in_the_training_images():
    run = Trainer(experiment_of({"kind": "shapes", "samples": 200}, [{"kind": "conv2d", "channels": 3, "kernel": 5}]))
    network = PixelNetwork(run)
    pixels = run.dataset.x_train[:256] * run.dataset.input_scale[1] + run.dataset.input_scale[0]
    covariance = np.cov(pixels.reshape(-1, 3, 784).transpose(1, 0, 2).reshape(3, -1))
    found = colours_of(network)
    np.testing.assert_allclose(found.numpy(), covariance, atol=1e-4)
    weights = torch.randn(1, 3, 28, 28, generator=torch.manual_seed(0))
    dream = Dream(PLAIN, torch.full((3, 1, 1), 0.5), (3, 28, 28), range(1), found)
    before = dream.images
    dream.step(lambda images, _first: (images * weights).sum(dim=(1, 2, 3)))
    slope = np.tensordot(covariance, weights[0].numpy(), 1)
    np.testing.assert_allclose((dream.images - before)[0], RATE * slope / np.sqrt((slope**2).mean()), atol=1e-4)
    alone, together = (lenses.dream(run, (0,), steps=3, colours=colours)["images"] for colours in (False, True))
    assert (alone != together).any()


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
        radius = int(np.ceil(4 * deviation))
        expected = gaussian_filter(images.double().numpy(), (0, 0, deviation, deviation), mode="nearest",
                                   radius=(0, 0, radius, radius))  # fmt: skip
        np.testing.assert_allclose(blurred(images, deviation).numpy(), expected, atol=1e-5)


def test_every_unit_gets_a_dream_that_excites_it():
    moment = digits()
    for path, count, unit in (((), 10, "unit"), ((0,), 4, "filter"), (LAST, 6, "filter"), ((9,), 8, "unit")):
        start, end = (lenses.dream(moment, path, steps=steps) for steps in (1, 40))
        assert (end["count"], end["unit"], end["classes"]) == (count, unit, path == ())
        assert end["units"].tolist() == list(range(count))
        assert end["images"].shape == (count, 8, 8)
        assert (end["taken"], end["unfinished"]) == (40, False)
        assert (end["excitement"] > start["excitement"]).mean() > 0.8, path
    few = lenses.dream(moment, (9,), first=5, shown=4, steps=40)
    assert few["units"].tolist() == [4, 5, 6, 7]  # the last four
    whole_ = lenses.dream(moment, (9,), steps=40)
    np.testing.assert_array_equal(few["images"], whole_["images"][4:])
    np.testing.assert_allclose(few["excitement"], whole_["excitement"][4:], rtol=1e-3)


def test_the_excitement_is_the_layer_s_own():
    """The mean of the filter's map, as a hook sees it."""
    moment = digits()
    found = lenses.dream(moment, LAST, steps=1, jitter=0)
    network = PixelNetwork(moment)
    ground = network.mean.reshape(1, 8, 8).mean(dim=(1, 2), keepdim=True)
    noise = Dream(Recipe(0, 0.5, 0.02, 0), ground, (1, 8, 8), range(6))
    kept = []
    hook = network.module.at(LAST).register_forward_hook(lambda _layer, _given, output: kept.append(output))
    network.scores(noise.images)
    hook.remove()
    np.testing.assert_allclose(found["excitement"], kept[0].mean(dim=(2, 3)).diagonal().numpy(), rtol=1e-4)


def test_a_dream_goes_on_at_every_look_while_the_network_trains():
    run = trainer()
    taken = []
    for _ in range(3):
        with a_little_at_a_time():
            found = lenses.dream(run, steps=10_000)
        taken.append(found["taken"])
        run.advance(steps=1)
    assert 0 < taken[0] < taken[1] < taken[2]
    assert found["unfinished"]
    assert rested(run.at(0), 2) == rested(run.at(0), 2) == 2  # a network that stays as it is
    run.reset()
    assert rested(run, 3) == 3  # another run begins with noise again


def rested(run, steps):
    """The steps that a dream has had when it goes on no more."""
    while True:
        with a_little_at_a_time():
            found = lenses.dream(run, steps=steps)
        if not found["unfinished"]:
            return found["taken"]


def test_a_layer_that_is_not_there():
    with pytest.raises(ValueError, match="not there"):
        lenses.dream(digits(), (77,))
