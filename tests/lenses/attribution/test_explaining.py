"""The lens that asks why: captum's answers about the network as a function of pixels, for any class."""

import captum.attr as captum
import numpy as np
import pytest
import torch

from playground import lenses
from playground.lenses.attribution.explaining import METHODS
from playground.lenses.registry import LENSES
from tests.lenses.seeing import DENSE, LAST, OfPixels, digits

ROW = {"part": "test", "index": 3}


@pytest.fixture(scope="module")
def moment():
    return digits()


def close(found, expected, rtol=1e-3):
    scale = float(np.abs(expected).max())
    np.testing.assert_allclose(found, expected, atol=rtol * max(scale, 1e-6))


def test_all_five_are_captum_s(moment):
    found = lenses.explanation(moment, ROW, target=2, steps=16, window=3, noise=0.0)
    net = OfPixels(moment)
    x = net.image(moment, 3)
    gradient = captum.Saliency(net).attribute(x, 2, abs=False)
    integrated = captum.IntegratedGradients(net).attribute(x, torch.zeros_like(x), 2, n_steps=16)
    cam = captum.LayerGradCam(net, net.network.at(LAST)).attribute(x, 2, relu_attributions=True)
    covered = captum.Occlusion(net).attribute(x, (1, 3, 3), strides=(1, 1, 1), baselines=0.0, target=2)
    expected = {
        "gradient": gradient, "smooth_grad": gradient, "integrated": integrated, "occlusion": covered,
        "grad_cam": captum.LayerAttribution.interpolate(cam, (8, 8), "bilinear"),
    }  # fmt: skip
    assert set(expected) == set(METHODS) == set(found["maps"])
    for name, map_ in expected.items():
        close(found["maps"][name], map_[0, 0].detach().numpy())
    close(found["gain"], (net(x) - net(torch.zeros_like(x)))[0, 2].detach().numpy())
    close(found["found"], integrated.sum().detach().numpy())
    np.testing.assert_array_equal(found["picture"], (x[0, 0] * 255).round().numpy())
    np.testing.assert_allclose(found["shares"], net.shares(moment, x)[0], rtol=1e-5)
    assert (found["target"], found["label"]) == (2, moment.dataset.y_test[3])
    assert (found["cam_label"], found["cam_size"].tolist()) == ("Convolution", [3, 3])
    assert not found["unfinished"]


def test_grad_cam_of_every_class_and_of_any_layer(moment):
    net = OfPixels(moment)
    x = net.image(moment, 3)
    found = lenses.explanation(moment, ROW, path=(3, 0), window=8)
    assert found["cam_size"].tolist() == [8, 8]
    layer = captum.LayerGradCam(net, net.network.at((3, 0)))
    for label, evidence in zip(found["classes"], found["evidence"], strict=True):
        close(evidence, layer.attribute(x, int(label), relu_attributions=True)[0, 0].detach().numpy())


def test_smooth_grad_is_the_mean_over_noise_that_depends_on_the_experiment_only(moment):
    one, other = (lenses.explanation(moment, ROW, target=1, samples=40, noise=0.3)["maps"] for _ in range(2))
    np.testing.assert_array_equal(one["smooth_grad"], other["smooth_grad"])
    assert (one["smooth_grad"] != one["gradient"]).any()


@pytest.mark.parametrize(("reference", "shade"), [("black", 0.0), ("white", 1.0), ("mean", None)])
def test_what_it_is_compared_with(moment, reference, shade):
    net = OfPixels(moment)
    x = net.image(moment, 0)
    base = net.mean.reshape(1, 1, 8, 8) if shade is None else torch.full_like(x, shade)
    found = lenses.explanation(moment, target=4, reference=reference, window=4)
    expected = captum.Occlusion(net).attribute(x, (1, 4, 4), strides=(1, 2, 2), baselines=base, target=4)
    close(found["maps"]["occlusion"], expected[0, 0].numpy())
    close(found["gain"], (net(x) - net(base))[0, 4].detach().numpy())


def test_which_class(moment):
    shares = lenses.explanation(moment, ROW)["shares"]
    order = np.argsort(-shares)
    asked = {"predicted": order[0], "second": order[1], "actual": moment.dataset.y_test[3], 7: 7, 99: order[0]}
    for target, expected in asked.items():
        assert lenses.explanation(moment, ROW, target=target, steps=2, samples=1)["target"] == expected
    mine = {"pixels": "AAAA" * 21 + "AA=="}  # 64 black pixels, of no class
    found = lenses.explanation(moment, mine, target="actual", steps=2, samples=1)
    assert (found["label"], found["target"]) == (-1, found["shares"].argmax())


def test_without_convolutions_there_is_no_grad_cam(moment):
    dense = digits(DENSE)
    found = lenses.explanation(dense, ROW)
    assert (found["maps"]["grad_cam"], found["cam_label"]) == (None, "")
    close(found["evidence"][found["target"]], found["maps"]["gradient"])


@pytest.mark.parametrize("loss", ["mse", "hinge"])
def test_the_score_is_what_comes_before_the_output_activation(loss):
    """tanh, after these losses, is flat where the network is sure."""
    moment = digits(loss=loss)
    found = lenses.explanation(moment, ROW, target=5)
    network = moment.module.eval()
    x = torch.tensor(moment.dataset.x_test[3:4]).requires_grad_()
    before = []
    hook = network.head.register_forward_hook(lambda _layer, _given, output: before.append(output))
    network(x)
    hook.remove()
    (slope,) = torch.autograd.grad(before[0][0, 5], x)
    deviation = torch.tensor(moment.dataset.input_scale[1], dtype=torch.float32)
    close(found["maps"]["gradient"], (slope[0] / deviation).reshape(8, 8).numpy())


def test_what_there_is_nothing_to_see_of(make):
    for data in ({"kind": "circle"}, {"kind": "iris"}):
        with pytest.raises(ValueError, match="no images"):
            lenses.explanation(make(data))
        assert not LENSES["explanation"].supports(make(data).dataset)
    with pytest.raises(ValueError, match="no such image"):
        lenses.explanation(digits(DENSE), {"part": "test", "index": 10**6})


def test_windows_of_any_size_cover_every_pixel(moment):
    for window in (1, 5, 8, 60):
        assert np.isfinite(lenses.explanation(moment, ROW, window=window)["maps"]["occlusion"]).all()
