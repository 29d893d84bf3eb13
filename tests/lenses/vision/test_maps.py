"""Feature maps are what PyTorch's modules put out; and what makes a map adds up to it."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d

from playground import lenses
from playground.lenses.lens import Unsuited
from playground.lenses.vision.stack import UNCHANGED, at_path, before, places_of, until
from tests.lenses.moments import moment_of
from tests.lenses.seeing import DIGITS, digits
from tests.lenses.vision.stacks import stacks

SEEN = {"part": "test", "index": 3}


def hooked(moment):
    """What every module of a network gives for one image and gets, by path, as PyTorch's hooks see it."""
    found = {}
    hooks = [
        layer.register_forward_hook(lambda _, given, out, path=path: found.update({path: (given[0][0], out[0])}))
        for path, layer in moment.module.paths()
    ]
    with torch.no_grad():
        moment.module.eval()(torch.tensor(moment.dataset.x_test[3:4]))
    for hook in hooks:
        hook.remove()
    return found


@settings(max_examples=15, deadline=None)
@given(stacks(), st.data())
def test_every_layer_of_every_geometry(stack, data):
    moment = moment_of(DIGITS, stack)
    seen = hooked(moment)
    found = lenses.feature_maps(moment, image=SEEN)
    for path, maps in zip(found["paths"][:-1], found["maps"][:-1], strict=True):
        np.testing.assert_array_equal(maps, seen[path][1].numpy())
    assert set(found["paths"]) == {place.path for place in places_of(moment) if place.kind not in UNCHANGED}
    x = torch.tensor(moment.dataset.x_test[3:4])
    with torch.no_grad():
        trace = moment.module.trace(x)
        for place in places_of(moment)[:-1]:
            torch.testing.assert_close(until(moment.module, place.path, x)[0], seen[place.path][1])
            torch.testing.assert_close(before(moment.module, trace, x, place.path)[0], seen[place.path][0])
    path = data.draw(st.sampled_from(found["paths"][:-1]))
    channels, rows, columns = seen[path][1].shape
    unit = data.draw(st.integers(0, channels - 1))
    row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    _adds_up(lenses.map_detail(moment, path, unit, SEEN, row, column), *seen[path], moment, path)


def _adds_up(found, given, output, moment, path):
    """What the lens says of a map against what PyTorch's hooks saw go into it and come out."""
    own, at = output[found["unit"]].numpy(), tuple(found["at"])
    np.testing.assert_array_equal(found["output"], own)
    assert found["value"] == own[at]
    if found["how"] in ("sum", "stamp"):
        total = found["parts"].sum(axis=0) + found["rest"] + found["bias"]
        np.testing.assert_allclose(total, own, atol=2e-5)
        np.testing.assert_allclose(found["rest"], 0, atol=2e-5)
    if found["how"] == "sum":
        np.testing.assert_array_equal(found["inputs"], given[found["channels"]].numpy())
        for one, kernel, part in zip(found["inputs"], found["kernels"], found["parts"], strict=True):
            np.testing.assert_allclose(part, _slid(one, kernel, *found["window"]), atol=2e-5)
        np.testing.assert_allclose((found["cells"] * found["kernels"]).sum((1, 2)), found["sums"], atol=1e-5)
        np.testing.assert_allclose(found["sums"].sum() + found["bias"], own[at], atol=2e-5)
    if found["how"] == "window":
        mean = "Average" in found["label"]
        assert (np.nanmean if mean else np.nanmax)(found["cells"]) == pytest.approx(own[at], abs=1e-6)
    if found["how"] == "add":
        np.testing.assert_allclose(found["inputs"].sum(axis=0), own, atol=1e-6)
    if found["how"] == "each":
        np.testing.assert_array_equal(found["inputs"][0], given[found["unit"]].numpy())
    assert at_path(moment, path).label == found["label"]


def _slid(image, kernel, side, stride, padding, dilation):
    """scipy's correlation of one channel."""
    spread = np.zeros((dilation * (side - 1) + 1,) * 2)
    spread[::dilation, ::dilation] = kernel
    return correlate2d(np.pad(image, padding), spread, mode="valid")[::stride, ::stride]


def test_groups_and_channels_beyond_those_shown():
    stack = [
        {"kind": "conv2d", "channels": 20, "kernel": 1},
        {"kind": "conv2d", "channels": 4, "kernel": 3, "groups": 2},
        {"kind": "conv2d", "channels": 2, "kernel": 1},
    ]
    moment = moment_of(DIGITS, stack)
    found = lenses.map_detail(moment, (1,), 3, shown=7)
    assert found["channels"].tolist() == list(range(10, 17))
    assert (found["total"], len(found["inputs"])) == (10, 7)
    row, column = found["at"]
    total = found["sums"].sum() + found["rest"][row, column] + found["bias"]
    assert total == pytest.approx(found["value"], abs=1e-5)
    assert abs(found["value"]) == abs(found["output"]).max()


def test_the_way_of_an_image_ends_in_what_the_network_says():
    moment = digits()
    found = lenses.feature_maps(moment, image=SEEN)
    with torch.no_grad():
        shares = moment.module.eval()(torch.tensor(moment.dataset.x_test[3:4])).softmax(1)[0].numpy()
    np.testing.assert_allclose(found["shares"], shares, atol=1e-6)
    assert found["predicted"] == shares.argmax()
    assert found["label"] == moment.dataset.y_test[3]
    assert found["paths"][-1] == "head"
    assert (7,) not in found["paths"], "a list of the same values is nothing new"


def test_what_is_not_there_is_told_in_words():
    moment = digits()
    for path, unit in [((40,), 0), ((0,), 99), ((9,), 0), ((), 0)]:
        with pytest.raises(Unsuited):
            lenses.map_detail(moment, path, unit)
    with pytest.raises(ValueError, match="no such image"):
        lenses.feature_maps(moment, image={"part": "test", "index": 100_000})
