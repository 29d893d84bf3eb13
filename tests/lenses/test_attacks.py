"""FGSM and PGD, against captum's robust module; what they are allowed, and what they never do."""

import pytest
import torch
from captum import robust
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from playground.lenses.attacks.methods import fgsm, margin, pgd, uphill
from playground.lenses.gradual import whole
from tests.lenses.attribution.nets import CLASSES, cases

few = settings(max_examples=15)
epsilons = st.floats(0.01, 0.5)


def images_for(case, count=3):
    torch.manual_seed(case.target)
    return torch.rand(count, *case.x.shape[1:], dtype=torch.float64), torch.randint(0, CLASSES, (count,))


def every_slope(attack):
    """Captum leaves pixels alone whose gradient is below a millionth; here each counts."""
    attack.zero_thresh = 0.0
    return attack


@few
@given(cases(), epsilons, st.booleans())
def test_fgsm(case, epsilon, towards):
    images, labels = images_for(case)
    theirs = every_slope(robust.FGSM(case.net, nn.CrossEntropyLoss(reduction="none"), 0.0, 1.0))
    expected = theirs.perturb(images, epsilon, labels, targeted=towards)
    torch.testing.assert_close(fgsm(case.net, images, labels, epsilon, towards=towards), expected)
    assert all(p.grad is None for p in case.net.parameters())


@few
@given(cases(), epsilons, st.integers(1, 5), st.booleans())
def test_pgd(case, epsilon, steps, towards):
    images, labels = images_for(case)
    theirs = robust.PGD(case.net, nn.CrossEntropyLoss(reduction="none"), 0.0, 1.0)
    every_slope(theirs.fgsm)
    expected = theirs.perturb(images, epsilon, 2.5 * epsilon / steps, steps, labels, targeted=towards)
    found = whole(pgd(case.net, images, labels, epsilon, steps, towards=towards))
    torch.testing.assert_close(found, expected)
    assert (found - images).abs().max() <= epsilon + 1e-12
    assert found.min() >= 0
    assert found.max() <= 1


def test_each_image_may_have_an_epsilon_of_its_own():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(32, 3)).double()
    images, labels = torch.rand(2, 1, 6, 6, dtype=torch.float64), torch.tensor([0, 2])
    both = torch.tensor([0.1, 0.3], dtype=torch.float64)[:, None, None, None]
    together = whole(pgd(net, images, labels, both, 4)), fgsm(net, images, labels, both)
    for row, epsilon in enumerate((0.1, 0.3)):
        one = slice(row, row + 1)
        torch.testing.assert_close(together[0][one], whole(pgd(net, images[one], labels[one], epsilon, 4)))
        torch.testing.assert_close(together[1][one], fgsm(net, images[one], labels[one], epsilon))


def test_a_network_that_is_very_sure_is_attacked_all_the_same():
    """The gradient of the cross-entropy itself is nothing in 32 bits there."""

    def scores(images):
        total = images.sum(dim=(1, 2, 3))
        return torch.stack([200 * total, -200 * total], dim=1)

    images, labels = torch.full((1, 1, 2, 2), 0.5), torch.tensor([0])
    direct = images.clone().requires_grad_()
    nn.functional.cross_entropy(scores(direct), labels).backward()
    assert not direct.grad.any()
    assert torch.equal(uphill(scores, images, labels), -torch.ones(1, 1, 2, 2))


@pytest.mark.parametrize("label", range(3))
def test_the_margin_is_the_cross_entropy_by_another_name(label):
    scores, labels = torch.tensor([[0.3, -1.2, 2.0]]), torch.tensor([label])
    expected = nn.functional.cross_entropy(scores, labels, reduction="none")
    torch.testing.assert_close(nn.functional.softplus(margin(scores, labels)), expected)
