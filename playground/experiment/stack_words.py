"""Layers, and stacks of them, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def described(layer: Any) -> str:
    """A layer in two or three words."""
    if layer.kind == "linear":
        return f"{layer.label} {layer.units}"
    if hasattr(layer, "channels"):
        return f"{layer.label} {layer.channels}, {layer.kernel} × {layer.kernel}"
    if hasattr(layer, "kernel"):
        return f"{layer.label} {layer.kernel} × {layer.kernel}"
    if layer.kind == "residual":
        return f"{layer.label} of {len(layer.layers)} layers"
    return layer.label


def layer_groups(layers: Sequence[Any]) -> list[str]:
    """Each linear layer or convolution with what follows it: "4 tanh", "6 of 5 × 5 ReLU Max pooling"."""
    groups: list[str] = []
    for layer in layers:
        if layer.kind == "residual":
            groups.append(f"block of {', '.join(layer_groups(layer.layers)) or 'nothing'}")
        elif layer.kind == "linear":
            groups.append(str(layer.units))
        elif hasattr(layer, "channels"):
            groups.append(f"{layer.channels} of {layer.kernel} × {layer.kernel}")
        elif groups and not groups[-1].startswith("block"):
            groups[-1] += f" {layer.label.lower() if layer.kind == 'tanh' else layer.label}"
        else:
            groups.append(layer.label)
    return groups
