"""What all layers of a stack have in common."""

from __future__ import annotations

from typing import Any

from playground.experiment.entry import Entry, parameter


class Layer(Entry):
    """A layer that is not an activation."""


def has_bias(whose: str) -> Any:
    """The field `bias` of a layer with weights."""
    return parameter(True, label="Bias", help=f"Whether each {whose} adds a learnt constant.")


def own_start(what: str) -> Any:
    """The field that says how a layer's weights or biases start, where it is not as everywhere."""
    return parameter(
        None, label=f"{what} start", help=f"How this layer's {what.lower()} start; otherwise as the whole network's."
    )
