"""Networks that work on images: what is said of them beforehand, and what PyTorch then makes of it."""

from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from playground.data import load
from playground.network import NetworkError, build, infer, limits
from playground.network.pooling import MaxPool2d
from playground.network.shapes import HEAD
from tests.network.describe import IMAGE, POOLING, SIMPLE, SLIDING, block, conv, experiment, image_stacks, linear

RELU, FLAT, LARGER = {"kind": "relu"}, {"kind": "flatten"}, {"kind": "upsample", "factor": 8}


@settings(max_examples=40, deadline=None)
@given(image_stacks(), IMAGE)
def test_shapes_and_counts_are_those_of_the_network(layers, image):
    described = experiment(layers)
    summary = infer(described, image, 3)
    if summary.problems:
        with pytest.raises(NetworkError) as refused:
            build(described, (image, 3))
        assert (refused.value.path, str(refused.value)) == summary.problems[0]
        return
    network = build(described, (image, 3)).eval()
    assert sum(p.numel() for p in network.parameters()) == summary.parameters
    assert network.image == (image if summary.sees_images else None)
    pixels = torch.randn(2, summary.inputs)
    seen = network.trace(pixels)
    assert {path: tuple(y.shape[1:]) for path, y in seen.items()} == {
        **{card.path: card.after for card in summary.cards}, HEAD: (summary.head.outputs,),
    }  # fmt: skip
    torch.testing.assert_close(network(pixels), seen[HEAD])
    if summary.sees_images:
        torch.testing.assert_close(network(pixels.view(2, *image)), seen[HEAD])


@settings(max_examples=25, deadline=None)
@given(st.lists(SLIDING | POOLING, min_size=1, max_size=3))
def test_a_receptive_field_is_what_moves_a_value_in_the_middle(layers):
    described = experiment(layers)
    summary = infer(described, (4, 24, 24), 2)
    assume(not summary.problems)
    card = summary.cards[-1]
    inside = [
        place for place in range(min(card.after[1:]))
        if card.corner + card.stride * place >= 0 and card.corner + card.stride * place + card.field[0] <= 24
    ]  # fmt: skip
    assume(inside)
    # Means in place of maxima, and weights above zero: every pixel that could count does.
    means = [{**layer, "kind": layer["kind"].replace("max", "avg")} for layer in layers]
    network = build(experiment(means, init={"weights": {"kind": "constant", "value": 1.0}}), ((4, 24, 24), 2))
    x = torch.rand(1, 4 * 24 * 24, requires_grad=True)
    place = inside[len(inside) // 2]
    network.trace(x)[(len(layers) - 1,)][0, :, place, place].sum().backward()
    for found, side in zip(
        (x.grad.view(4, 24, 24).sum((0, 2)), x.grad.view(4, 24, 24).sum((0, 1))), (0, 1), strict=True
    ):
        rows = found.nonzero().flatten()
        assert rows[0] == card.corner + card.stride * place
        assert rows[-1] - rows[0] + 1 == card.field[side]


def test_where_maps_grow_a_field_is_at_least_what_a_value_sees():
    stack = [conv(2, 3), {"kind": "upsample", "mode": "bilinear"}, {"kind": "conv_transpose2d", "channels": 2}]
    card = infer(experiment(stack), (1, 12, 12), 2).cards[-1]
    network = build(experiment(stack), ((1, 12, 12), 2))
    for place in range(12, 28):
        x = torch.rand(1, 144, requires_grad=True)
        network.trace(x)[(2,)][0, 0, place, place].backward()
        rows = x.grad.view(12, 12).sum(1).nonzero().flatten()
        assert rows[-1] - rows[0] + 1 <= card.field[0] <= 5
    assert card.stride == 0.25


@pytest.mark.parametrize(
    ("layers", "path", "words"),
    [
        ([conv(4, 9)], (0,), "covers 9 × 9 pixels, but the image has 8 × 8 here"),
        ([conv(4, 5, dilation=3, padding=2)], (0,), r"13 × 13 pixels \(spread by a dilation of 3\).*, with padding 12"),
        ([{"kind": "max_pool2d", "kernel": 8}, {"kind": "avg_pool2d"}], (1,), "2 × 2 pixels, but the image has 1 × 1"),
        ([conv(4), conv(6, groups=3)], (1,), "3 groups do not divide 4 channels .* Possible here: 1, 2"),
        ([{"kind": "max_pool2d", "kernel": 3, "padding": 2}], (0,), "Use at most 1"),
        ([{"kind": "conv_transpose2d", "kernel": 1, "stride": 1, "padding": 4}], (0,), "cuts off the whole map"),
        ([conv(4), FLAT, {"kind": "max_pool2d"}], (2,), "needs an image, but gets 144 values in a row"),
        ([linear(7), conv(4)], (1,), "needs an image, but gets 7 values"),
        ([block(conv(4))], (0,), "turns 1 × 8 × 8 into 4 × 6 × 6; with an identity shortcut"),
        ([block(conv(4), shortcut="projection")], (0,), "no convolution of single pixels does that"),
        ([conv(4), block(FLAT)], (1,), "turns 4 × 6 × 6 into 144; with an identity"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_said_at_its_card(layers, path, words):
    described = experiment(layers)
    assert [where for where, _ in infer(described, (1, 8, 8), 3).problems] == [path]
    with pytest.raises(NetworkError, match=words):
        build(described, ((1, 8, 8), 3))


@pytest.mark.parametrize(
    ("layers", "batch_size", "path", "words"),
    [
        ([conv(500, padding=1), conv(500, padding=1)], 10, (1,), "parameters; this server .* Use fewer channels"),
        ([conv(4), LARGER, LARGER], 200, (2,), "maps of a batch take .* MB"),
        ([conv(64, padding=1), conv(64, 5, padding=2)], 800, (1,), "billion multiplications"),
        ([conv(4), FLAT, linear(1000), linear(1000)], 10, (2,), "Use fewer channels or units"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_said_before_anything_is_allocated(monkeypatch, layers, batch_size, path, words):
    monkeypatch.setattr("playground.network.building.flatten", None)  # allocates
    described = experiment(layers, batch_size=batch_size)
    with pytest.raises(NetworkError, match=words) as refused:
        build(described, ((1, 28, 28), 3))
    assert refused.value.path == path


def test_a_blocks_maps_and_products_count_once(monkeypatch):
    stack = [conv(2, padding=1), block(conv(2, padding=1), RELU), block(conv(4), shortcut="projection")]
    cards = infer(experiment(stack), (1, 8, 8), 3).cards
    assert [card.products for card in cards if len(card.path) == 1] == [2 * 9 * 64, 4 * 9 * 64, 8 * 9 * 36]
    monkeypatch.setattr(limits, "settings", replace(limits.settings, batch_bytes=4 * 10 * 64 * 2 * 4 - 1))
    assert [path for path, _ in infer(experiment(stack[:2]), (1, 8, 8), 3).problems] == [(1, 1)]


def test_a_stack_of_dense_layers_sees_pixels_as_a_list():
    for stack in ([linear(8)], [FLAT, linear(8)], [{"kind": "dropout"}, linear(8)], [], [block(linear(64))]):
        summary = infer(experiment(stack), (1, 8, 8), 3)
        assert (summary.shape, summary.problems) == ((64,), ())
        network = build(experiment(stack), ((1, 8, 8), 3))
        assert network.image is None and network.at((0,) if stack[:1] == [linear(8)] else HEAD).in_features
    assert infer(experiment([{"kind": "batch_norm"}, conv()]), (1, 8, 8), 3).shape == (1, 8, 8)


def test_image_layers_on_a_table_are_told_so():
    ((path, words),) = infer(experiment([conv()]), 2, 2).problems
    assert path == (0,) and "needs an image, but gets 2 values" in words


def test_the_shape_comes_from_the_data():
    described = experiment([conv(4), RELU], data={"kind": "digits"}, loss={"kind": "cross_entropy"})
    network = build(described, load(described.data))
    assert network.image == (1, 8, 8) and network.head.in_features == 4 * 6 * 6


@pytest.mark.parametrize("rule", ["default", "kaiming_normal", "xavier_uniform", "orthogonal", "normal"])
def test_convolutions_start_as_pytorchs_own_rules_say(rule):
    stack = [
        conv(6, 3, groups=2), {"kind": "conv_transpose2d", "channels": 6}, {"kind": "separable_conv2d", "channels": 4},
        block(conv(8, 1), shortcut="projection"),
    ]  # fmt: skip
    network = build(experiment(stack, init={"weights": {"kind": rule}}), ((4, 8, 8), 2))
    separable, projection = network.at((2,)), network.at((3,)).shortcut
    for layer in (network.at((0,)), network.at((1,)), separable.depthwise, separable.pointwise, projection):
        if rule == "default":
            bound = layer.weight[0].numel() ** -0.5
            assert 0.4 * bound < layer.weight.abs().max() <= bound
            assert layer.bias is None or layer.bias.abs().max() <= bound
        elif rule == "orthogonal":
            rows = layer.weight.flatten(1)
            square = rows @ rows.T if rows.shape[0] <= rows.shape[1] else rows.T @ rows
            torch.testing.assert_close(square, torch.eye(len(square)), atol=1e-5, rtol=0)
        else:
            own = {"nonlinearity": "relu"} if rule == "kaiming_normal" else {"std": 0.1} if rule == "normal" else {}
            many = torch.empty(50, *layer.weight.shape)
            for one in many:
                getattr(nn.init, f"{rule}_")(one, **own)
            assert 0.5 < layer.weight.std() / many.std() < 1.6
    again = build(experiment([conv(6, 3, groups=2)], init={"weights": {"kind": rule}}), ((4, 8, 8), 2))
    assert torch.equal(again.at((0,)).weight, network.at((0,)).weight)


@settings(max_examples=15, deadline=None)
@given(POOLING, IMAGE, st.booleans())
def test_pooling_by_slices_is_pytorchs(layer, image, last):
    kernel = min(layer["kernel"], *image[1:])
    how = {"kernel_size": kernel, "stride": layer["stride"], "padding": min(layer["padding"], kernel // 2)}
    x = torch.randn(2, *image).round()  # with many that are equal
    x = x.contiguous(memory_format=torch.channels_last) if last else x
    with torch.no_grad():
        assert torch.equal(MaxPool2d(**how)(x), nn.MaxPool2d(**how)(x))


def test_a_silent_channel_answers_nothing_everywhere():
    network = build(experiment([conv(3), RELU, linear(4)]), ((1, 8, 8), 2))
    network.silence({(1,): [1]})
    maps = network.trace(torch.randn(4, 64))[(1,)]
    assert (maps[:, 1] == 0).all() and (maps[:, [0, 2]] != 0).any()


@given(SIMPLE)
@settings(max_examples=10, deadline=None)
def test_other_layers_keep_an_image_an_image(layer):
    cards = infer(experiment([conv(3), layer, conv(2)]), (2, 8, 8), 2).cards
    assert cards[1].after == (3, 6, 6) and cards[1].field == (3, 3)
