"""Presets about images: convolutions, and what has been built of them since LeNet."""

from __future__ import annotations

from typing import Any

from playground.experiment.presets.recipes import Preset, experiment, linear, recipe

MNIST = {"kind": "mnist_5k"}
RELU, POOL, NORM = {"kind": "relu"}, {"kind": "max_pool2d"}, {"kind": "batch_norm"}
AVERAGE, FLATTEN = {"kind": "global_avg_pool"}, {"kind": "flatten"}


def conv(channels: int, kernel: int, **more: Any) -> dict[str, Any]:
    return {"kind": "conv2d", "channels": channels, "kernel": kernel, **more}


def _vgg(channels: int) -> list[dict[str, Any]]:
    """Two convolutions that keep the size, and a pooling that halves it (Simonyan and Zisserman 2015)."""
    return [conv(channels, 3, padding=1), RELU, conv(channels, 3, padding=1), RELU, POOL]


def _halved(channels: int, kernel: int) -> list[dict[str, Any]]:
    """A convolution that halves the size itself (Springenberg et al. 2015); the norm brings a shift, so no bias."""
    return [conv(channels, kernel, stride=2, padding=kernel // 2, bias=False), NORM, RELU]


def _block(channels: int, stride: int) -> list[dict[str, Any]]:
    """A residual block of two convolutions (He et al. 2016)."""
    first = conv(channels, 3, stride=stride, padding=1, bias=False)
    second = conv(channels, 3, padding=1, bias=False)
    return [{"kind": "residual", "layers": [first, NORM, RELU, second, NORM], "shortcut": "projection"}, RELU]


def _adam(lr: float, batch_size: int = 32) -> dict[str, Any]:
    return recipe("cross_entropy", "adam", lr, batch_size)


IMAGES = {
    "one-convolution": Preset(
        "One convolution",
        "Six filters of 5 × 5 that slide over handwritten digits, and nothing else but a pooling.",
        "Over 92 % after one epoch, with 2,326 numbers. Remove all layers: 7,850 numbers, and fewer digits are right.",
        experiment(MNIST, [conv(6, 5), RELU, {"kind": "max_pool2d", "kernel": 4, "stride": 4}], _adam(0.02, 64)),
    ),
    "lenet": Preset(
        "LeNet-5",
        "The network that read cheques (LeCun et al. 1998), with ReLU and max pooling, on 5,000 digits of MNIST.",
        "95 % of new digits are right within three epochs. 96 % of its numbers are in linear layers: see the cards.",
        experiment(
            MNIST,
            [conv(6, 5, padding=2), RELU, POOL, conv(16, 5), RELU, POOL, FLATTEN, linear(120), RELU, linear(84), RELU],
            _adam(0.003, 64),
        ),
    ),
    "small-vgg": Preset(
        "Small VGG",
        "Pairs of 3 × 3 convolutions between poolings: deeper, with small filters only (Simonyan and Zisserman 2015).",
        "Two in a row see 5 × 5 pixels (point at the second's card) with 18 weights a map, where one filter takes 25.",
        experiment(
            MNIST,
            [*_vgg(8), *_vgg(16), FLATTEN, linear(64), RELU, {"kind": "dropout", "p": 0.3}],
            _adam(0.005, 64),
        ),
    ),
    "small-resnet": Preset(
        "Small ResNet",
        "Seven convolutions, six of them in residual blocks with batch norm, and no hidden linear layer.",
        "Over 90 % after one epoch. Inside: the gradient reaches the first layer as well as the last.",
        experiment(
            MNIST,
            [*_halved(8, 5), *_block(8, 1), *_block(16, 2), *_block(32, 2), AVERAGE],
            _adam(0.003),
        ),
    ),
    "all-convolutional": Preset(
        "All convolutional",
        "No pooling: strides make the maps smaller, and the mean of each is all the head sees (Springenberg 2015).",
        "Over 90 % after two epochs; 96 % of its numbers are in convolutions, where LeNet-5 has 4 %.",
        experiment(MNIST, [*_halved(16, 5), *_halved(32, 3), *_halved(64, 3), AVERAGE], _adam(0.01)),
    ),
}
