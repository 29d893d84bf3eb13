"""The attribution methods, against captum's of the same name, over networks of any geometry."""

import captum.attr as captum
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from playground.lenses.attribution import methods
from playground.lenses.gradual import whole
from tests.lenses.attribution.nets import cases

few = settings(max_examples=15)


def score_of(case):
    return lambda images: case.net(images)[:, case.target]


def same(one, two, rtol=1e-9):
    torch.testing.assert_close(one, two, rtol=rtol, atol=rtol * 1e-2)


@few
@given(cases())
def test_input_gradient(case):
    theirs = captum.Saliency(case.net).attribute(case.x, case.target, abs=False)
    same(whole(methods.input_gradient(score_of(case), case.x)), theirs[0])
    assert all(p.grad is None for p in case.net.parameters())


@few
@given(cases(), st.integers(1, 6), st.integers(1, 4))
def test_smooth_grad(case, copies, bite):
    torch.manual_seed(1)
    noise = torch.normal(0, torch.full((copies, *case.x.shape[1:]), 0.3))
    torch.manual_seed(1)  # they draw the same, in 32 bits
    theirs = captum.NoiseTunnel(captum.Saliency(case.net)).attribute(
        case.x, nt_type="smoothgrad", nt_samples=copies, stdevs=0.3, target=case.target, abs=False
    )
    same(whole(methods.smooth_grad(score_of(case), case.x, noise, bite)), theirs[0])


@few
@given(cases(), st.integers(2, 20), st.integers(1, 8), st.floats(0, 1))
def test_integrated_gradients(case, steps, bite, shade):
    reference = torch.full_like(case.x, shade)
    theirs = captum.IntegratedGradients(case.net).attribute(case.x, reference, case.target, n_steps=steps)
    found = whole(methods.integrated_gradients(score_of(case), case.x, reference, steps, bite))
    same(found, theirs[0], rtol=1e-6)  # their places and weights have 32 bits


def test_integrated_gradients_are_complete():
    """Of a smooth network they add up to what they explain (Sundararajan et al., axiom of completeness)."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 2)).double()
    x, black = torch.rand(1, 1, 6, 6, dtype=torch.float64), torch.zeros(1, 1, 6, 6, dtype=torch.float64)
    found = whole(methods.integrated_gradients(lambda images: net(images)[:, 1], x, black, 32))
    same(found.sum(), (net(x) - net(black))[0, 1])


@few
@given(cases())
def test_grad_cam(case):
    layer = captum.LayerGradCam(case.net, case.maps)
    theirs = layer.attribute(case.x, case.target, relu_attributions=True)
    kept = []
    hook = case.maps.register_forward_hook(lambda _layer, _inputs, output: kept.append(output))
    found = methods.grad_cam(score_of(case)(case.x), kept[0])
    hook.remove()
    same(found, theirs[:, 0].detach())
    size = case.x.shape[2:]
    stretched = captum.LayerAttribution.interpolate(theirs, tuple(size), interpolate_mode="bilinear")
    same(methods.enlarged(found, *size), stretched[:, 0].detach())


@few
@given(cases(), st.integers(1, 5), st.integers(1, 5), st.integers(1, 9), st.floats(0, 1))
def test_occlusion(case, window, stride, bite, shade):
    assume(stride <= window)
    theirs = captum.Occlusion(case.net).attribute(
        case.x, (case.x.shape[1], window, window), strides=(case.x.shape[1], stride, stride), baselines=shade,
        target=case.target,
    )  # fmt: skip
    reference = torch.full_like(case.x, shade)
    found = whole(methods.occlusion(score_of(case), case.x, reference, window, stride, bite))
    for channel in theirs[0]:  # a window covers all channels, and they all get what it costs
        torch.testing.assert_close(found.float(), channel, rtol=1e-5, atol=1e-6)
