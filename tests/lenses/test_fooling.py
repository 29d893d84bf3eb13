"""The lenses that fool a network: what they change, what it says then, and how often it is still right."""

import numpy as np
import pytest
import torch
from torch import nn

from playground import lenses
from playground.lenses.attacks.fooling import LADDER
from playground.lenses.pixels import PixelNetwork
from tests.lenses.moments import moment_of
from tests.lenses.seeing import DENSE, OfPixels, digits, trainer
from tests.pictures import own_images

ROW = {"part": "test", "index": 5}


@pytest.fixture(scope="module")
def moment():
    """Of a network that has learnt a little: there is something to fool."""
    run = trainer()
    run.advance(epochs=4)
    return run.at()


def attacked(net, image, label, epsilon, steps, towards=None):
    """Projected gradient descent on the cross-entropy, written out."""
    changed = image.clone()
    for _ in range(steps):
        changed = changed.detach().requires_grad_()
        loss = nn.functional.cross_entropy(net(changed), torch.tensor([label if towards is None else towards]))
        (slope,) = torch.autograd.grad(loss, changed)
        step = 2.5 * epsilon / steps if steps > 1 else epsilon
        moved = changed + (step if towards is None else -step) * slope.sign()
        changed = (image + (moved - image).clamp(-epsilon, epsilon)).clamp(0, 1)
    return changed.detach()


@pytest.mark.parametrize("towards", [None, 3])
@pytest.mark.parametrize(("method", "steps"), [("fgsm", 1), ("pgd", 5)])
def test_an_attack_is_the_loop_written_out(moment, method, steps, towards):
    found = lenses.attack(moment, ROW, method=method, epsilon=0.07, steps=steps, towards=towards)
    net = OfPixels(moment)
    x, label = net.image(moment, 5), int(moment.dataset.y_test[5])
    expected = attacked(net, x, label, 0.07, steps, towards)
    np.testing.assert_allclose(found["delta"], (expected - x)[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(found["before"], net.shares(moment, x)[0], atol=1e-5)
    np.testing.assert_allclose(found["after"], net.shares(moment, expected)[0], atol=1e-3)
    assert np.abs(found["delta"]).max() <= 0.07 + 1e-6
    assert (found["label"], found["towards"]) == (label, -1 if towards is None else towards)
    assert found["away"] == (label if towards is None else -1)
    assert found["epsilons"].tolist() == list(LADDER)
    for place, epsilon in enumerate(LADDER):
        trial = attacked(net, x, label, epsilon, steps, towards)
        shares = net.shares(moment, trial)[0]
        assert found["seen"][place] == shares.argmax()
        np.testing.assert_allclose(found["sure"][place], shares.max(), atol=1e-3)
    assert found["trials"].shape == (len(LADDER), 8, 8)
    assert not found["unfinished"]


def test_an_image_of_one_s_own_is_led_away_from_what_it_is_seen_as(moment):
    found = lenses.attack(moment, {"pixels": "AAAA" * 21 + "AA=="}, epsilon=0.3)
    assert (found["label"], found["away"]) == (-1, found["before"].argmax())
    assert found["delta"].min() >= 0  # black cannot get darker
    assert found["after"][found["away"]] <= found["before"][found["away"]]


def test_no_epsilon_is_no_change(moment):
    found = lenses.attack(moment, ROW, epsilon=0.0)
    np.testing.assert_array_equal(found["delta"], 0)
    np.testing.assert_array_equal(found["picture"], found["fooled"])


def test_robust_accuracy_is_counted_image_by_image(moment):
    found = lenses.robustness(moment, samples=12, most=0.12, steps=3)
    net = OfPixels(moment)
    rows = np.linspace(0, len(moment.dataset.y_test) - 1, 12).round().astype(int)
    right = np.zeros((2, len(found["epsilons"])))
    for row in rows:
        x, label, standing = net.image(moment, row), int(moment.dataset.y_test[row]), True
        for place, epsilon in enumerate(found["epsilons"]):
            for method, steps in enumerate((1, 3)):
                changed = attacked(net, x, label, float(epsilon), steps)
                held = net.shares(moment, changed).argmax() == label
                standing = standing and (held or method == 0)  # what fooled it once is allowed ever after
                right[method, place] += held if method == 0 else standing
    np.testing.assert_array_equal(found["fgsm"], right[0] / 12)
    np.testing.assert_array_equal(found["pgd"], right[1] / 12)
    assert (found["epsilons"][0], found["epsilons"][-1]) == (0.0, 0.12)
    assert (found["measured"], found["samples"], found["unfinished"]) == (12, 12, False)
    assert (np.diff(found["pgd"]) <= 0).all()


def test_a_single_output_is_the_scores_of_two_classes():
    moment = moment_of({"kind": "images", "images": own_images(), "size": 8}, DENSE, loss="bce")
    network = PixelNetwork(moment)
    images = network.pixels(moment.dataset.x_train[:6])
    scores = network.scores(images)
    assert scores.shape == (6, 2)
    shares = network.shares(images)
    np.testing.assert_allclose(scores.softmax(dim=1).numpy(), shares, atol=1e-5)
    outputs = moment.module(torch.tensor(moment.dataset.x_train[:6]))
    assert (moment.task.predicted(outputs) == scores.argmax(dim=1)).all()
    assert lenses.attack(moment, epsilon=0.2)["before"].shape == (2,)


def test_pixels_are_those_of_the_data_and_silences_hold():
    moment = digits()
    network = PixelNetwork(moment)
    x = moment.dataset.x_test[:5]
    images = network.pixels(x)
    assert images.min() >= 0
    assert images.max() <= 1
    with torch.no_grad():
        torch.testing.assert_close(network.scores(images), moment.module.eval()(torch.tensor(x)), atol=1e-4, rtol=1e-4)
        moment.module.silence({(10,): [0, 3], "head": [2]})
        silent = PixelNetwork(moment)
        expected = moment.module(torch.tensor(x))
        torch.testing.assert_close(silent.scores(images), expected, atol=1e-4, rtol=1e-4)
    assert (expected[:, 2] == 0).all()
    assert not any(p.requires_grad for p in network.module.parameters())
    assert all(p.requires_grad for p in moment.module.parameters())
