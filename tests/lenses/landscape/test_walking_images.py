"""Convolutional stacks: every geometry against a loop of forward passes."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from playground.experiment import Experiment
from playground.experiment.losses import CrossEntropy
from playground.lenses.landscape.walking import Part, part_of, torch_walk, walk_of
from playground.training import Trainer
from tests.lenses.landscape.naive import agree, plane_of

OPTIONS = settings(max_examples=40)
# PyTorch's own words about an even window.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same'")


def part_of_images(channels: int, height: int, width: int, classes: int = 3, samples: int = 10) -> Part:
    draw = torch.Generator().manual_seed(channels + height)
    x = torch.randn(samples, channels, height, width, generator=draw)
    labels = torch.randint(classes, (samples,), generator=draw)
    return Part(
        x, labels, labels, nn.functional.cross_entropy, CrossEntropy(kind="cross_entropy"),
        lambda outputs, labels: (outputs.argmax(1) == labels).float().mean(),
    )  # fmt: skip


def ended(layers: list[nn.Module], part: Part) -> nn.Sequential:
    """The layers, and a head that fits behind them; batch norms have seen something."""
    torch.manual_seed(1)
    body = nn.Sequential(*layers)
    for layer in body:
        if isinstance(layer, nn.BatchNorm2d) and layer.track_running_stats:
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2.0)
    with torch.no_grad():
        count = body.eval()(part.x[:1]).numel()
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(count, 3)).train()


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@OPTIONS
@given(
    size=pairs, stride=pairs, dilation=pairs, padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    channels=st.integers(1, 4), outputs=st.integers(1, 4), groups=st.sampled_from([1, 2]), bias=st.booleans(),
    first=st.booleans(), side=st.tuples(st.integers(2, 8), st.integers(2, 8)),
)  # fmt: skip
def test_any_convolution(size, stride, dilation, padding, channels, outputs, groups, bias, first, side):
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    assume(all(s + 2 * p >= r for s, p, r in zip(side, padding, reach, strict=True)))
    part = part_of_images(channels * groups, *side)
    before = [] if first else [nn.Conv2d(channels * groups, channels * groups, 1), nn.Tanh()]
    layer = nn.Conv2d(
        channels * groups, outputs * groups, size, stride, padding, dilation, groups=groups, bias=bias
    )  # fmt: skip
    agree(ended([*before, layer, nn.ReLU()], part), part, "torch")


@OPTIONS
@given(
    size=pairs, stride=st.none() | pairs, dilation=pairs, padding=st.booleans(), mean=st.booleans(),
    side=st.tuples(st.integers(5, 8), st.integers(5, 8)), activation=st.sampled_from([nn.Tanh, nn.GELU, nn.Identity]),
)  # fmt: skip
def test_any_pooling(size, stride, dilation, padding, mean, side, activation):
    part = part_of_images(2, *side)
    sides = tuple(k // 2 for k in size) if padding else 0
    pool = nn.AvgPool2d(size, stride, sides) if mean else nn.MaxPool2d(size, stride, sides, dilation)
    reach = [1 if mean else d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    assume(all(s >= r for s, r in zip(side, reach, strict=True)))
    agree(ended([nn.Conv2d(2, 3, 3, padding=1), activation(), pool, nn.Tanh()], part), part, "torch")


@OPTIONS
@given(
    size=pairs, stride=pairs, dilation=pairs, padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    channels=st.integers(1, 3), outputs=st.integers(1, 3), groups=st.sampled_from([1, 2]), bias=st.booleans(),
    extra=st.booleans(), side=st.tuples(st.integers(1, 5), st.integers(1, 5)),
)  # fmt: skip
def test_any_transposed_convolution(size, stride, dilation, padding, channels, outputs, groups, bias, extra, side):
    more = [min(max(s, d) - 1, 1) if extra else 0 for s, d in zip(stride, dilation, strict=True)]
    large = [(n - 1) * s + d * (k - 1) + 1 + m - 2 * p
             for n, s, d, k, m, p in zip(side, stride, dilation, size, more, padding, strict=True)]  # fmt: skip
    assume(min(large) >= 1)
    part = part_of_images(channels * groups, *side)
    layer = nn.ConvTranspose2d(
        channels * groups, outputs * groups, size, stride, padding, more, groups, bias, dilation
    )  # fmt: skip
    agree(ended([nn.Conv2d(channels * groups, channels * groups, 1), nn.Tanh(), layer, nn.ReLU()], part), part, "torch")


STACKS = {
    "same": [nn.Conv2d(1, 4, (2, 3), padding="same", dilation=(1, 2)), nn.ReLU(), nn.Conv2d(4, 2, 3, padding="valid")],
    "norms": [nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.BatchNorm2d(4, affine=False)],
    "norm first": [nn.BatchNorm2d(1), nn.Conv2d(1, 3, 3), nn.PReLU(3), nn.MaxPool2d(2)],
    "falling before a pool": [nn.Conv2d(1, 3, 3), nn.Hardtanh(), nn.BatchNorm2d(3), nn.MaxPool2d(2), nn.Sigmoid()],
    "pool first": [nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 5), nn.Dropout(0.5), nn.Tanh()],
    "whole mean": [nn.Conv2d(1, 4, 3), nn.SiLU(), nn.Dropout2d(0.3), nn.AdaptiveAvgPool2d(1)],
    "row to image": [nn.Flatten(), nn.Linear(64, 32), nn.Unflatten(1, (2, 4, 4)), nn.Conv2d(2, 3, 3, padding=1)],
    "depthwise": [nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Conv2d(6, 6, 3, groups=6, padding=1), nn.Conv2d(6, 2, 1)],
    "depthwise twice": [nn.Conv2d(1, 3, 3), nn.Conv2d(3, 6, (3, 2), 2, groups=3, dilation=(1, 2)), nn.ReLU()],
    "transposed first": [nn.ConvTranspose2d(1, 3, 2, 2), nn.ReLU(), nn.MaxPool2d(4)],
    "enlarged": [nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv2d(3, 2, 3, bias=False)],
    "enlarged smoothly": [nn.Conv2d(1, 2, 7), nn.Upsample(scale_factor=3, mode="bilinear"), nn.Tanh()],
    "upsampled first": [nn.Upsample(scale_factor=(1, 2), mode="bilinear"), nn.Conv2d(1, 2, 3)],
    "norm of images": [nn.Conv2d(1, 2, 3), nn.LayerNorm((2, 6, 6)), nn.ReLU(), nn.LayerNorm([2, 6, 6], bias=False)],
}


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("engine", ["torch", "general"])
def test_stacks(name, engine):
    part = part_of_images(1, 8, 8)
    agree(ended(STACKS[name], part), part, engine)


CONV = {"kind": "conv2d", "channels": 4, "kernel": 3, "padding": 1}
EVERYTHING = [
    CONV, {"kind": "batch_norm"}, {"kind": "relu"}, {"kind": "max_pool2d"},
    {"kind": "residual", "layers": [{**CONV, "channels": 6, "stride": 2}, {"kind": "tanh"}], "shortcut": "projection"},
    {"kind": "separable_conv2d", "channels": 4, "padding": 1}, {"kind": "dropout2d"}, {"kind": "upsample"},
    {"kind": "conv_transpose2d", "channels": 3}, {"kind": "layer_norm"}, {"kind": "avg_pool2d"}, {"kind": "prelu"},
    {"kind": "residual", "layers": [{"kind": "flatten"}, {"kind": "linear", "units": 7}], "shortcut": "projection"},
    {"kind": "sigmoid"},
]  # fmt: skip


@pytest.mark.parametrize("silent", [False, True], ids=["whole", "a channel is silent"])
@pytest.mark.parametrize("engine", ["torch", "general"])
def test_a_run_of_images(engine, silent):
    """Every layer of the catalogue that works on images, in a network of ours: it is fed rows of pixels."""
    recipe = {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "sgd", "lr": 0.1}, "batch_size": 64}
    trainer = Trainer(
        Experiment.model_validate({"v": 1, "data": {"kind": "digits"}, "network": EVERYTHING, "training": recipe})
    )
    trainer.advance(3)
    if silent:
        trainer.silence((0,), 1, True)
        trainer.silence((8,), 2, True)
    part = part_of(trainer.task, "test")
    agree(trainer.module, part.rows(slice(40)), engine)


def test_of_images_as_many_are_measured_as_there_is_time_for():
    recipe = {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "sgd", "lr": 0.1}}
    described = {"v": 1, "data": {"kind": "digits"}, "network": [], "training": recipe}
    images = Trainer(Experiment.model_validate(described)).task
    assert len(part_of(images, "train").x) == len(part_of(images, "train", 1_000).x) == images.samples
    few = part_of(images, "test", 10**9)
    assert torch.equal(few.x, images.x_test[:256]) and torch.equal(few.labels, images.labels[images.samples :][:256])
    points = Trainer(Experiment.model_validate({**described, "data": {"kind": "circle", "samples": 1_000}})).task
    assert len(part_of(points, "train", 10**9).x) == points.samples


UNKNOWN = {
    "circular": nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular"),
    "rounded up": nn.MaxPool2d(3, ceil_mode=True),
    "borders not counted": nn.AvgPool2d(3, padding=1, count_include_pad=False),
    "pooled to 2x2": nn.AdaptiveAvgPool2d(2),
    "groups": nn.GroupNorm(1, 1),
    "linear over rows": nn.Linear(8, 3),
    "norm of rows": nn.LayerNorm(8),
    "enlarged by halves": nn.Upsample(scale_factor=1.5),
    "corners on corners": nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
    "norm by the batch": nn.BatchNorm2d(1, track_running_stats=False),
    "some sides": nn.Flatten(2),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_the_torch_walker_does_not_know_is_left_to_the_general_one(name):
    part = part_of_images(1, 8, 8)
    module = ended([UNKNOWN[name], nn.Tanh()], part)
    with pytest.raises(ValueError, match="does not know"):
        walk_of(module, *plane_of(module), part, "torch")
    assert walk_of(module, *plane_of(module), part).engine == "general"
    agree(module, part, "auto")


def test_in_whatever_pieces_it_works(monkeypatch):
    part = part_of_images(2, 8, 8, samples=150)
    module = ended([nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 16, 3), nn.ReLU()], part)
    for near in (1, 60_000, 400_000):
        monkeypatch.setattr(torch_walk, "NEAR", near)
        agree(module, part, "torch")
