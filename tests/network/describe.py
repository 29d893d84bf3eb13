"""Short ways to describe experiments, and random ones, for the tests of networks and training."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from playground.experiment import REGISTRIES, Experiment


def experiment(network: list[dict[str, Any]] | None = None, **changes: Any) -> Experiment:
    """An experiment with `network`; other top-level fields and those of `training` can be given by name."""
    training = {"loss": {"kind": "half_mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}, "batch_size": 10}
    top = {"v": 1, "data": {"kind": "circle", "samples": 100}, "network": network or [], "training": training}
    for name, value in changes.items():
        (top if name in Experiment.model_fields else training)[name] = value
    return Experiment.model_validate(top)


def linear(units: int, **rest: Any) -> dict[str, Any]:
    """A linear layer's description."""
    return {"kind": "linear", "units": units, **rest}


def block(*layers: dict[str, Any], shortcut: str = "identity") -> dict[str, Any]:
    """A residual block's description."""
    return {"kind": "residual", "layers": list(layers), "shortcut": shortcut}


def tanh_stack(*units: int, activation: str = "tanh") -> list[dict[str, Any]]:
    """Linear layers, each followed by an activation."""
    return [layer for width in units for layer in (linear(width), {"kind": activation})]


SIMPLE = st.sampled_from([{"kind": kind} for kind in REGISTRIES["activation"]]) | st.sampled_from(
    [
        {"kind": "dropout"},
        {"kind": "batch_norm"},
        {"kind": "batch_norm", "affine": False},
        {"kind": "layer_norm"},
        {"kind": "layer_norm", "affine": False},
    ]
)
LINEAR = st.builds(linear, st.integers(1, 9), bias=st.booleans())


def stacks(depth: int = 2) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Random stacks, blocks within blocks included; some of them do not fit together."""
    layer = SIMPLE | LINEAR
    if depth:
        inner = stacks(depth - 1)
        layer |= st.builds(
            lambda layers, shortcut: block(*layers, shortcut=shortcut),
            inner,
            st.sampled_from(["identity", "projection", "projection"]),
        )
    return st.lists(layer, max_size=5)


def conv(channels: int = 2, kernel: int = 3, **rest: Any) -> dict[str, Any]:
    """A convolution's description."""
    return {"kind": "conv2d", "channels": channels, "kernel": kernel, **rest}


_SMALL = st.integers(1, 3)
_RINGS = st.integers(0, 2)
SLIDING = st.builds(
    lambda channels, kernel, **rest: conv(channels, kernel, **rest),
    st.sampled_from([2, 4]), st.integers(1, 4), stride=_SMALL, padding=_RINGS, dilation=st.integers(1, 2),
    groups=st.sampled_from([1, 1, 2]), bias=st.booleans(),
) | st.builds(
    lambda **rest: {"kind": "separable_conv2d", "channels": 3, **rest},
    kernel=_SMALL, stride=_SMALL, padding=_RINGS, dilation=st.integers(1, 2), bias=st.booleans(),
)  # fmt: skip
"""Convolutions that make maps smaller, if anything."""
POOLING = st.builds(
    lambda kind, **rest: {"kind": kind, **rest},
    st.sampled_from(["max_pool2d", "avg_pool2d"]), kernel=st.integers(1, 4), stride=_SMALL, padding=st.integers(0, 1),
)  # fmt: skip
GROWING = st.builds(
    lambda **rest: {"kind": "conv_transpose2d", "channels": 3, **rest},
    kernel=_SMALL, stride=_SMALL, padding=st.integers(0, 1), bias=st.booleans(),
) | st.builds(
    lambda **rest: {"kind": "upsample", **rest},
    factor=st.integers(1, 2), mode=st.sampled_from(["nearest", "bilinear"]),
)  # fmt: skip
IMAGE = st.tuples(st.integers(1, 3), st.integers(5, 9), st.integers(5, 9))
"""Shapes of small images."""


def image_stacks(depth: int = 1, most: int = 4) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Random stacks of layers that work on images, with some others; some of them do not fit together."""
    others = st.sampled_from([{"kind": kind} for kind in ("global_avg_pool", "dropout2d", "flatten")])
    layer = SLIDING | POOLING | GROWING | SIMPLE | others
    if depth:
        inner = image_stacks(depth - 1, 2)
        layer |= st.builds(
            lambda layers, shortcut: block(*layers, shortcut=shortcut),
            inner, st.sampled_from(["identity", "projection"]),
        )  # fmt: skip
    return st.lists(layer, min_size=1, max_size=most)
