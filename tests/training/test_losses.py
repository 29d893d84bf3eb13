"""Loss functions against torch.nn.functional and, where it has none, against the formula in double precision."""

import pytest
import torch
import torch.nn.functional as F

from playground.experiment import REGISTRIES
from playground.training.tasks.losses import loss_function

torch.manual_seed(0)
SCORES = torch.randn(40, 3) * 4
LABELS = torch.randint(0, 3, (40,))
VALUES = torch.randn(40, 1) * 3
NUMBERS = torch.randn(40, 1)
SIGNS = torch.randint(0, 2, (40, 1)).float() * 2 - 1


def made(kind, **given):
    return loss_function(REGISTRIES["loss"][kind](kind=kind, **given))


def double_focal(y, t, gamma):
    p = F.softmax(y.double(), 1)[torch.arange(len(t)), t]
    return (-((1 - p) ** gamma) * p.log()).mean().float()


CASES = [
    ("cross_entropy", {}, SCORES, LABELS, F.cross_entropy),
    ("cross_entropy", {"label_smoothing": 0.2}, SCORES, LABELS,
     lambda y, t: F.cross_entropy(y, t, label_smoothing=0.2)),
    ("bce", {}, VALUES, (SIGNS + 1) / 2, F.binary_cross_entropy_with_logits),
    ("hinge", {}, VALUES, SIGNS, lambda y, t: F.hinge_embedding_loss(1 - (1 - t * y), -torch.ones_like(y), 1.0)),
    ("hinge", {"margin": 0.5}, VALUES, SIGNS, lambda y, t: F.hinge_embedding_loss(t * y, -torch.ones_like(y), 0.5)),
    ("focal", {"gamma": 0.0}, SCORES, LABELS, F.cross_entropy),
    ("focal", {"gamma": 2.0}, SCORES, LABELS, lambda y, t: double_focal(y, t, 2.0)),
    ("focal", {"gamma": 0.5}, SCORES, LABELS, lambda y, t: double_focal(y, t, 0.5)),
    ("mse", {}, VALUES, NUMBERS, F.mse_loss),
    ("half_mse", {}, VALUES, NUMBERS, lambda y, t: F.mse_loss(y, t) / 2),
    ("mae", {}, VALUES, NUMBERS, F.l1_loss),
    ("huber", {"delta": 0.7}, VALUES, NUMBERS, lambda y, t: F.huber_loss(y, t, delta=0.7)),
    ("log_cosh", {}, VALUES, NUMBERS, lambda y, t: (y - t).double().cosh().log().mean().float()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "outputs", "targets", "reference"), CASES)
def test_value_and_gradient(kind, given, outputs, targets, reference):
    ours, theirs = outputs.clone().requires_grad_(), outputs.clone().requires_grad_()
    mine, expected = made(kind, **given)(ours, targets), reference(theirs, targets)
    torch.testing.assert_close(mine, expected, rtol=2e-5, atol=1e-6)
    mine.backward()
    expected.backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=2e-4, atol=1e-6)


def test_all_losses_are_compared():
    assert {case[0] for case in CASES} == set(REGISTRIES["loss"])


@pytest.mark.parametrize("kind", REGISTRIES["loss"])
def test_large_outputs_do_not_overflow(kind):
    index = kind in ("cross_entropy", "focal")
    outputs = torch.tensor([[300.0, -300.0], [-300.0, 300.0]]) if index else torch.tensor([[300.0], [-300.0]])
    outputs.requires_grad_()
    targets = torch.tensor([1, 1]) if index else torch.tensor([[1.0], [1.0]])
    loss = made(kind)(outputs, targets)
    loss.backward()
    assert loss.isfinite()
    assert outputs.grad.isfinite().all()
