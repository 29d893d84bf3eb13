"""What a person works out by hand is what the network does: one convolution against PyTorch's, and the prediction."""

import base64

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from playground import lenses
from playground.figures import hand as hand_figure
from playground.figures import prediction as prediction_figure
from playground.lenses import by_hand
from playground.lenses.lens import Unsuited
from tests.lenses.moments import moment_of
from tests.pictures import own_images

DIGITS = {"kind": "digits"}
SEEN = {"part": "test", "index": 3}


def worked_out(found) -> np.ndarray:
    """The map that scipy makes of what the lens gives."""
    geometry, weights = found["geometry"], found["weights"]
    gap, side = geometry["dilation"], geometry["dilation"] * (geometry["kernel"] - 1) + 1
    pulled = np.zeros((len(weights), side, side))
    pulled[:, ::gap, ::gap] = weights
    padded = np.pad(found["inputs"], ((0, 0), *[(geometry["padding"],) * 2] * 2))
    total = sum(correlate2d(*pair, mode="valid") for pair in zip(padded, pulled, strict=True))
    return total[:: geometry["stride"], :: geometry["stride"]] + found["bias"]


@st.composite
def convolutions(draw):
    """Two convolutions of a stack that sees 8 x 8 digits, the second in groups."""
    groups = draw(st.sampled_from([1, 2, 4]))
    first = {"kind": "conv2d", "channels": 4, "kernel": draw(st.integers(1, 3)), "padding": 1}
    second = {
        "kind": "conv2d", "channels": 4 * draw(st.integers(1, 2)), "kernel": draw(st.integers(1, 3)), "groups": groups,
        "stride": draw(st.integers(1, 3)), "padding": draw(st.integers(0, 1)), "dilation": draw(st.integers(1, 2)),
        "bias": draw(st.booleans()),
    }  # fmt: skip
    return [first, {"kind": "relu"}, second], draw(st.integers(0, second["channels"] - 1))


@settings(max_examples=15, deadline=None)
@given(convolutions())
def test_every_sum_is_the_networks(case):
    network, filter = case
    moment = moment_of(DIGITS, network)
    found = lenses.hand(moment, image=SEEN, layer=1, filter=filter)
    np.testing.assert_allclose(worked_out(found), found["output"], atol=1e-5)
    with torch.no_grad():
        traced = moment.module.eval().trace(torch.tensor(moment.dataset.x_test[3:4]))
    np.testing.assert_array_equal(found["output"], traced[2,][0, filter].numpy())
    assert [layer["filters"] for layer in found["layers"]] == [4, network[2]["channels"]]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.booleans())
def test_a_transposed_one_is_a_window_over_pixels_set_apart(kernel, stride, padding, bias):
    side = 5 * stride + kernel - 2 * padding  # of 6 x 6 pixels
    assume(side >= 1)
    first = {"kind": "conv2d", "channels": 2, "kernel": 3}
    turned = {"kind": "conv_transpose2d", "channels": 3, "kernel": kernel, "stride": stride, "padding": padding}
    found = lenses.hand(moment_of(DIGITS, [first, {**turned, "bias": bias}]), image=SEEN, layer=1, filter=2)
    assert [layer["transposed"] for layer in found["layers"]] == [False, True]
    assert found["output"].shape == (side, side) and found["geometry"]["padding"] >= 0
    np.testing.assert_allclose(worked_out(found), found["output"], atol=1e-5)


def test_convolutions_inside_blocks_and_separable_ones_are_found_in_order():
    block = {
        "kind": "residual",
        "shortcut": "projection",
        "layers": [{"kind": "conv2d", "channels": 6, "kernel": 3, "padding": 1}],
    }
    network = [{"kind": "separable_conv2d", "channels": 4, "kernel": 3}, block, {"kind": "flatten"}]
    moment = moment_of(DIGITS, network)
    found = [lenses.hand(moment, image=SEEN, layer=layer) for layer in range(4)]
    sizes = [(len(each["inputs"]), each["geometry"]["kernel"]) for each in found]
    assert sorted(sizes) == [(1, 1), (1, 3), (4, 1), (4, 3)], "depthwise, pointwise, the block's own and its way past"
    for each in found:
        np.testing.assert_allclose(worked_out(each), each["output"], atol=1e-5)
    assert "weights" not in lenses.hand(moment, layer=4), "there is no fifth"


def test_the_image_is_the_datas_in_shades_of_grey():
    moment = moment_of({"kind": "shapes", "samples": 100}, [{"kind": "conv2d", "channels": 2, "kernel": 3}])
    mean, deviation = moment.dataset.input_scale
    found = lenses.hand(moment, image=SEEN)
    colours = (moment.dataset.x_test[3] * deviation + mean).reshape(moment.dataset.image)
    np.testing.assert_allclose(found["pixels"], colours.mean(0), atol=1e-5)
    assert found["pixels"].min() >= 0 and found["pixels"].max() <= 1
    assert hand_figure.frame(found, moment.dataset)["learnt"] is None


def test_what_is_too_large_for_a_browser_is_said_so(monkeypatch):
    """The others keep their numbers."""
    monkeypatch.setattr(by_hand, "MOST_VALUES", 100)
    network = [{"kind": "conv2d", "channels": 3, "kernel": 3}, {"kind": "conv2d", "channels": 2, "kernel": 3}]
    moment = moment_of(DIGITS, network)
    found = lenses.hand(moment, layer=1)
    assert [layer["large"] for layer in found["layers"]] == [False, True]
    assert "weights" not in found
    assert "weights" in lenses.hand(moment, layer=0)


def test_of_a_network_without_convolutions_there_is_the_image():
    moment = moment_of(DIGITS, [{"kind": "linear", "units": 4}])
    assert lenses.hand(moment, layer=0)["layers"] == []
    assert lenses.hand(moment)["pixels"].shape == (8, 8)


# -- the prediction ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["cross_entropy", "hinge", "mse"])
def test_a_prediction_is_what_the_task_decides(loss):
    moment = moment_of(DIGITS, [{"kind": "conv2d", "channels": 3, "kernel": 3}], loss=loss)
    with torch.no_grad():
        outputs = moment.module.eval()(torch.tensor(moment.dataset.x_test[3:4]))
    found = lenses.prediction(moment, image=SEEN)
    assert found["probabilities"].sum() == pytest.approx(1.0)
    assert found["probabilities"].argmax() == moment.task.predicted(outputs)[0]
    assert found["label"] == moment.dataset.y_test[3]
    if loss == "cross_entropy":
        np.testing.assert_allclose(found["probabilities"], outputs.softmax(1)[0].numpy(), atol=1e-6)


def test_of_two_classes_both_are_told():
    """A yes or no has one output."""
    network = [{"kind": "conv2d", "channels": 3, "kernel": 3}]
    moment = moment_of({"kind": "images", "images": own_images(), "size": 8}, network, loss="bce")
    with torch.no_grad():
        output = moment.module.eval()(torch.tensor(moment.dataset.x_test[:1]))
    found = lenses.prediction(moment)["probabilities"]
    np.testing.assert_allclose(found, [1 - output.sigmoid().item(), output.sigmoid().item()], atol=1e-6)


def test_a_drawing_is_predicted_like_the_image_it_is():
    """Pixels of a person's own that are an image of the data; they have no class."""
    moment = moment_of(DIGITS, [{"kind": "conv2d", "channels": 3, "kernel": 3}])
    mean, deviation = moment.dataset.input_scale
    raw = np.rint((moment.dataset.x_test[3] * deviation + mean) * 255).astype(np.uint8)
    drawn = lenses.prediction(moment, image={"pixels": base64.b64encode(raw.tobytes()).decode()})
    known = lenses.prediction(moment, image=SEEN)
    np.testing.assert_allclose(drawn["probabilities"], known["probabilities"], atol=0.02)
    np.testing.assert_array_equal(drawn["picture"], known["picture"])
    assert drawn["label"] == -1
    assert prediction_figure.frame(drawn, moment.dataset)["label"] is None
    with pytest.raises(ValueError, match="no such image"):
        lenses.prediction(moment, image={"pixels": base64.b64encode(b"few").decode()})


def test_there_is_none_for_numbers():
    with pytest.raises(Unsuited):
        lenses.prediction(moment_of({"kind": "diabetes"}))
