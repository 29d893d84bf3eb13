"""Optimizers and initialisers: what they say to PyTorch is what PyTorch understands, whatever a person has chosen."""

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.experiment.init import INITIALISERS
from playground.experiment.layers import BatchNorm, LayerNorm, Linear
from playground.experiment.optimizers import LBFGS, OPTIMIZERS, SGD, Adam, Muon, Rprop
from tests.experiment.strategies import edges, entries, least, limits

every_optimizer = pytest.mark.parametrize("entry", OPTIMIZERS, ids=lambda entry: entry.__name__)


def step(optimizer):
    """One step of the real thing on a small matrix; the matrix after it."""
    weights = torch.nn.Parameter(torch.tensor([[1.0, -2.0], [0.5, 3.0]]))
    real = getattr(torch.optim, optimizer.torch_name)([weights], **optimizer.arguments())

    def closure():
        real.zero_grad()
        loss = (weights**2).sum()
        loss.backward()
        return loss

    closure()
    real.step(closure if isinstance(optimizer, LBFGS) else None)
    return weights.detach()


@every_optimizer
def test_pytorch_has_it_and_knows_every_argument(entry):
    real = getattr(torch.optim, entry.torch_name)
    assert set(least(entry).arguments()) <= set(inspect.signature(real).parameters)
    assert least(entry).arguments()["lr"] == least(entry).lr


@every_optimizer
def test_a_step_with_the_defaults_goes_downhill(entry):
    after = step(least(entry))
    assert torch.isfinite(after).all()
    assert (after**2).sum() < 1 + 4 + 0.25 + 9


@every_optimizer
@settings(max_examples=15)
@given(data=st.data())
def test_pytorch_takes_any_parameters(entry, data):
    step(data.draw(entries(entry)))


@every_optimizer
def test_pytorch_takes_the_ends_of_each_range(entry):
    for name, info in entry.parameters().items():
        ends = edges(info) if limits(info) else [False, True]
        for end in ends:
            step(entry.model_validate({"kind": least(entry).kind, name: end}))


def test_betas_and_etas_are_folded():
    assert Adam(kind="adam", beta1=0.8, beta2=0.9).arguments()["betas"] == (0.8, 0.9)
    assert Rprop(kind="rprop", eta_minus=0.4, eta_plus=1.5).arguments()["etas"] == (0.4, 1.5)


def test_nesterov_without_momentum_is_plain_sgd():
    """PyTorch refuses the pair, but a person who drags the momentum down to 0 must not run into an error."""
    assert SGD(kind="sgd", nesterov=True).arguments()["nesterov"] is False
    assert SGD(kind="sgd", nesterov=True, momentum=0.9).arguments()["nesterov"] is True
    assert torch.equal(step(SGD(kind="sgd", nesterov=True)), step(SGD(kind="sgd")))


def test_line_search_is_told_in_pytorchs_words():
    assert LBFGS(kind="lbfgs").arguments()["line_search_fn"] == "strong_wolfe"
    assert LBFGS(kind="lbfgs", line_search=False).arguments()["line_search_fn"] is None


def test_muon_leaves_weight_decay_to_the_trainer():
    assert Muon(kind="muon").arguments()["weight_decay"] == 0.0


def test_every_learning_rate_can_change_while_it_trains():
    for entry in OPTIMIZERS:
        assert entry.model_fields["lr"].json_schema_extra["live"]


@pytest.mark.parametrize("entry", INITIALISERS, ids=lambda entry: entry.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_pytorch_fills_a_matrix_by_every_initialiser(entry, data):
    initialiser = data.draw(entries(entry))
    if not initialiser.torch_name:
        assert initialiser.kind == "default"
        return
    matrix = torch.full((4, 3), torch.nan)
    getattr(torch.nn.init, initialiser.torch_name)(matrix, **initialiser.arguments())
    assert torch.isfinite(matrix).all()
    if initialiser.for_biases:
        bias = torch.full((4,), torch.nan)
        getattr(torch.nn.init, initialiser.torch_name)(bias, **initialiser.arguments())
        assert torch.isfinite(bias).all()


@settings(max_examples=20)
@given(linear=entries(Linear), batch=entries(BatchNorm), layer=entries(LayerNorm))
def test_pytorch_takes_the_arguments_of_layers(linear, batch, layer):
    assert torch.nn.Linear(3, **linear.arguments()).weight.shape == (linear.units, 3)
    assert torch.nn.BatchNorm1d(3, **batch.arguments()).affine == batch.affine
    assert torch.nn.LayerNorm(3, **layer.arguments()).elementwise_affine == layer.affine
