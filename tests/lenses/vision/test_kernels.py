"""The filters that are drawn are those that the network multiplies with."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from playground import lenses
from playground.training import Trainer
from tests.lenses.moments import experiment_of, moment_of
from tests.lenses.seeing import DIGITS, digits, trainer


def test_a_convolution_shows_its_weights():
    moment = digits()
    found = lenses.filters(moment)
    assert found["paths"] == ((0,), (3, 0), (5,))
    for path, weights in zip(found["paths"], found["weights"], strict=True):
        np.testing.assert_array_equal(weights, moment.module.at(path).weight.detach().numpy())
    np.testing.assert_array_equal(found["counts"], [[4, 1], [4, 4], [6, 4]])
    assert found["sees_pixels"].tolist() == [True, False, False]
    assert found["reach"] == pytest.approx([abs(weights).max() for weights in found["weights"]])


def test_filters_of_a_separable_convolution_are_those_of_the_one_that_does_the_same():
    stack = [{"kind": "conv2d", "channels": 3}, {"kind": "separable_conv2d", "channels": 5, "kernel": 3, "bias": False}]
    moment = moment_of(DIGITS, stack)
    weights = torch.tensor(lenses.filters(moment, layer=1)["weights"][0])
    x = torch.randn(2, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(functional.conv2d(x, weights), moment.module.at((1,))(x))


def test_filters_of_a_transposed_convolution_are_what_is_stamped_into_each_map():
    moment = moment_of(DIGITS, [{"kind": "conv2d", "channels": 3}, {"kind": "conv_transpose2d", "channels": 2}])
    weights = lenses.filters(moment, layer=1)["weights"][0]
    pixel = torch.zeros(1, 3, 1, 1)
    pixel[0, 1] = 1.0
    layer = moment.module.at((1,))
    stamped = functional.conv_transpose2d(pixel, layer.weight, stride=2)[0].detach().numpy()
    np.testing.assert_allclose(weights[:, 1], stamped)


def test_the_change_is_what_training_has_added():
    run = trainer()
    start = [weights.copy() for weights in lenses.filters(run)["weights"]]
    assert all(not change.any() for change in lenses.filters(run, what="change")["weights"])
    run.advance(steps=5)
    for before, now, change in zip(
        start, lenses.filters(run)["weights"], lenses.filters(run, what="change")["weights"], strict=True
    ):
        np.testing.assert_allclose(change, now - before, atol=1e-7)
        assert change.any()
    again = lenses.filters(run.at(0), what="change")["weights"]
    assert not any(change.any() for change in again)
    with pytest.raises(ValueError, match="no past"):
        lenses.filters(digits(), what="change")


@pytest.mark.parametrize("stack", [[{"kind": "linear", "units": 5}, {"kind": "tanh"}], []])
def test_a_stack_without_convolutions_shows_what_its_first_units_look_for(stack):
    moment = moment_of(DIGITS, stack)
    found = lenses.filters(moment)
    path = found["paths"][0]
    assert path == ((0,) if stack else "head")
    np.testing.assert_array_equal(found["weights"][0][2, 0].ravel(), moment.module.at(path).weight[2].detach().numpy())


def test_what_comes_before_the_first_linear_layer_hides_the_pixels():
    assert lenses.filters(moment_of(DIGITS, [{"kind": "layer_norm"}, {"kind": "linear", "units": 5}]))["paths"] == ()
    assert lenses.filters(moment_of(DIGITS, [{"kind": "dropout"}, {"kind": "linear", "units": 5}]))["paths"] == ((1,),)


def test_many_filters_and_channels_are_cut_and_counted():
    stack = [{"kind": "conv2d", "channels": 20, "kernel": 1}, {"kind": "conv2d", "channels": 70, "kernel": 2}]
    found = lenses.filters(moment_of(DIGITS, stack), shown=64)
    assert [weights.shape for weights in found["weights"]] == [(20, 1, 1, 1), (64, 16, 2, 2)]
    np.testing.assert_array_equal(found["counts"], [[20, 1], [70, 20]])
    assert lenses.filters(moment_of(DIGITS, stack), layer=7)["paths"] == ((1,),)


def test_data_without_images_have_no_filters():
    with pytest.raises(ValueError, match="no images"):
        lenses.filters(Trainer(experiment_of({"kind": "circle", "samples": 60}), device="cpu"))
