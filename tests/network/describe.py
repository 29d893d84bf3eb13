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
